// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.ThreadSafe;
import java.util.Arrays;

/**
 * A set of message counters as ascending ranges with gaps between them; never empty. Both its ranges and the counters
 * in it are bounded, so that a loop over what a peer sent ends soon.
 *
 * <pre>
 *   {1, 2, 3, 7}  =  [1,3] [7,7]
 * </pre>
 */
@ThreadSafe
public final class CounterRanges {
    /** Most ranges in a set. */
    public static final int MAX_RANGES = 256;

    /** Most counters in a set. */
    public static final int MAX_COUNTERS = 65_536;

    /** first, last, first, last ... */
    private final long[] bounds;

    private CounterRanges(long[] bounds) {
        this.bounds = bounds;
    }

    /** The set of one counter. */
    public static CounterRanges of(long counter) {
        return of(counter, counter);
    }

    /** The set of all counters from first to last, both included. */
    public static CounterRanges of(long first, long last) {
        return ofBounds(new long[] {first, last});
    }

    /**
     * The set with these bounds: first, last, first, last, ... Takes the array over.
     *
     * @throws IllegalArgumentException when it is empty, too large, out of order, or ranges touch
     */
    static CounterRanges ofBounds(long[] bounds) {
        if (bounds.length == 0 || bounds.length > 2 * MAX_RANGES) {
            throw new IllegalArgumentException("counter ranges: not 1 to " + MAX_RANGES);
        }
        long total = 0;
        long before = -1;
        for (int i = 0; i < bounds.length; i += 2) {
            long first = bounds[i];
            long last = bounds[i + 1];
            if (first < 1 || first <= before + 1 || last < first || last > MessageId.MAX_COUNTER) {
                throw new IllegalArgumentException("counter ranges: not ascending, or touching");
            }
            total += last - first + 1;
            if (total > MAX_COUNTERS) {
                throw new IllegalArgumentException("counter ranges: more than " + MAX_COUNTERS + " counters");
            }
            before = last;
        }
        return new CounterRanges(bounds);
    }

    /** Number of ranges, 1 to {@link #MAX_RANGES}. */
    public int ranges() {
        return bounds.length / 2;
    }

    /** First counter of the range with this index. */
    public long first(int range) {
        return bounds[2 * range];
    }

    /** Last counter of the range with this index. */
    public long last(int range) {
        return bounds[2 * range + 1];
    }

    /** Number of counters, 1 to {@link #MAX_COUNTERS}. */
    public int counters() {
        long total = 0;
        for (int i = 0; i < bounds.length; i += 2) {
            total += bounds[i + 1] - bounds[i] + 1;
        }
        return (int) total;
    }

    public boolean contains(long counter) {
        for (int i = 0; i < bounds.length; i += 2) {
            if (counter <= bounds[i + 1]) {
                return counter >= bounds[i];
            }
        }
        return false;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CounterRanges ranges && Arrays.equals(bounds, ranges.bounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < ranges(); i++) {
            text.append('[').append(first(i)).append(',').append(last(i)).append(']');
        }
        return text.toString();
    }

    /**
     * Gathers counters in any order, joining neighbours. Counters that come in order cost no search. Not thread-safe;
     * empty again after {@link #clear()}.
     */
    public static final class Builder {
        private long[] bounds = new long[8];
        private int length;
        private int total;

        /**
         * Adds a counter, unless it is there.
         *
         * @return false when it did not fit: build, clear, and add it again
         * @throws IllegalArgumentException when it is not within 1 to {@link MessageId#MAX_COUNTER}
         */
        public boolean add(long counter) {
            if (counter < 1 || counter > MessageId.MAX_COUNTER) {
                throw new IllegalArgumentException("message counter: not within 1 to 2^62 - 1");
            }
            int at = firstRangeEndingAtOrBehind(counter - 1);
            if (at < length && bounds[at] <= counter && counter <= bounds[at + 1]) {
                return true;
            }
            if (total == MAX_COUNTERS) {
                return false;
            }
            boolean added = at < length && bounds[at + 1] == counter - 1
                    ? appendTo(at, counter)
                    : at < length && bounds[at] == counter + 1 ? prependTo(at, counter) : insert(at, counter);
            if (added) {
                total++;
            }
            return added;
        }

        public boolean isEmpty() {
            return length == 0;
        }

        /** Number of counters gathered. */
        public int counters() {
            return total;
        }

        public void clear() {
            length = 0;
            total = 0;
        }

        /**
         * The set of what was added; the builder keeps it too.
         *
         * @throws IllegalStateException when nothing was added
         */
        public CounterRanges build() {
            if (length == 0) {
                throw new IllegalStateException("no counter was added");
            }
            return new CounterRanges(Arrays.copyOf(bounds, length));
        }

        private int firstRangeEndingAtOrBehind(long counter) {
            int at = length;
            while (at > 0 && bounds[at - 1] >= counter) {
                at -= 2;
            }
            return at;
        }

        private boolean appendTo(int at, long counter) {
            bounds[at + 1] = counter;
            int next = at + 2;
            if (next < length && bounds[next] == counter + 1) {
                bounds[at + 1] = bounds[next + 1];
                System.arraycopy(bounds, next + 2, bounds, next, length - next - 2);
                length -= 2;
            }
            return true;
        }

        private boolean prependTo(int at, long counter) {
            bounds[at] = counter;
            return true;
        }

        private boolean insert(int at, long counter) {
            if (length == 2 * MAX_RANGES) {
                return false;
            }
            if (length == bounds.length) {
                bounds = Arrays.copyOf(bounds, length * 2);
            }
            System.arraycopy(bounds, at, bounds, at + 2, length - at);
            bounds[at] = counter;
            bounds[at + 1] = counter;
            length += 2;
            return true;
        }
    }
}
