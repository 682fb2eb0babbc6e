// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.simnet.LinkProfile;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** On the paths of {@link ControllerLab}; rates in bytes a second of datagrams of 1200 bytes and 28 of headers. */
class BbrControllerTest {
    private static final long MILLI = ControllerLab.MILLI;
    private static final long SECOND = ControllerLab.SECOND;
    private static final long ENOUGH = 1L << 40;
    /** What 20 Mbit/s deliver. */
    private static final double PATH_RATE = 2.5e6 * 1200 / 1228;

    private static final int PIPE_BYTES = (int) (PATH_RATE * 0.05);

    private final BbrController controller = new BbrController();

    private static LinkProfile.Builder link() {
        return LinkProfile.builder("path").delayMillis(25).rate(20_000_000, 128 << 10);
    }

    private ControllerLab lab(LinkProfile link) {
        ControllerLab lab = new ControllerLab(controller, link);
        lab.link(link);
        return lab;
    }

    @Test
    void findsTheRateInATenthOfTheTimeAndThenKeepsTheQueueShort() {
        ControllerLab lab = lab(link().build());
        lab.offer(ENOUGH);
        lab.clock.advanceBy(SECOND);
        assertThat((double) controller.rateBytesPerSecond()).isBetween(PATH_RATE * 0.98, PATH_RATE * 1.02);
        assertThat(controller.windowBytes()).isBetween(PIPE_BYTES, 5 * PIPE_BYTES / 2);
        long longest = 0;
        long delivered = lab.deliveredBytes;
        for (int i = 0; i < 800; i++) {
            lab.clock.advanceBy(10 * MILLI);
            longest = Math.max(longest, lab.rtt.latestNanos());
        }
        assertThat(longest).isLessThan(75 * MILLI);
        assertThat((lab.deliveredBytes - delivered) / 8.0).isGreaterThan(PATH_RATE * 0.97);
    }

    @Test
    void goesThroughAllItsPhases() {
        ControllerLab lab = lab(link().build());
        Set<BbrController.Phase> seen = EnumSet.of(controller.phase());
        lab.offer(ENOUGH);
        for (int i = 0; i < 1_200; i++) {
            lab.clock.advanceBy(10 * MILLI);
            seen.add(controller.phase());
        }
        assertThat(seen).containsExactlyInAnyOrder(BbrController.Phase.values());
    }

    @Test
    void doesNotTakeRandomLossForCongestion() {
        for (double loss : new double[] {0.01, 0.05, 0.1}) {
            controller.reset();
            ControllerLab lab = lab(link().loss(loss).build());
            lab.offer(ENOUGH);
            lab.clock.advanceBy(10 * SECOND);
            assertThat(lab.deliveredBytes / 10.0).as("loss %s", loss).isGreaterThan(PATH_RATE * (0.9 - 3 * loss));
        }
    }

    @Test
    void sendsMoreWhereThePathLosesMuchOfItself() {
        ControllerLab lab = lab(link().loss(0.2).build());
        lab.offer(ENOUGH);
        lab.clock.advanceBy(5 * SECOND);
        long before = lab.deliveredBytes;
        long longest = 0;
        for (int i = 0; i < 2_000; i++) {
            lab.clock.advanceBy(10 * MILLI);
            longest = Math.max(longest, lab.rtt.latestNanos());
        }
        // An ack lost is a datagram lost.
        assertThat((lab.deliveredBytes - before) / 20.0).isGreaterThan(0.8 * 0.8 * PATH_RATE * 0.93);
        assertThat(longest).isLessThan(100 * MILLI);
    }

    @Test
    void neitherThrottlesNorDelaysChat() {
        ControllerLab lab = lab(link().build());
        // An hour of it, so that every window and estimate has been renewed.
        for (int i = 0; i < 3_600 * 50; i++) {
            lab.offer(250);
            assertThat(lab.waitingBytes()).isZero();
            lab.clock.advanceBy(20 * MILLI);
        }
        // A burst amid the chat leaves at once, too.
        lab.offer(Pacer.BURST_PACKETS * RudpConfig.DATAGRAM_BYTES - 1_000);
        assertThat(lab.waitingBytes()).isZero();
    }

    @Test
    void doesNotForgetTheRateOverChat() {
        ControllerLab lab = lab(link().build());
        lab.offer(ENOUGH);
        lab.clock.advanceBy(2 * SECOND);
        long rate = controller.rateBytesPerSecond();
        lab.stop();
        for (int i = 0; i < 3_000; i++) {
            lab.offer(250);
            lab.clock.advanceBy(20 * MILLI);
        }
        assertThat(controller.rateBytesPerSecond()).isEqualTo(rate);
        long delivered = lab.deliveredBytes;
        lab.offer(ENOUGH);
        lab.clock.advanceBy(SECOND);
        assertThat((double) (lab.deliveredBytes - delivered)).isGreaterThan(PATH_RATE * 0.9);
    }

    @Test
    void findsAFasterAndASlowerBottleneck() {
        LinkProfile slow = link().rate(2_000_000, 128 << 10).build();
        ControllerLab lab = lab(slow);
        lab.offer(ENOUGH);
        lab.clock.advanceBy(2 * SECOND);
        lab.link(link().build());
        lab.clock.advanceBy(5 * SECOND);
        assertThat((double) controller.rateBytesPerSecond()).isGreaterThan(PATH_RATE * 0.95);
        lab.link(slow);
        lab.clock.advanceBy(4 * SECOND);
        assertThat((double) controller.rateBytesPerSecond()).isLessThan(PATH_RATE / 10 * 1.1);
        assertThat(lab.rtt.latestNanos()).isLessThan(100 * MILLI);
    }

    @Test
    void tellsALongerPathFromAQueue() {
        ControllerLab lab = lab(link().build());
        lab.offer(ENOUGH);
        lab.clock.advanceBy(2 * SECOND);
        lab.link(link().delayMillis(100).build());
        lab.clock.advanceBy(4 * SECOND);
        assertThat(lab.rtt.minNanos()).isBetween(200 * MILLI, 210 * MILLI);
        assertThat(controller.windowBytes()).isGreaterThan(7 * PIPE_BYTES);
    }

    /** A path of which the pipe is far below the least window: its queue must not be taken for length. */
    @Test
    void keepsTheLeastRoundTripOfAShortAndThinPath() {
        ControllerLab lab = lab(link().delayMillis(5).rate(1_000_000, 128 << 10).build());
        lab.offer(ENOUGH);
        lab.clock.advanceBy(60 * SECOND);
        assertThat(lab.rtt.minNanos()).isLessThan(60 * MILLI);
        assertThat(lab.rtt.latestNanos()).isLessThan(200 * MILLI);
    }

    @Test
    void beginsAnewOnAnotherPath() {
        ControllerLab lab = lab(link().build());
        lab.offer(ENOUGH);
        lab.clock.advanceBy(2 * SECOND);
        controller.reset();
        assertThat(controller.windowBytes()).isEqualTo(BbrController.INITIAL_WINDOW_BYTES);
        assertThat(controller.rateBytesPerSecond()).isZero();
        assertThat(controller.phase()).isEqualTo(BbrController.Phase.STARTUP);
    }
}
