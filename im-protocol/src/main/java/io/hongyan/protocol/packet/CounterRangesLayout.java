// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import java.nio.ByteBuffer;

/**
 * Counter ranges on the wire: their number, then for each how far it begins behind the one before, and how many
 * counters it has beyond its first.
 *
 * <pre>
 *   [3,5] [9,9]   =   02   03 02   02 00
 *                     |    |  |    |  one counter
 *                     |    |  |    9 - 5 - 2: the nearest next range begins two behind
 *                     |    |  three counters
 *                     |    begins at 3
 *                     two ranges
 * </pre>
 */
final class CounterRangesLayout {
    private CounterRangesLayout() {}

    static int size(CounterRanges counters) {
        int ranges = counters.ranges();
        int size = Varint.size(ranges);
        long origin = 0;
        for (int i = 0; i < ranges; i++) {
            long first = counters.first(i);
            long last = counters.last(i);
            size += Varint.size(first - origin) + Varint.size(last - first);
            origin = last + 2;
        }
        return size;
    }

    static void write(CounterRanges counters, WireOutput out) {
        int ranges = counters.ranges();
        out.varint(ranges);
        long origin = 0;
        for (int i = 0; i < ranges; i++) {
            long first = counters.first(i);
            long last = counters.last(i);
            out.varint(first - origin).varint(last - first);
            origin = last + 2;
        }
    }

    static CounterRanges read(ByteBuffer in) {
        long ranges = Varint.read(in);
        if (ranges < 1 || ranges > CounterRanges.MAX_RANGES || ranges * 2 > in.remaining()) {
            throw WireInput.malformed("not as many counter ranges as announced");
        }
        long[] bounds = new long[(int) ranges * 2];
        long origin = 0;
        for (int i = 0; i < bounds.length; i += 2) {
            // A sum that overflows is negative, and so no bound: the set refuses it.
            bounds[i] = origin + Varint.read(in);
            bounds[i + 1] = bounds[i] + Varint.read(in);
            if (bounds[i + 1] > MessageId.MAX_COUNTER) {
                throw WireInput.malformed("a counter beyond 2^62 - 1");
            }
            origin = bounds[i + 1] + 2;
        }
        return CounterRanges.ofBounds(bounds);
    }
}
