// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RttEstimatorTest {
    private static final long MILLI = 1_000_000L;

    private final RttEstimator rtt = new RttEstimator();

    @Test
    void beginsWithAGuessThatIsNoSample() {
        assertThat(rtt.hasSample()).isFalse();
        assertThat(rtt.smoothedNanos()).isEqualTo(200 * MILLI);
        rtt.guess(50 * MILLI);
        assertThat(rtt.hasSample()).isFalse();
        assertThat(rtt.timeoutNanos()).isEqualTo(150 * MILLI);
        rtt.guess(900 * MILLI);
        assertThat(rtt.smoothedNanos()).isEqualTo(200 * MILLI);
    }

    @Test
    void followsTheRfcsFormulas() {
        rtt.sample(100 * MILLI, 0);
        assertThat(rtt.smoothedNanos()).isEqualTo(100 * MILLI);
        assertThat(rtt.timeoutNanos()).isEqualTo(300 * MILLI);
        rtt.sample(140 * MILLI, 20 * MILLI);
        // 120 after the delay: var = 3/4 50 + 1/4 20, srtt = 7/8 100 + 1/8 120.
        assertThat(rtt.smoothedNanos()).isEqualTo(102_500_000L);
        assertThat(rtt.timeoutNanos()).isEqualTo(102_500_000L + 4 * 42_500_000L);
        assertThat(rtt.minNanos()).isEqualTo(100 * MILLI);
        assertThat(rtt.latestNanos()).isEqualTo(140 * MILLI);
    }

    @Test
    void ignoresADelayThatWouldLeadBelowTheLeastRtt() {
        rtt.sample(50 * MILLI, 0);
        rtt.sample(52 * MILLI, 25 * MILLI);
        assertThat(rtt.smoothedNanos()).isEqualTo(50_250_000L);
    }

    @Test
    void allowsTwoMillisecondsOnAQuietPath() {
        for (int i = 0; i < 100; i++) {
            rtt.sample(50 * MILLI, 0);
        }
        assertThat(rtt.timeoutNanos()).isEqualTo(52 * MILLI);
        rtt.reset();
        assertThat(rtt.hasSample()).isFalse();
    }
}
