// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.time;

import io.hongyan.protocol.ThreadSafe;

/**
 * Where time-outs and rates take their time from: a count of nanoseconds that only differences mean anything of. Wall
 * time, which may jump, is used for stamps that people see and for nothing else.
 */
@ThreadSafe
@FunctionalInterface
public interface NanoClock {
    /** The clock of this JVM. */
    NanoClock SYSTEM = System::nanoTime;

    /** Now, in ns; compare by difference, it may be negative and overflow. */
    long nanoTime();
}
