// SPDX-License-Identifier: Apache-2.0
/** The executable jar: server, chat, load and demo. */
@NullMarked
package io.hongyan.examples;

import org.jspecify.annotations.NullMarked;
