// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

/**
 * How bad a random {@link FaultPlan} may get. Immutable; begin with {@link #DEFAULT} and change what matters.
 *
 * @param maxLoss share of datagrams lost in each direction, single losses and bursts together, 0 to 1
 * @param maxDelayNanos one-way delay, 0 to 60 s; the jitter is at most as large
 * @param maxDuplication share of datagrams that arrive twice, 0 to 1
 * @param maxReordering share of datagrams held back so that others overtake, 0 to 1
 * @param maxCorruption share of datagrams with one bit flipped, 0 to 1
 * @param minRateBitsPerSecond slowest bottleneck, 1,000 to 10^12; 0 for no bottleneck at all
 * @param maxCuts number of total outages, 0 to 1,000
 * @param maxCutNanos how long one lasts, 0 to 1 day
 * @param maxAddressChanges how often the client's address changes, 0 to 1,000
 * @param horizonNanos every cut is over and every address has changed by this time, 0 to 1 day
 */
public record FaultLimits(
        double maxLoss,
        long maxDelayNanos,
        double maxDuplication,
        double maxReordering,
        double maxCorruption,
        long minRateBitsPerSecond,
        int maxCuts,
        long maxCutNanos,
        int maxAddressChanges,
        long horizonNanos) {

    /**
     * Loss to 30 %, delay to 150 ms, duplication and reordering to 10 %, corruption to 1 %, rates from 200 kbit/s, two
     * cuts of up to 2 s and two address changes within 10 s.
     */
    public static final FaultLimits DEFAULT = new FaultLimits(
            0.30,
            150 * Units.MILLI_NANOS,
            0.10,
            0.10,
            0.01,
            200_000,
            2,
            2 * Units.SECOND_NANOS,
            2,
            10 * Units.SECOND_NANOS);

    /** No faults but a delay of up to 150 ms: a plan of these limits loses and changes nothing. */
    public static final FaultLimits DELAY_ONLY =
            new FaultLimits(0, 150 * Units.MILLI_NANOS, 0, 0, 0, 0, 0, 0, 0, 10 * Units.SECOND_NANOS);

    /** Checks the ranges. */
    public FaultLimits {
        new Mistakes("fault limits")
                .share("maxLoss", maxLoss)
                .range("maxDelayNanos", maxDelayNanos, 0, 60 * Units.SECOND_NANOS)
                .share("maxDuplication", maxDuplication)
                .share("maxReordering", maxReordering)
                .share("maxCorruption", maxCorruption)
                .require(
                        minRateBitsPerSecond == 0
                                || minRateBitsPerSecond >= 1_000 && minRateBitsPerSecond <= 1_000_000_000_000L,
                        "minRateBitsPerSecond must be 0 (no bottleneck) or 1000 to 10^12: " + minRateBitsPerSecond)
                .range("maxCuts", maxCuts, 0, 1000)
                .range("maxCutNanos", maxCutNanos, 0, Units.DAY_NANOS)
                .range("maxAddressChanges", maxAddressChanges, 0, 1000)
                .range("horizonNanos", horizonNanos, 0, Units.DAY_NANOS)
                .throwIfAny();
    }

    /** Another limit of loss. */
    public FaultLimits withMaxLoss(double share) {
        return new FaultLimits(
                share,
                maxDelayNanos,
                maxDuplication,
                maxReordering,
                maxCorruption,
                minRateBitsPerSecond,
                maxCuts,
                maxCutNanos,
                maxAddressChanges,
                horizonNanos);
    }

    /** Another limit of delay, in ms. */
    public FaultLimits withMaxDelayMillis(double millis) {
        return new FaultLimits(
                maxLoss,
                Units.nanosOfMillis(millis),
                maxDuplication,
                maxReordering,
                maxCorruption,
                minRateBitsPerSecond,
                maxCuts,
                maxCutNanos,
                maxAddressChanges,
                horizonNanos);
    }

    /** Other limits of duplication, reordering and corruption. */
    public FaultLimits withMaxDisorder(double duplication, double reordering, double corruption) {
        return new FaultLimits(
                maxLoss,
                maxDelayNanos,
                duplication,
                reordering,
                corruption,
                minRateBitsPerSecond,
                maxCuts,
                maxCutNanos,
                maxAddressChanges,
                horizonNanos);
    }

    /** Another slowest bottleneck; 0 for none at all. */
    public FaultLimits withMinRate(long bitsPerSecond) {
        return new FaultLimits(
                maxLoss,
                maxDelayNanos,
                maxDuplication,
                maxReordering,
                maxCorruption,
                bitsPerSecond,
                maxCuts,
                maxCutNanos,
                maxAddressChanges,
                horizonNanos);
    }

    /** Another number and length of cuts, in ms. */
    public FaultLimits withMaxCuts(int count, double eachMillis) {
        return new FaultLimits(
                maxLoss,
                maxDelayNanos,
                maxDuplication,
                maxReordering,
                maxCorruption,
                minRateBitsPerSecond,
                count,
                Units.nanosOfMillis(eachMillis),
                maxAddressChanges,
                horizonNanos);
    }

    /** Another number of address changes. */
    public FaultLimits withMaxAddressChanges(int count) {
        return new FaultLimits(
                maxLoss,
                maxDelayNanos,
                maxDuplication,
                maxReordering,
                maxCorruption,
                minRateBitsPerSecond,
                maxCuts,
                maxCutNanos,
                count,
                horizonNanos);
    }

    /** Another time by which cuts are over and addresses have changed, in ms. */
    public FaultLimits withHorizonMillis(double millis) {
        return new FaultLimits(
                maxLoss,
                maxDelayNanos,
                maxDuplication,
                maxReordering,
                maxCorruption,
                minRateBitsPerSecond,
                maxCuts,
                maxCutNanos,
                maxAddressChanges,
                Units.nanosOfMillis(millis));
    }
}
