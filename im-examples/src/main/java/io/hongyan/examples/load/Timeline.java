// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import java.time.Duration;

/**
 * The clock of one run, in nanoseconds since its start, and the window that is measured. For all threads.
 *
 * <pre>
 *   0 ─── warm-up ───► from ─── measured ───► until ─── late arrivals ───► end
 * </pre>
 */
final class Timeline {

    /** How long after the measured window an arrival still counts. */
    private static final Duration LATE = Duration.ofSeconds(5);

    private final long fromNanos;
    private final long untilNanos;
    private volatile long zeroNanos = System.nanoTime();

    Timeline(Duration warmup, Duration measured) {
        this.fromNanos = warmup.toNanos();
        this.untilNanos = fromNanos + measured.toNanos();
    }

    /** The run starts now. Before any message. */
    void begin() {
        zeroNanos = System.nanoTime();
    }

    long nowNanos() {
        return System.nanoTime() - zeroNanos;
    }

    long fromNanos() {
        return fromNanos;
    }

    long untilNanos() {
        return untilNanos;
    }

    long endNanos() {
        return untilNanos + LATE.toNanos();
    }

    boolean measures(long timeNanos) {
        return timeNanos >= fromNanos && timeNanos < untilNanos;
    }
}
