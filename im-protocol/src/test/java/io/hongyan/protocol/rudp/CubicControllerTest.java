// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CubicControllerTest {
    private static final long MILLI = 1_000_000L;

    private final CubicController controller = new CubicController();
    private final SentPackets sent = new SentPackets();
    private final DeliverySampler sampler = new DeliverySampler();
    private final RttEstimator rtt = new RttEstimator();
    private long now = 1_000 * MILLI;

    CubicControllerTest() {
        sent.reset(0);
        sampler.reset(0);
    }

    /** A window is sent and acknowledged a round trip later, but for its first datagrams, which are lost. */
    private long round(int lost, long rttNanos) {
        long first = sent.next();
        int packets = controller.windowBytes() / RudpConfig.DATAGRAM_BYTES;
        for (int i = 0; i < packets; i++) {
            long number = sent.next();
            boolean fromRest = sent.outstanding() == 0;
            sent.commit(true, now, RudpConfig.DATAGRAM_BYTES, 0, -1);
            sampler.onSent(number, sent, fromRest, now);
        }
        now += rttNanos;
        rtt.sample(rttNanos, 0);
        sampler.onRtt(rttNanos);
        for (long number = first; number < sent.next(); number++) {
            if (number < first + lost) {
                sent.settle(number, SentPackets.LOST);
                sampler.onLost(number, RudpConfig.DATAGRAM_BYTES);
            } else {
                sent.settle(number, SentPackets.ACKED);
                sampler.onAcked(number, RudpConfig.DATAGRAM_BYTES, now - rttNanos, false, now);
            }
        }
        sampler.onAckProcessed(controller, sent, rtt, now);
        return first;
    }

    private void spurious(long number) {
        sent.settle(number, SentPackets.ACKED);
        sampler.onAcked(number, RudpConfig.DATAGRAM_BYTES, sent.sentNanos(number), true, now);
        sampler.onAckProcessed(controller, sent, rtt, now);
    }

    @Test
    void doublesUntilAQueueShows() {
        for (int i = 0; i < 3; i++) {
            round(0, 50 * MILLI);
        }
        int before = controller.windowBytes();
        assertThat(before).isEqualTo(8 * CongestionController.MIN_WINDOW_BYTES);
        round(0, 60 * MILLI);
        round(0, 60 * MILLI);
        assertThat(controller.windowBytes()).isLessThan(before * 3 / 2);
    }

    @Test
    void takesThreeTenthsAwayOnLossAndComesBackWithinTheCubicTime() {
        for (int i = 0; i < 4; i++) {
            round(0, 50 * MILLI);
        }
        int before = controller.windowBytes();
        round(before / RudpConfig.DATAGRAM_BYTES / 4, 60 * MILLI);
        assertThat(controller.windowBytes()).isEqualTo((int) (before * 0.7));
        // K = cbrt(0.3 W / C) of 192 datagrams: 5.2 s.
        long begin = now;
        while (controller.windowBytes() < before * 99 / 100) {
            round(0, 60 * MILLI);
        }
        assertThat((now - begin) / 1e9).isBetween(2.0, 5.5);
    }

    @Test
    void rollsBackWhereLittleWasLostWithoutAQueue() {
        for (int i = 0; i < 3; i++) {
            round(0, 50 * MILLI);
        }
        int before = controller.windowBytes();
        round(3, 50 * MILLI);
        assertThat(controller.windowBytes()).isLessThan(before);
        round(0, 50 * MILLI);
        assertThat(controller.windowBytes()).isGreaterThanOrEqualTo(before);
    }

    @Test
    void doesNotRollBackWhereThereIsAQueueOrMuchWasLost() {
        for (int i = 0; i < 3; i++) {
            round(0, 50 * MILLI);
        }
        int before = controller.windowBytes();
        round(3, 70 * MILLI);
        round(0, 70 * MILLI);
        assertThat(controller.windowBytes()).isLessThan(before * 8 / 10);
        before = controller.windowBytes();
        round(before / RudpConfig.DATAGRAM_BYTES / 2, 50 * MILLI);
        round(0, 50 * MILLI);
        assertThat(controller.windowBytes()).isLessThan(before * 8 / 10);
    }

    @Test
    void rollsBackWhereAllLossProvesSpurious() {
        for (int i = 0; i < 3; i++) {
            round(0, 50 * MILLI);
        }
        int before = controller.windowBytes();
        long first = round(40, 70 * MILLI);
        assertThat(controller.windowBytes()).isLessThan(before);
        for (int i = 0; i < 39; i++) {
            spurious(first + i);
        }
        assertThat(controller.windowBytes()).isLessThan(before);
        spurious(first + 39);
        assertThat(controller.windowBytes()).isGreaterThanOrEqualTo(before);
    }

    @Test
    void staysBetweenTheBounds() {
        for (int i = 0; i < 12; i++) {
            round(controller.windowBytes() / RudpConfig.DATAGRAM_BYTES - 1, 90 * MILLI);
        }
        assertThat(controller.windowBytes()).isEqualTo(CongestionController.MIN_WINDOW_BYTES);
        controller.reset();
        for (int i = 0; i < 12; i++) {
            round(0, 50 * MILLI);
        }
        assertThat(controller.windowBytes()).isEqualTo(CongestionController.MAX_WINDOW_BYTES);
        assertThat(controller.pacingBytesPerSecond(rtt)).isGreaterThan(controller.windowBytes() * 20L);
    }
}
