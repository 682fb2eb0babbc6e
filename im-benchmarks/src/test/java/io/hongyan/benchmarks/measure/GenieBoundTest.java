// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bounds are those that another program, which shares no code with this one, found for the same load. */
class GenieBoundTest {

    private static final double DELAY = 25;
    private static final double GAP = 20;
    private static final Impairment OUTAGES = Impairment.outages(DELAY, 1_000, 80);

    @ParameterizedTest
    @CsvSource({
        // loss, p95 and p99 without order, in order, with a copy at once, with a copy after 20 ms, with a ride
        "0.00, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25",
        "0.05, 25, 75, 75, 75, 25, 25, 45, 45, 25, 53",
        "0.10, 75, 75, 75, 125, 25, 71, 45, 69, 46, 60",
        "0.20, 75, 125, 125, 175, 64, 75, 68, 89, 58, 75"
    })
    void independentLoss(
            double loss,
            int alone95,
            int alone99,
            int ordered95,
            int ordered99,
            int atOnce95,
            int atOnce99,
            int later95,
            int later99,
            int carried95,
            int carried99) {
        Impairment road = Impairment.loss(DELAY, loss);

        // Some quantiles lie on a step: 5 % is a twentieth, 10 % squared a hundredth. Which side they fall on is
        // chance.
        boolean onAStep = loss == 0.05 || loss == 0.10;
        assertQuantiles(GenieBound.ARQ_UNORDERED, road, alone95, alone99, onAStep ? 50 : 1);
        assertQuantiles(GenieBound.ARQ_ORDERED, road, ordered95, ordered99, 1);
        assertQuantiles(GenieBound.copyAfter(0), road, atOnce95, atOnce99, 5);
        assertQuantiles(GenieBound.copyAfter(20), road, later95, later99, 7);
        assertQuantiles(GenieBound.CARRY, road, carried95, carried99, onAStep ? 6 : 3);
    }

    @Test
    void timedOutages() {
        assertQuantiles(GenieBound.ARQ_UNORDERED, OUTAGES, 75, 225, 50);
        assertQuantiles(GenieBound.ARQ_ORDERED, OUTAGES, 88, 226, 25);
        assertQuantiles(GenieBound.copyAfter(20), OUTAGES, 75, 210, 25);
    }

    @Test
    void aMessageAloneFollowsTheClosedForm() {
        Latencies alone = GenieBound.ARQ_UNORDERED.latencies(Impairment.loss(DELAY, 0.2), 40, 1_500, GAP);

        // d + R k, where k is the least with 0.2^(k+1) below the tail.
        assertThat(millis(alone, 0.79)).isEqualTo(25, within(0.01));
        assertThat(millis(alone, 0.95)).isEqualTo(75, within(0.01));
        assertThat(millis(alone, 0.99)).isEqualTo(125, within(0.01));
        assertThat(millis(alone, 0.998)).isEqualTo(175, within(50.01));
    }

    @Test
    void jitterAndReorderingDelayWhoeverWaitsForOrder() {
        Impairment road = new Impairment(150, 30, 0, 0, 0, 0.05, 30);
        Latencies alone = GenieBound.ARQ_UNORDERED.latencies(road, 5, 1_500, GAP);
        Latencies ordered = GenieBound.ARQ_ORDERED.latencies(road, 5, 1_500, GAP);

        assertThat(millis(alone, 0.5)).isEqualTo(151, within(3.0));
        assertThat(millis(alone, 0)).isBetween(120.0, 122.0);
        assertThat(alone.maxNanos()).isLessThanOrEqualTo(210_000_000);
        assertThat(millis(ordered, 0.5)).isGreaterThan(millis(alone, 0.5));
        assertThat(ordered.maxNanos()).isLessThanOrEqualTo(210_000_000);
    }

    private static void assertQuantiles(GenieBound genie, Impairment road, int p95, int p99, double tolerance) {
        Latencies latencies = genie.latencies(road, 40, 1_500, GAP);
        assertThat(millis(latencies, 0.95)).as("%s %s p95", genie, road).isEqualTo(p95, within(tolerance));
        assertThat(millis(latencies, 0.99)).as("%s %s p99", genie, road).isEqualTo(p99, within(tolerance));
    }

    private static double millis(Latencies latencies, double share) {
        return latencies.quantileNanos(share) / 1e6;
    }
}
