// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.simnet.JitterShape;
import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.RandomStream;
import io.hongyan.simnet.SimAddress;
import io.hongyan.simnet.SimulatedNetwork;
import io.hongyan.simnet.VirtualClock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecoveryTest {
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000_000_000L;

    private final VirtualClock clock = new VirtualClock();
    private final List<Long> arrivals = new ArrayList<>();
    private final List<Long> losses = new ArrayList<>();
    private final List<Boolean> byTimer = new ArrayList<>();
    private final List<Integer> windows = new ArrayList<>();
    private SimulatedNetwork network;
    private SimPeer server;
    private SimPeer client;
    private RudpConnection connection;

    private void begin(LinkProfile link) {
        network = new SimulatedNetwork(clock, 3, link);
        RandomStream random = RandomStream.of(3, "keys");
        RudpTracer tracer = new RudpTracer() {
            @Override
            public void onLost(RudpConnection connection, long nowNanos, long packetNumber, boolean timer) {
                losses.add(nowNanos);
                byTimer.add(timer);
            }

            @Override
            public void onWindow(RudpConnection connection, long nowNanos, int windowBytes, long smoothedRttNanos) {
                windows.add(windowBytes);
            }
        };
        RudpConfig config = RudpConfig.defaults();
        server = new SimPeer(
                network,
                "server",
                SimAddress.ipv4("10.0.0.1", 7901),
                RudpEndpoint.server(config, ServerSecret.random(random), 0, random, RudpTracer.NONE));
        client = new SimPeer(
                network, "client", SimAddress.ipv4("10.0.0.2", 5000), RudpEndpoint.client(config, random, tracer));
        server.onEvent = event -> {
            if (event.kind() == RudpEvent.FRAME) {
                arrivals.add(clock.nowNanos());
            }
        };
        connection = client.connect(server);
        clock.advanceBy(SECOND);
        // A few round trips, so that the estimate is settled.
        for (int i = 0; i < 30; i++) {
            client.send(connection, Lane.CHAT, new byte[100]);
            clock.advanceBy(200 * MILLI);
        }
        arrivals.clear();
        losses.clear();
        byTimer.clear();
    }

    private static LinkProfile steady() {
        return LinkProfile.builder("steady").delayMillis(25).keepOrder().build();
    }

    @Test
    void tellsOfEachOtherWindow() {
        begin(steady());
        windows.clear();
        for (int i = 0; i < 40; i++) {
            client.send(connection, Lane.BULK, new byte[4 << 10]);
        }
        clock.advanceBy(5 * SECOND);
        assertThat(windows)
                .hasSizeGreaterThan(2)
                .last()
                .isEqualTo(connection.stats().windowBytes());
        for (int i = 1; i < windows.size(); i++) {
            assertThat(windows.get(i)).isNotEqualTo(windows.get(i - 1));
        }
        connection.networkChanged(clock.nowNanos());
        assertThat(windows).last().isEqualTo(BbrController.INITIAL_WINDOW_BYTES);
    }

    /** Cuts the way to the server for a moment in which one datagram leaves. */
    private void loseOne() {
        network.cut(client.node, server.node, clock.nowNanos(), MILLI);
        client.send(connection, Lane.CHAT, new byte[100]);
        clock.advanceBy(2 * MILLI);
    }

    @Test
    void noticesTheLossOfALoneDatagramWithinThreeMillisecondsOfARoundTrip() {
        begin(steady());
        long sent = clock.nowNanos();
        loseOne();
        clock.advanceBy(SECOND);
        assertThat(losses).hasSize(1);
        assertThat(losses.get(0) - sent).isBetween(50 * MILLI, 53 * MILLI);
        assertThat(arrivals.get(0) - sent).isBetween(75 * MILLI, 78 * MILLI);
    }

    @Test
    void isNotPutOffByLaterDatagrams() {
        begin(steady());
        long sent = clock.nowNanos();
        network.cut(client.node, server.node, clock.nowNanos(), 45 * MILLI);
        for (int i = 0; i < 8; i++) {
            client.send(connection, Lane.CHAT, new byte[100]);
            clock.advanceBy(5 * MILLI);
        }
        clock.advanceBy(20 * MILLI);
        assertThat(losses).isNotEmpty();
        assertThat(losses.get(0) - sent).isBetween(50 * MILLI, 53 * MILLI);
    }

    @Test
    void noticesByThreeLaterAcksInABurst() {
        begin(steady());
        loseOne();
        for (int i = 0; i < 5; i++) {
            client.send(connection, Lane.CHAT, new byte[100]);
        }
        clock.advanceBy(50 * MILLI + MILLI / 2);
        assertThat(byTimer).containsExactly(false);
    }

    @Test
    void triesSixteenTimesWithoutBackOffAndThenLessAndLessOften() {
        begin(steady());
        network.cut(client.node, server.node, clock.nowNanos(), 30 * SECOND);
        long before = clock.nowNanos();
        client.send(connection, Lane.CHAT, new byte[100]);
        clock.advanceBy(29 * SECOND);
        long timeout = 52 * MILLI;
        double[] factors = new double[24];
        Arrays.fill(factors, 1);
        System.arraycopy(new double[] {1.5, 2, 3, 4, 6, 8, 12, 16}, 0, factors, 16, 8);
        long expected = before;
        for (int i = 0; i < factors.length; i++) {
            expected += (long) (factors[i] * timeout);
            assertThat((double) (losses.get(i) - before))
                    .isCloseTo(expected - before, within(0.05 * (expected - before)));
        }
        // Two pings for keepalive, lost too, are among them.
        assertThat(losses.size()).isLessThan(36);
    }

    private static org.assertj.core.data.Offset<Double> within(double offset) {
        return org.assertj.core.data.Offset.offset(offset);
    }

    @Test
    void makesNoStormOfAnOutageAndRecoversAtOnceAfterIt() {
        begin(steady());
        network.cutBoth(client.node, server.node, clock.nowNanos(), 3 * SECOND);
        long datagrams = client.datagramsSent;
        for (int i = 0; i < 150; i++) {
            client.send(connection, Lane.CHAT, new byte[200]);
            clock.advanceBy(20 * MILLI);
        }
        assertThat(client.datagramsSent - datagrams).isLessThan(110);
        long back = clock.nowNanos();
        clock.advanceBy(2 * SECOND);
        assertThat(arrivals).hasSize(150);
        // The timer sleeps at most half as long as the outage has lasted.
        assertThat(arrivals.get(149) - back).isLessThan(1_700 * MILLI);
    }

    @Test
    void probesWithTwoDatagramsATimeoutHoweverManyAreUnderWayInALongOutage() {
        begin(LinkProfile.builder("far").delayMillis(100).keepOrder().build());
        // A window of some 50 datagrams, all under way when the outage begins.
        for (int i = 0; i < 200; i++) {
            connection.send(clock.nowNanos(), Lane.BULK, new byte[1_000]);
        }
        connection.flush();
        client.pump();
        clock.advanceBy(2 * SECOND);
        for (int i = 0; i < 200; i++) {
            connection.send(clock.nowNanos(), Lane.BULK, new byte[1_000]);
        }
        connection.flush();
        network.cutBoth(client.node, server.node, clock.nowNanos(), 70 * SECOND);
        client.pump();
        clock.advanceBy(20 * SECOND);
        assertThat(connection.stats().bytesInFlight()).isGreaterThan(20_000);
        long datagrams = client.datagramsSent;
        // The timer is at its longest, 8 s, soon.
        clock.advanceBy(48 * SECOND);
        assertThat(client.datagramsSent - datagrams).isLessThanOrEqualTo(2 * 8);
        clock.advanceBy(15 * SECOND);
        assertThat(connection.pendingBytes(Lane.BULK)).isZero();
        RudpEndpointStats all = client.endpoint.stats();
        assertThat(all.messagesRetransmitted())
                .isPositive()
                .isEqualTo(connection.stats().messagesRetransmitted());
        assertThat(all.datagramsLost())
                .isPositive()
                .isEqualTo(connection.stats().datagramsLost());
    }

    @Test
    void sendsLittleForNothingWhereThePathReordersAndJitters() {
        begin(LinkProfile.builder("far")
                .delayMillis(150)
                .jitterMillis(30, JitterShape.NORMAL)
                .reordering(0.05, 60)
                .build());
        long spuriousBefore = connection.stats().lossesSpurious();
        for (int i = 0; i < 2_000; i++) {
            client.send(connection, Lane.CHAT, new byte[200]);
            clock.advanceBy(20 * MILLI);
        }
        clock.advanceBy(5 * SECOND);
        assertThat(arrivals).hasSize(2_000);
        double share = (connection.stats().lossesSpurious() - spuriousBefore) / 2_000.0;
        System.out.printf("rudp spurious losses: RTT 300 ms, jitter 30 ms, 5 %% reordered: %.1f %%%n", share * 100);
        assertThat(share).isLessThan(0.10);
    }

    @Test
    void learnsHowSlowAPathHasBecomeThoughAllWasTakenForLost() {
        begin(LinkProfile.builder("near").delayMillis(0.1).keepOrder().build());
        LinkProfile thin = LinkProfile.builder("thin")
                .delayMillis(40)
                .keepOrder()
                .rate(64_000, 40_000)
                .build();
        network.link(client.node, server.node, thin, thin);
        for (int i = 0; i < 200; i++) {
            client.send(connection, Lane.CHAT, new byte[1_000]);
            clock.advanceBy(20 * MILLI);
        }
        // 200 kB at 8 kB/s are 25 s.
        clock.advanceBy(60 * SECOND);
        assertThat(arrivals).hasSize(200);
        assertThat(connection.stats().smoothedRttNanos()).isGreaterThan(SECOND);
    }
}
