// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.protocol.Lane;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The judge is judged: an endpoint that is tampered with is caught. */
class EndpointInvariantsTest {
    private final DirectPair pair = new DirectPair(RudpConfig.defaults(), RudpConfig.defaults());
    private RudpConnection connection;

    @BeforeEach
    void begin() {
        connection = pair.client.connect(pair.now, pair.serverAddress);
        pair.exchange();
        // Every datagram is lost from now on, so that something stays under way.
        pair.loseEvery = 1;
        connection.send(pair.now, Lane.CHAT, new byte[100]);
        connection.flush();
        pair.exchange();
        EndpointInvariants.check(pair.client, pair.now);
    }

    @Test
    void catchesBytesInFlightThatNobodyCounts() {
        SentPackets sent = connection.core().hotOrNull().sent;
        long number = sent.oldestOutstanding();
        sent.settle(number, SentPackets.LOST);
        EndpointInvariants.check(pair.client, pair.now);
        sent.settle(number, SentPackets.OUTSTANDING);
        catches("in flight");
    }

    @Test
    void catchesADeadlineThatHasPassed() {
        pair.now = pair.client.nextDeadlineNanos() + (1 << 18);
        catches("a deadline in the past");
    }

    @Test
    void catchesAConnectionWithoutADeadline() {
        pair.client.deadlines().remove(connection.core());
        catches("a connection without a deadline");
    }

    @Test
    void catchesBytesThatWereNotGranted() {
        ReceiveLane lane = connection.core().lanes.in(Lanes.CHAT);
        for (int number = 0; lane.receivedBytes() <= lane.grantedBytes(); number++) {
            lane.receiveWhole(number, new byte[1000], 0, 1000);
        }
        catches("grant");
    }

    @Test
    void catchesAHotStateThatIsNotGivenBack() {
        pair.client.takeHot();
        catches("hot states");
    }

    private void catches(String what) {
        assertThatThrownBy(() -> EndpointInvariants.check(pair.client, pair.now))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(what);
    }
}
