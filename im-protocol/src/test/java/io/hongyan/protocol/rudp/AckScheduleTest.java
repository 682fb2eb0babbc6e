// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AckScheduleTest {
    private static final long MILLI = 1_000_000L;

    private final AckSchedule acks = new AckSchedule();

    @Test
    void waitsAnEighthOfTheRoundTripForASingleOne() {
        acks.onReceived(100, false, false, 40 * MILLI);
        assertThat(acks.isPending()).isTrue();
        assertThat(acks.deadlineNanos()).isEqualTo(100 + 5 * MILLI);
        assertThat(acks.isDue(5 * MILLI)).isFalse();
        assertThat(acks.isDue(100 + 5 * MILLI)).isTrue();
    }

    @Test
    void waitsTenMillisecondsAtMost() {
        acks.onReceived(0, false, false, 1_000 * MILLI);
        assertThat(acks.deadlineNanos()).isEqualTo(10 * MILLI);
    }

    @Test
    void answersAtOnceTheSecondAGapAndWhoAsks() {
        acks.onReceived(0, false, false, 40 * MILLI);
        acks.onReceived(0, false, false, 40 * MILLI);
        assertThat(acks.isDue(0)).isTrue();
        acks.onAckSent();
        assertThat(acks.isPending()).isFalse();
        acks.onReceived(0, true, false, 40 * MILLI);
        assertThat(acks.isDue(0)).isTrue();
        acks.onAckSent();
        acks.onReceived(0, false, true, 40 * MILLI);
        assertThat(acks.isDue(0)).isTrue();
    }
}
