// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Latencies recorded by many threads, each into a histogram of its own; read when they have stopped.
 *
 * <p>Three significant digits, from 1 µs to an hour.
 */
final class Latencies {

    private static final long HOUR_NANOS = 3_600_000_000_000L;
    private static final long MICRO_NANOS = 1_000;
    private static final int DIGITS = 3;

    private final Queue<Histogram> all = new ConcurrentLinkedQueue<>();
    private final ThreadLocal<Histogram> mine = ThreadLocal.withInitial(this::add);

    void record(long nanos) {
        mine.get().recordValue(Math.min(Math.max(nanos, 0), HOUR_NANOS));
    }

    /** All that was recorded, in milliseconds at this percentile; null when nothing was. */
    static @Nullable Double millis(Histogram histogram, double percentile) {
        return histogram.getTotalCount() == 0 ? null : histogram.getValueAtPercentile(percentile) / 1e6;
    }

    Histogram sum() {
        Histogram sum = empty();
        all.forEach(sum::add);
        return sum;
    }

    private Histogram add() {
        Histogram histogram = empty();
        all.add(histogram);
        return histogram;
    }

    private static Histogram empty() {
        return new Histogram(MICRO_NANOS, HOUR_NANOS, DIGITS);
    }
}
