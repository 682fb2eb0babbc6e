// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.simnet.LinkProfile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What flows that share a bottleneck of 10 Mbit/s get of it, RTT 50 ms: each begins 2 s after the one before, and is measured
 * for 15 s after another 8 s.
 */
@Tag("once")
class RudpFairnessTest {
    private static final long SECOND = SharedPath.SECOND;
    private static final int SEEDS = 2;
    private static final long BITS_PER_SECOND = 10_000_000;
    private static final CongestionControl BBR = CongestionControl.BBR;
    private static final CongestionControl CUBIC = CongestionControl.CUBIC;

    /** Mean over the seeds of what each flow gets, in Mbit/s. */
    private static double[] share(int queueBytes, double loss, CongestionControl... kinds) {
        LinkProfile link = LinkProfile.builder("shared")
                .delayMillis(25)
                .rate(BITS_PER_SECOND, queueBytes)
                .loss(loss)
                .build();
        double[] rates = new double[kinds.length];
        for (int seed = 1; seed <= SEEDS; seed++) {
            SharedPath path = new SharedPath(seed, link);
            for (CongestionControl kind : kinds) {
                path.flow(kind).bulk(1L << 40);
                path.clock.advanceBy(2 * SECOND);
            }
            path.clock.advanceBy(8 * SECOND);
            long[] before = path.flows.stream().mapToLong(flow -> flow.received).toArray();
            path.clock.advanceBy(15 * SECOND);
            for (int i = 0; i < rates.length; i++) {
                rates[i] += (path.flows.get(i).received - before[i]) * 8 / 15e6 / SEEDS;
            }
        }
        StringBuilder line =
                new StringBuilder("rudp fairness: queue " + (queueBytes >> 10) + " KiB, loss " + loss * 100 + " %:");
        for (int i = 0; i < rates.length; i++) {
            line.append(String.format("  %s %.1f", kinds[i], rates[i]));
        }
        System.out.printf("%s Mbit/s; Jain %.3f%n", line, jain(rates));
        return rates;
    }

    /** Jain's index: 1 = all the same, 1 / n = one has all. */
    private static double jain(double[] rates) {
        double sum = 0;
        double squares = 0;
        for (double rate : rates) {
            sum += rate;
            squares += rate * rate;
        }
        return sum * sum / (rates.length * squares);
    }

    @Test
    void flowsOfOursShareFairly() {
        for (int queueBytes : new int[] {16 << 10, 64 << 10, 256 << 10}) {
            assertThat(jain(share(queueBytes, 0, BBR, BBR))).isGreaterThan(0.9);
        }
        assertThat(jain(share(64 << 10, 0.01, BBR, BBR))).isGreaterThan(0.9);
        assertThat(jain(share(64 << 10, 0, BBR, BBR, BBR, BBR))).isGreaterThan(0.8);
    }

    @Test
    void neitherOursNorCubicStarvesTheOther() {
        for (int queueBytes : new int[] {32 << 10, 64 << 10, 128 << 10}) {
            for (double[] rates : new double[][] {share(queueBytes, 0, BBR, CUBIC), share(queueBytes, 0, CUBIC, BBR)}) {
                double less = Math.min(rates[0], rates[1]);
                assertThat(less).isGreaterThan(2);
            }
        }
        share(64 << 10, 0, CUBIC, CUBIC);
    }
}
