// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LanesTest {
    private static final int COST = 100 + RudpConfig.MESSAGE_OVERHEAD_BYTES;

    private final HotStatePool pool = new HotStatePool(RudpConfig.defaults());
    private final Lanes lanes = new Lanes();
    private final byte[] message = new byte[100];

    @Test
    void goesOnAfterARestWhereItStoppedWhoeverHadTheHotStateMeanwhile() {
        HotState hot = pool.take();
        lanes.attach(hot);
        sendAndAcknowledge(lanes, Lanes.CHAT);
        sendAndAcknowledge(lanes, Lanes.CHAT);
        sendAndAcknowledge(lanes, Lanes.BULK);
        lanes.out(Lanes.CHAT).grant(50_000);
        receive(lanes, Lanes.CHAT, 0);
        lanes.in(Lanes.CHAT).consume(COST);
        lanes.in(Lanes.CHAT).creditToTell(false);
        receive(lanes, Lanes.BULK, 0);
        long granted = lanes.in(Lanes.CHAT).creditToTell(true);
        lanes.detach();

        Lanes others = new Lanes();
        others.attach(hot);
        assertThat(others.out(Lanes.CHAT).next()).isZero();
        assertThat(others.out(Lanes.CHAT).creditBytes()).isEqualTo(Wire.INITIAL_CREDIT_BYTES);
        assertThat(others.in(Lanes.CHAT).next()).isZero();
        sendAndAcknowledge(others, Lanes.CHAT);
        others.detach();

        lanes.attach(hot);
        assertThat(lanes.out(Lanes.CHAT).next()).isEqualTo(2);
        assertThat(lanes.out(Lanes.CHAT).chargedBytes()).isEqualTo(2 * COST);
        assertThat(lanes.out(Lanes.CHAT).creditBytes()).isEqualTo(50_000);
        assertThat(lanes.out(Lanes.BULK).next()).isEqualTo(1);
        assertThat(lanes.in(Lanes.CHAT).next()).isEqualTo(1);
        assertThat(lanes.in(Lanes.CHAT).unconsumedBytes()).isZero();
        assertThat(lanes.in(Lanes.CHAT).creditToTell(true)).isEqualTo(granted);
        assertThat(lanes.in(Lanes.BULK).next()).isEqualTo(1);
        assertThat(lanes.in(Lanes.BULK).unconsumedBytes()).isEqualTo(COST);
        assertThat(lanes.in(Lanes.BULK).grantedAheadBytes()).isEqualTo(Wire.INITIAL_CREDIT_BYTES - COST);
    }

    @Test
    void aLaneNeverUsedKeepsWhatEachSideMaySend() {
        HotState hot = pool.take();
        lanes.attach(hot);
        lanes.out(Lanes.BULK).grant(1L << 40);
        long granted = lanes.in(Lanes.BULK).creditToTell(false);
        lanes.detach();
        lanes.attach(hot);
        assertThat(lanes.out(Lanes.BULK).creditBytes())
                .as("more than anyone needs")
                .isEqualTo(Integer.MAX_VALUE);
        assertThat(lanes.out(Lanes.BULK).next()).isZero();
        assertThat(lanes.in(Lanes.BULK).creditToTell(true)).isEqualTo(granted);
        sendAndAcknowledge(lanes, Lanes.BULK);
        receive(lanes, Lanes.BULK, 0);
        lanes.detach();
        lanes.attach(hot);
        assertThat(lanes.out(Lanes.BULK).next()).isEqualTo(1);
        assertThat(lanes.in(Lanes.BULK).next()).isEqualTo(1);
    }

    @Test
    void nobodyMayAskForALaneAtRest() {
        assertThatThrownBy(() -> lanes.out(Lanes.CHAT)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> lanes.in(Lanes.BULK)).isInstanceOf(NullPointerException.class);
    }

    private void sendAndAcknowledge(Lanes lanes, int code) {
        SendLane out = lanes.out(code);
        assertThat(out.offer(message, false)).isTrue();
        long number = out.nextToSend();
        out.onSentWhole(number);
        lanes.onAcked(out.reference(number), SendLane.WHOLE);
        assertThat(out.isEmpty()).isTrue();
    }

    private void receive(Lanes lanes, int code, long number) {
        assertThat(lanes.in(code).receiveWhole(number, message, 0, message.length))
                .isEqualTo(ReceiveLane.DELIVER);
    }
}
