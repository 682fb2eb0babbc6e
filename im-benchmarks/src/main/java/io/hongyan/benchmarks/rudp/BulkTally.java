// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.rudp;

import io.hongyan.benchmarks.road.Traffic;
import io.hongyan.simnet.Lateness;
import java.util.Comparator;
import java.util.List;

/**
 * What became of one transfer. Immutable.
 *
 * @param bytes that arrived
 * @param nanos from the first byte's sending to the last one's arrival
 * @param isWhole whether all arrived in time
 * @param traffic that it took
 * @param lateness of the relay
 */
record BulkTally(long bytes, long nanos, boolean isWhole, Traffic traffic, Lateness lateness) {

    /** The one of the middle goodput; of two, the lower. */
    static BulkTally median(List<BulkTally> tallies) {
        return tallies.stream()
                .sorted(Comparator.comparingDouble(BulkTally::megabitsPerSecond))
                .toList()
                .get((tallies.size() - 1) / 2);
    }

    /** Goodput. */
    double megabitsPerSecond() {
        return nanos == 0 ? 0 : bytes * 8_000.0 / nanos;
    }

    /** Bytes on the wire, both directions and all headers, for each byte that arrived. */
    double bytesPerPayload() {
        return bytes == 0 ? Double.NaN : traffic.bytes() / (double) bytes;
    }
}
