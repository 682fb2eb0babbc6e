// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.time;

import io.hongyan.protocol.ThreadSafe;

/**
 * Runs the few tasks of a node that belong to no event loop, later: deadlines of sends, expiry in the store, the end of a
 * drain. Tasks are short and never block. Tests give one with a clock of their own.
 */
@ThreadSafe
public interface Housekeeper extends AutoCloseable {
    /**
     * Runs the task once, after the delay.
     *
     * @param delayNanos from now, in ns; 0 or less means as soon as possible
     * @return cancels the task; harmless when it has run
     */
    Runnable schedule(long delayNanos, Runnable task);

    /** Ends the housekeeper's thread; what is still scheduled never runs. */
    @Override
    void close();
}
