// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.measure;

import java.util.Arrays;
import java.util.Collection;
import java.util.stream.LongStream;

/**
 * The one-way latencies of many messages, of which some may never have arrived. Immutable. One that did not arrive counts
 * as later than all others, so that a transport gains nothing by losing.
 */
public final class Latencies {

    /** The latency of a message that did not arrive. */
    public static final long NEVER = Long.MAX_VALUE;

    private final long[] sortedNanos;

    private Latencies(long[] sortedNanos) {
        this.sortedNanos = sortedNanos;
    }

    /** Of these latencies in nanoseconds, in any order; {@link #NEVER} where a message did not arrive. */
    public static Latencies of(long... nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return new Latencies(sorted);
    }

    /** All together. */
    public static Latencies pooled(Collection<Latencies> parts) {
        return new Latencies(parts.stream()
                .flatMapToLong(part -> LongStream.of(part.sortedNanos))
                .sorted()
                .toArray());
    }

    /**
     * The latency that this share of the messages does not exceed, in nanoseconds; {@link #NEVER} if so many did not
     * arrive.
     *
     * @param share 0 to 1, as 0.99
     * @throws IllegalStateException if there is no message
     */
    public long quantileNanos(double share) {
        if (sortedNanos.length == 0) {
            throw new IllegalStateException("no message");
        }
        return sortedNanos[Math.min(sortedNanos.length - 1, (int) (share * sortedNanos.length))];
    }

    /** The worst, in nanoseconds; {@link #NEVER} if one did not arrive. */
    public long maxNanos() {
        return quantileNanos(1);
    }

    /** How many messages. */
    public int count() {
        return sortedNanos.length;
    }

    /** How many of them did not arrive. */
    public int missing() {
        int first = Arrays.binarySearch(sortedNanos, NEVER);
        if (first < 0) {
            return 0;
        }
        while (first > 0 && sortedNanos[first - 1] == NEVER) {
            first--;
        }
        return sortedNanos.length - first;
    }
}
