// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.rudp;

import io.hongyan.benchmarks.measure.GenieBound;
import io.hongyan.benchmarks.measure.Latencies;
import io.hongyan.simnet.Lateness;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * All that one run of the command has measured. Immutable.
 *
 * @param plan how much
 * @param machine where and when
 * @param leftOut what could not be measured and why, a sentence each
 * @param chat by case and row, in the order of the tables
 * @param bulk by loss and row
 */
record RudpResults(
        RudpPlan plan,
        String machine,
        List<String> leftOut,
        Map<ChatCase, Map<Row, ChatTally>> chat,
        Map<Double, Map<Row, BulkTally>> bulk) {

    private static final int BOUND_SEEDS = 40;
    private static final int BOUND_MESSAGES = 1_500;
    private static final double NANOS_TO_MILLIS = 1e-6;
    private static final long TOO_LATE_NANOS = 2_000_000;

    /** What retransmission alone could do at best, with or without order. */
    static Latencies bound(ChatCase bad, boolean isOrdered) {
        GenieBound genie = isOrdered ? GenieBound.ARQ_ORDERED : GenieBound.ARQ_UNORDERED;
        return genie.latencies(bad.impairment(), BOUND_SEEDS, BOUND_MESSAGES, ChatRun.GAP_NANOS * NANOS_TO_MILLIS);
    }

    /** The goodput that headers of 50 bytes to 1,300 and loss behind the bottleneck leave of it. */
    static double ceilingMegabits(double loss) {
        return BulkRun.RATE_BITS / 1e6 * (1 - loss) * 1_300 / 1_350;
    }

    /** How late the relays were in all of it. */
    Lateness lateness() {
        return Stream.concat(
                        chat.values().stream()
                                .flatMap(rows -> rows.values().stream().map(ChatTally::lateness)),
                        bulk.values().stream()
                                .flatMap(rows -> rows.values().stream().map(BulkTally::lateness)))
                .reduce(Lateness.NONE, Lateness::plus);
    }

    /** Whether the machine did not keep up, so that figures are of its scheduler rather than of the transports. */
    static boolean isTooLate(Lateness lateness) {
        return lateness.quantileNanos(0.99) > TOO_LATE_NANOS;
    }
}
