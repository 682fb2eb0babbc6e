// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.util.Arrays;

/**
 * How much later than due the datagrams of one direction of a {@link UdpRelay} left it. Immutable snapshot. Distrust a
 * latency measured through the relay when this is not small against it.
 */
public final class Lateness {

    /** Nothing has left yet. */
    public static final Lateness NONE = new Lateness(0, 0, 0, new long[LatenessScale.STEPS]);

    private final long datagrams;
    private final long totalNanos;
    private final long maxNanos;
    private final long[] steps;

    /** @param steps how many datagrams fell on each step of the {@link LatenessScale}; taken over */
    Lateness(long datagrams, long totalNanos, long maxNanos, long[] steps) {
        this.datagrams = datagrams;
        this.totalNanos = totalNanos;
        this.maxNanos = maxNanos;
        this.steps = steps;
    }

    /** Both together. */
    public Lateness plus(Lateness other) {
        long[] sum = new long[steps.length];
        Arrays.setAll(sum, step -> steps[step] + other.steps[step]);
        return new Lateness(
                datagrams + other.datagrams, totalNanos + other.totalNanos, Math.max(maxNanos, other.maxNanos), sum);
    }

    /** How many datagrams left. */
    public long datagrams() {
        return datagrams;
    }

    /** The lateness of all together, in nanoseconds. */
    public long totalNanos() {
        return totalNanos;
    }

    /** The worst, in nanoseconds. */
    public long maxNanos() {
        return maxNanos;
    }

    /** The average lateness, in nanoseconds; 0 if nothing left yet. */
    public long averageNanos() {
        return datagrams == 0 ? 0 : totalNanos / datagrams;
    }

    /**
     * The lateness that this share of the datagrams did not exceed, in nanoseconds, rounded up by at most a quarter; 0 if
     * nothing left yet.
     *
     * @param share 0 to 1, as 0.99
     */
    public long quantileNanos(double share) {
        long wanted = (long) Math.ceil(share * datagrams);
        long seen = 0;
        for (int step = 0; step < steps.length; step++) {
            seen += steps[step];
            if (seen >= wanted && seen > 0) {
                return Math.min(maxNanos, LatenessScale.upperNanos(step));
            }
        }
        return 0;
    }

    @Override
    public String toString() {
        return "late by " + averageNanos() / 1000 + " us on average, " + maxNanos / 1000 + " us at most";
    }
}
