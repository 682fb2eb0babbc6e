// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says which single thread may touch a type or call a method. A confined method of a class that knows its owner begins
 * with an assertion that says the same.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface Confined {
    /** Whose thread: {@code "owner"} is the event loop of the session's connection. */
    String value();
}
