// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

class SendLaneTest {
    private final SendLane lane = new SendLane(1, 200_000);

    SendLaneTest() {
        lane.attach(new SendQueue());
    }

    private void sendWhole(long number) {
        assertThat(lane.nextToSend()).isEqualTo(number);
        lane.onSentWhole(number);
    }

    private int sendFragment(long number, int most) {
        assertThat(lane.nextToSend()).isEqualTo(number);
        FragmentedMessage message = Objects.requireNonNull(lane.fragments(number));
        int start = message.firstUnsent();
        int count = message.run(start, Math.min(most, lane.grantedGranules(message, start)));
        lane.onSentFragment(number, message, start, count);
        return count;
    }

    @Test
    void sendsNewMessagesInOrderAndForgetsWhatArrived() {
        for (int i = 0; i < 100; i++) {
            assertThat(lane.offer(new byte[50], false)).isTrue();
        }
        for (int i = 0; i < 71; i++) {
            sendWhole(i);
        }
        // 8 KiB of credit at 114 bytes each.
        assertThat(lane.nextToSend()).isEqualTo(-1);
        lane.grant(100_000);
        sendWhole(71);
        assertThat(lane.pendingBytes()).isEqualTo(100 * 114);
        for (int i = 71; i >= 0; i--) {
            lane.onAcked(i, SendLane.WHOLE);
            lane.onAcked(i, SendLane.WHOLE);
        }
        assertThat(lane.pendingBytes()).isEqualTo(28 * 114);
        assertThat(lane.isEmpty()).isFalse();
    }

    @Test
    void sendsTheOldestLostFirst() {
        for (int i = 0; i < 10; i++) {
            lane.offer(new byte[50], false);
            sendWhole(i);
        }
        lane.onLost(7, SendLane.WHOLE);
        lane.onLost(3, SendLane.WHOLE);
        lane.onLost(5, SendLane.WHOLE);
        lane.onAcked(5, SendLane.WHOLE);
        lane.offer(new byte[50], false);
        sendWhole(3);
        sendWhole(7);
        sendWhole(10);
        assertThat(lane.nextToSend()).isEqualTo(-1);
        assertThat(lane.onLost(5, SendLane.WHOLE)).isZero();
    }

    @Test
    void refusesWhenFullAndSaysOnceWhenThereIsRoomAgain() {
        lane.grant(1 << 20);
        int taken = 0;
        while (lane.offer(new byte[936], false)) {
            taken++;
        }
        assertThat(taken).isEqualTo(200);
        assertThat(lane.isWritable()).isFalse();
        for (int i = 0; i < 99; i++) {
            sendWhole(i);
            lane.onAcked(i, SendLane.WHOLE);
        }
        assertThat(lane.becameWritable()).isFalse();
        sendWhole(99);
        lane.onAcked(99, SendLane.WHOLE);
        assertThat(lane.becameWritable()).isTrue();
        assertThat(lane.becameWritable()).isFalse();
    }

    @Test
    void fitsItsBufferToThePathWithinItsBounds() {
        SendLane bulk = new SendLane(1, 10_000, 30_000);
        bulk.attach(new SendQueue());
        for (int[] fit : new int[][] {{0, 10}, {20_000, 20}, {90_000, 30}, {5_000, 30}}) {
            bulk.fitTo(fit[0]);
            while (bulk.offer(new byte[936], false)) {
                continue;
            }
            assertThat(bulk.pendingBytes()).isEqualTo(fit[1] * 1_000);
        }
        assertThat(bulk.isWritable()).isFalse();
    }

    @Test
    void boundsTheNumberOfMessagesToo() {
        SendLane wide = new SendLane(0, 16 << 20);
        wide.attach(new SendQueue());
        int taken = 0;
        while (wide.offer(new byte[1], false)) {
            taken++;
        }
        assertThat(taken).isEqualTo(Wire.MAX_MESSAGES_OPEN);
    }

    @Test
    void sendsALongMessageInPartsAsCreditReachesAndOnlyTheLostPartsAgain() {
        lane.offer(new byte[20 * 128 + 5], false);
        lane.offer(new byte[10], false);
        assertThat(sendFragment(0, 9)).isEqualTo(9);
        lane.onLost(0, SendLane.range(2, 3));
        assertThat(sendFragment(0, 9)).isEqualTo(3);
        assertThat(sendFragment(0, 9)).isEqualTo(9);
        assertThat(sendFragment(0, 9)).isEqualTo(3);
        sendWhole(1);
        lane.onAcked(1, SendLane.WHOLE);
        lane.onAcked(0, SendLane.range(0, 9));
        lane.onLost(0, SendLane.range(9, 9));
        lane.onLost(0, SendLane.range(18, 3));
        assertThat(sendFragment(0, 9)).isEqualTo(9);
        lane.onAcked(0, SendLane.range(18, 3));
        assertThat(lane.nextToSend()).isEqualTo(-1);
        assertThat(lane.isEmpty()).isFalse();
        lane.onAcked(0, SendLane.range(9, 9));
        assertThat(lane.isEmpty()).isTrue();
        assertThat(lane.pendingBytes()).isZero();
    }

    @Test
    void sendsLostPartsAgainThoughAllCreditIsSpent() {
        lane.offer(new byte[60_000], false);
        int sent = 0;
        while (lane.nextToSend() == 0) {
            sent += sendFragment(0, 9);
        }
        assertThat(sent).isEqualTo((8192 - 64) / 128);
        lane.onLost(0, SendLane.range(0, 9));
        assertThat(sendFragment(0, 9)).isEqualTo(9);
        assertThat(lane.nextToSend()).isEqualTo(-1);
        lane.grant(100_000);
        assertThat(sendFragment(0, 9)).isEqualTo(9);
    }

    @Test
    void growsBeyondItsFirstRing() {
        lane.grant(1 << 20);
        for (int i = 0; i < 1_000; i++) {
            assertThat(lane.offer(new byte[] {(byte) i}, false)).isTrue();
            sendWhole(i);
        }
        for (int i = 999; i >= 0; i--) {
            assertThat(lane.frame(i)).containsExactly(i);
            lane.onAcked(i, SendLane.WHOLE);
        }
        assertThat(lane.isEmpty()).isTrue();
        lane.detach();
    }
}
