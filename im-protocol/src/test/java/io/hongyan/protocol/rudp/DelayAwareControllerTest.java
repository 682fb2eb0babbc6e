// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.simnet.RandomStream;
import org.junit.jupiter.api.Test;

class DelayAwareControllerTest {
    private static final long MILLI = 1_000_000L;

    private final DelayAwareController controller = new DelayAwareController();
    private final RttEstimator rtt = new RttEstimator();
    private final RandomStream random = RandomStream.of(1, "loss");
    private long next;

    /** A round in which a window's worth is sent, and a share of it lost. */
    private void round(double loss, long rttNanos, boolean limited) {
        long first = next;
        int packets = Math.max(2, controller.windowBytes() / 1200);
        for (int i = 0; i < packets; i++) {
            controller.onSent(next++, 1200, limited);
        }
        rtt.sample(rttNanos, 0);
        for (long number = first; number < next; number++) {
            if (random.chance(loss) && number + 1 < next) {
                controller.onLost(1200);
            } else {
                controller.onAcked(number, 1200);
            }
        }
        controller.onAckProcessed(rtt, next);
    }

    @Test
    void growsWhileTheWindowIsInUseOnly() {
        for (int i = 0; i < 10; i++) {
            round(0, 50 * MILLI, false);
        }
        assertThat(controller.windowBytes()).isEqualTo(CongestionController.MIN_WINDOW_BYTES);
        for (int i = 0; i < 4; i++) {
            round(0, 50 * MILLI, true);
        }
        assertThat(controller.windowBytes()).isGreaterThan(8 * CongestionController.MIN_WINDOW_BYTES);
        for (int i = 0; i < 20; i++) {
            round(0, 50 * MILLI, true);
        }
        assertThat(controller.windowBytes()).isEqualTo(DelayAwareController.MAX_WINDOW_BYTES);
    }

    @Test
    void doesNotTakeRandomLossForCongestion() {
        for (int i = 0; i < 100; i++) {
            round(0.3, 50 * MILLI, true);
        }
        assertThat(controller.windowBytes()).isGreaterThan(1 << 20);
    }

    @Test
    void shrinksOnLossWithDelayAndOnALongQueueButNeverBelowTheLeast() {
        for (int i = 0; i < 6; i++) {
            round(0, 50 * MILLI, true);
        }
        int before = controller.windowBytes();
        round(0.2, 65 * MILLI, true);
        assertThat(controller.windowBytes()).isEqualTo((int) (before * 0.7));
        before = controller.windowBytes();
        round(0, 65 * MILLI, true);
        assertThat(controller.windowBytes()).isEqualTo(before);
        round(0, 120 * MILLI, true);
        assertThat(controller.windowBytes()).isEqualTo((int) (before * 0.85));
        for (int i = 0; i < 20; i++) {
            round(0.5, 200 * MILLI, true);
        }
        assertThat(controller.windowBytes()).isEqualTo(CongestionController.MIN_WINDOW_BYTES);
    }

    @Test
    void growsAgainWhereThePathHasBecomeLonger() {
        for (int i = 0; i < 20; i++) {
            round(0, 20 * MILLI, true);
        }
        for (int i = 0; i < 60; i++) {
            round(0, 200 * MILLI, true);
        }
        assertThat(rtt.minNanos()).isEqualTo(200 * MILLI);
        for (int i = 0; i < 60; i++) {
            round(0, 200 * MILLI, true);
        }
        assertThat(controller.windowBytes()).isGreaterThan(20 * CongestionController.MIN_WINDOW_BYTES);
    }

    @Test
    void shrinksWhenMostIsLostWhateverTheDelay() {
        for (int i = 0; i < 4; i++) {
            round(0, 50 * MILLI, true);
        }
        int before = controller.windowBytes();
        round(0.8, 50 * MILLI, true);
        assertThat(controller.windowBytes()).isLessThan(before);
        controller.reset();
        assertThat(controller.windowBytes()).isEqualTo(CongestionController.MIN_WINDOW_BYTES);
    }

    @Test
    void pacesFasterThanTheWindowPerRoundTrip() {
        rtt.sample(50 * MILLI, 0);
        assertThat(controller.pacingBytesPerSecond(rtt)).isEqualTo(2L * 20 * CongestionController.MIN_WINDOW_BYTES);
    }
}
