// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.simnet.SimAddress;
import org.junit.jupiter.api.Test;

/** What a client does that is told of another network. One way is 10 ms. */
class RudpNetworkChangeTest {
    private static final long MILLI = AttackRange.MILLI;
    private static final long SECOND = AttackRange.SECOND;
    private static final SimAddress ELSEWHERE = SimAddress.ipv4("10.0.7.7", 7);

    private final AttackRange range = new AttackRange(7, RudpConfig.defaults());

    private void changeOf(RudpConnection connection) {
        range.alice.node.changeAddress(ELSEWHERE);
        connection.networkChanged(range.clock.nowNanos());
        range.alice.pump();
    }

    @Test
    void theServerHearsOfItAfterOneWayAndHasProofAfterThree() {
        AttackRange.Talk talk = range.talk(range.alice);
        range.clock.advanceBy(5 * SECOND);
        changeOf(talk.near);
        range.clock.advanceBy(10 * MILLI);
        assertThat(talk.far.core().remote()).isEqualTo(SimPeer.addressOf(ELSEWHERE));
        assertThat(talk.far.core().path.needsProof()).isTrue();
        range.clock.advanceBy(20 * MILLI);
        assertThat(talk.far.core().path.needsProof()).isFalse();
        talk.assertUnharmed();
    }

    @Test
    void whatWasUnderWayToNowhereIsSentAtOnce() {
        AttackRange.Talk talk = range.talk(range.alice);
        range.network.cut(range.alice.node, range.server.node, range.clock.nowNanos(), 5 * SECOND);
        range.alice.send(talk.near, Lane.CHAT, new byte[20]);
        range.clock.advanceBy(5 * SECOND);
        int heard = range.frames.get(talk.far).size();
        changeOf(talk.near);
        range.clock.advanceBy(10 * MILLI);
        assertThat(range.frames.get(talk.far)).hasSize(heard + 1);
    }

    @Test
    void nothingThatWasLearnedIsKept() {
        AttackRange.Talk talk = range.talk(range.alice);
        assertThat(talk.near.core().rtt.hasSample()).isTrue();
        changeOf(talk.near);
        assertThat(talk.near.core().rtt.hasSample()).isFalse();
        assertThat(talk.near.core().congestion.windowBytes())
                .isEqualTo(CongestionController.of(CongestionControl.BBR).windowBytes());
        range.clock.advanceBy(SECOND);
        assertThat(talk.near.core().rtt.minNanos()).isEqualTo(20 * MILLI);
    }

    @Test
    void aFalseAlarmCostsAPingAndNoMessageTwice() {
        AttackRange.Talk talk = range.talk(range.alice);
        talk.near.send(range.clock.nowNanos(), Lane.CHAT, new byte[20]);
        talk.near.flush();
        range.alice.pump();
        range.clock.advanceBy(5 * MILLI);
        int heard = range.frames.get(talk.far).size();
        talk.near.networkChanged(range.clock.nowNanos());
        range.alice.pump();
        range.clock.advanceBy(SECOND);
        assertThat(range.frames.get(talk.far)).hasSize(heard + 1);
        assertThat(range.alice.endpoint.pool().inUse()).isZero();
        assertThat(talk.far.core().path.needsProof()).isFalse();
    }

    /** The cookie is of the old address: a new one is fetched at once, not after two seconds. */
    @Test
    void aHandshakeBeginsAgain() {
        RudpConnection near = range.alice.connect(range.server);
        range.clock.advanceBy(21 * MILLI);
        assertThat(near.core().state()).isEqualTo(ConnectionState.CONNECTING);
        range.server.passes = datagram -> false;
        range.clock.advanceBy(100 * MILLI);
        range.server.passes = datagram -> true;
        changeOf(near);
        range.clock.advanceBy(40 * MILLI);
        assertThat(near.isOpen()).isTrue();
    }

    @Test
    void aTicketIsShownAgainFromThere() {
        range.talk(range.alice).close();
        RudpTicket ticket = range.alice.tickets.remove(0);
        range.network.cut(range.alice.node, range.server.node, range.clock.nowNanos(), 50 * MILLI);
        RudpConnection near = range.alice.resume(range.server, ticket, new byte[20]);
        range.clock.advanceBy(50 * MILLI);
        range.sentBy.clear();
        changeOf(near);
        range.clock.advanceBy(20 * MILLI);
        assertThat(near.isOpen()).isTrue();
        assertThat(range.sentBy.get(ELSEWHERE)).noneMatch(datagram -> (datagram[0] & 0xff) == Wire.INITIAL);
        assertThat(range.server.endpoint.stats().ticketsTaken()).isEqualTo(1);
    }

    @Test
    void aServerDoesNothing() {
        AttackRange.Talk talk = range.talk(range.alice);
        range.clock.advanceBy(SECOND);
        long sent = range.server.datagramsSent;
        talk.far.networkChanged(range.clock.nowNanos());
        range.server.pump();
        range.clock.advanceBy(SECOND);
        assertThat(range.server.datagramsSent).isEqualTo(sent);
        talk.assertUnharmed();
    }

    @Test
    void aConnectionThatIsClosingDoesNothing() {
        AttackRange.Talk talk = range.talk(range.alice);
        talk.near.close(range.clock.nowNanos(), 210);
        range.alice.pump();
        talk.near.networkChanged(range.clock.nowNanos());
        range.clock.advanceBy(5 * SECOND);
        talk.near.networkChanged(range.clock.nowNanos());
        assertThat(range.alice.endpoint.connections()).isZero();
        assertThat(range.alice.endpoint.pool().inUse()).isZero();
    }
}
