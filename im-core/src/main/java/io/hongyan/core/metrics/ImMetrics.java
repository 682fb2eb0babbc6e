// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.metrics;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;

/**
 * SPI: where a node's counts go. Called on event loops and worker threads, at times once per message: an implementation
 * adds to a counter, returns, and does not throw.
 */
@ThreadSafe
public interface ImMetrics {
    /** Counts nothing. */
    ImMetrics NONE = new ImMetrics() {
        @Override
        public void add(Metric metric, long amount) {}

        @Override
        public void add(Metric metric, ReasonCode code, long amount) {}
    };

    /** Adds to a count. */
    void add(Metric metric, long amount);

    /** Adds to a count that is kept per code; the code is a label of it. */
    void add(Metric metric, ReasonCode code, long amount);
}
