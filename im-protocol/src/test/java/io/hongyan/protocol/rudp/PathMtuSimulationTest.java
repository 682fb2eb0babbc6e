// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.RandomStream;
import io.hongyan.simnet.SimAddress;
import io.hongyan.simnet.SimulatedNetwork;
import io.hongyan.simnet.VirtualClock;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bulk on paths that carry long datagrams, do not, or do no longer; a client sends, RTT 50 ms, 20 Mbit/s. */
class PathMtuSimulationTest {
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000_000_000L;
    private static final int CHUNK = 4_096;

    private final VirtualClock clock = new VirtualClock();
    private SimulatedNetwork network;
    private SimPeer server;
    private SimPeer client;
    private RudpConnection connection;
    private final List<Integer> lengths = new ArrayList<>();
    private int bulkArrived;
    private int bulkToSend;

    private static LinkProfile link(int mtuBytes) {
        return LinkProfile.builder("path")
                .delayMillis(25)
                .keepOrder()
                .rate(20_000_000, 128 << 10)
                .mtuBytes(mtuBytes)
                .build();
    }

    private static SimAddress ipv6(String host, int port) {
        return SimAddress.of(new InetSocketAddress(host, port));
    }

    private void begin(int mtuBytes) {
        begin(mtuBytes, RudpConfig.defaults(), SimAddress.ipv4("10.0.0.1", 7901), SimAddress.ipv4("10.0.0.2", 5000));
    }

    private void begin(int mtuBytes, RudpConfig config, SimAddress serverAt, SimAddress clientAt) {
        network = new SimulatedNetwork(clock, 5, link(mtuBytes));
        RandomStream random = RandomStream.of(5, "keys");
        server = new SimPeer(
                network,
                "server",
                serverAt,
                RudpEndpoint.server(config, ServerSecret.random(random), 0, random, RudpTracer.NONE));
        client = new SimPeer(network, "client", clientAt, RudpEndpoint.client(config, random, RudpTracer.NONE));
        server.onEvent = event -> {
            if (event.kind() == RudpEvent.FRAME && event.lane() == Lane.BULK) {
                bulkArrived++;
            }
        };
        client.onEvent = event -> {
            if (event.kind() == RudpEvent.WRITABLE) {
                sendBulk();
            }
        };
        connection = client.connect(server);
        clock.advanceBy(SECOND);
        network.observe((nowNanos, from, to, datagram) -> {
            if (from.port() == client.node.address().port()) {
                lengths.add(datagram.remaining());
            }
        });
    }

    private void startBulk(int chunks) {
        bulkToSend += chunks;
        sendBulk();
        client.pump();
    }

    private void sendBulk() {
        while (bulkToSend > 0 && connection.send(clock.nowNanos(), Lane.BULK, new byte[CHUNK])) {
            bulkToSend--;
        }
        connection.flush();
    }

    private void sendAllBulk(int chunks) {
        int before = bulkArrived;
        startBulk(chunks);
        assertThat(clock.runUntil(() -> bulkArrived == before + chunks, 60 * SECOND))
                .isTrue();
        clock.advanceBy(200 * MILLI);
    }

    private int longest() {
        return lengths.stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    private long longerThan(int bytes) {
        return lengths.stream().filter(length -> length > bytes).count();
    }

    @Test
    void neverProbesForChatAlone() {
        begin(0);
        for (int i = 0; i < 500; i++) {
            connection.send(clock.nowNanos(), Lane.CHAT, new byte[60_000]);
            client.send(connection, Lane.EPHEMERAL, new byte[1000]);
            clock.advanceBy(20 * MILLI);
        }
        assertThat(longest()).isLessThanOrEqualTo(1200);
        assertThat(connection.stats().bulkDatagramBytes()).isEqualTo(1200);
    }

    @Test
    void neverProbesForALittleBulk() {
        begin(0);
        for (int i = 0; i < 50; i++) {
            sendAllBulk(5);
        }
        assertThat(longest()).isLessThanOrEqualTo(1200);
    }

    @Test
    void fillsLongDatagramsWhereThePathCarriesThem() {
        begin(0);
        sendAllBulk(500);
        assertThat(connection.stats().bulkDatagramBytes()).isEqualTo(1452);
        assertThat(longerThan(1400)).isGreaterThan(lengths.size() * 8L / 10);
        assertThat(connection.stats().datagramsLost()).isZero();
        // What was learned outlasts the rest.
        clock.advanceBy(20 * SECOND);
        lengths.clear();
        sendAllBulk(10);
        assertThat(longerThan(1400)).isGreaterThan(20);
    }

    @Test
    void staysShorterWhereThePathIsNarrow() {
        for (int mtu : new int[] {1200, 1399, 1400, 1430, 1451, 1452}) {
            PathMtuSimulationTest path = new PathMtuSimulationTest();
            path.begin(mtu);
            path.sendAllBulk(500);
            int expected = mtu < 1400 ? 1200 : mtu < 1452 ? 1400 : 1452;
            assertThat(path.connection.stats().bulkDatagramBytes())
                    .as("MTU %d", mtu)
                    .isEqualTo(expected);
            assertThat(path.connection.stats().datagramsLost())
                    .as("MTU %d", mtu)
                    .isZero();
            assertThat(path.longerThan(mtu)).as("probes lost, MTU %d", mtu).isEqualTo(mtu < 1452 ? 3 : 0);
        }
    }

    @Test
    void probesThatAreLostSlowNothingDown() {
        long[] nanos = new long[2];
        for (int i = 0; i < 2; i++) {
            PathMtuSimulationTest path = new PathMtuSimulationTest();
            path.begin(
                    1300,
                    RudpConfig.builder().maxDatagramBytes(i == 0 ? 1200 : 1452).build(),
                    SimAddress.ipv4("10.0.0.1", 7901),
                    SimAddress.ipv4("10.0.0.2", 5000));
            long from = path.clock.nowNanos();
            path.sendAllBulk(1000);
            nanos[i] = path.clock.nowNanos() - from;
        }
        assertThat((double) nanos[1] / nanos[0]).isBetween(0.98, 1.02);
    }

    @Test
    void triesAgainAfterTenMinutes() {
        begin(1300);
        sendAllBulk(100);
        network.link(client.node, server.node, link(0), link(0));
        clock.advanceBy(590 * SECOND);
        lengths.clear();
        sendAllBulk(100);
        assertThat(longest()).isLessThanOrEqualTo(1200);
        clock.advanceBy(10 * SECOND);
        sendAllBulk(100);
        assertThat(connection.stats().bulkDatagramBytes()).isEqualTo(1452);
    }

    @Test
    void escapesABlackHole() {
        for (boolean besideChat : new boolean[] {false, true}) {
            PathMtuSimulationTest path = new PathMtuSimulationTest();
            path.begin(0);
            path.sendAllBulk(300);
            assertThat(path.connection.stats().bulkDatagramBytes()).isEqualTo(1452);
            path.escapeBlackHole(besideChat);
        }
    }

    private void escapeBlackHole(boolean besideChat) {
        network.link(client.node, server.node, link(1210), link(1210));
        long from = clock.nowNanos();
        int before = bulkArrived;
        startBulk(500);
        for (int i = 0; besideChat && i < 100; i++) {
            client.send(connection, Lane.CHAT, new byte[100]);
            clock.advanceBy(20 * MILLI);
        }
        assertThat(clock.runUntil(() -> bulkArrived == before + 500, 20 * SECOND))
                .isTrue();
        assertThat(clock.nowNanos() - from).isLessThan(4 * SECOND);
        assertThat(connection.stats().bulkDatagramBytes()).isEqualTo(1200);
        clock.advanceBy(10 * SECOND);
        lengths.clear();
        sendAllBulk(100);
        assertThat(longest()).isLessThanOrEqualTo(1200);
        // After a minute the size is tried again.
        network.link(client.node, server.node, link(0), link(0));
        clock.advanceBy(50 * SECOND);
        sendAllBulk(100);
        assertThat(connection.stats().bulkDatagramBytes()).isEqualTo(1452);
    }

    @Test
    void anOutageIsNoBlackHole() {
        begin(0);
        sendAllBulk(300);
        startBulk(2000);
        for (int i = 0; i < 10; i++) {
            clock.advanceBy(300 * MILLI);
            network.cut(client.node, server.node, clock.nowNanos(), 40 * MILLI);
        }
        clock.advanceBy(SECOND);
        assertThat(connection.stats().bulkDatagramBytes()).isEqualTo(1452);
    }

    @Test
    void beginsAnewAtAnotherAddress() {
        begin(0);
        server.onEvent = event -> {};
        RudpConnection accepted = server.connected.get(0);
        for (int i = 0; i < 60; i++) {
            accepted.send(clock.nowNanos(), Lane.BULK, new byte[CHUNK]);
        }
        accepted.flush();
        server.pump();
        clock.advanceBy(SECOND);
        assertThat(accepted.stats().bulkDatagramBytes()).isEqualTo(1452);
        client.node.changeAddress(SimAddress.ipv4("10.0.0.2", 6000));
        client.send(connection, Lane.CHAT, new byte[100]);
        clock.advanceBy(SECOND);
        assertThat(accepted.stats().bulkDatagramBytes()).as("the same host").isEqualTo(1452);
        client.node.changeAddress(SimAddress.ipv4("10.0.0.3", 6000));
        client.send(connection, Lane.CHAT, new byte[100]);
        clock.advanceBy(SECOND);
        assertThat(accepted.stats().bulkDatagramBytes()).as("another host").isEqualTo(1200);
    }

    @Test
    void isSwitchedOffByItsBound() {
        begin(
                0,
                RudpConfig.builder().maxDatagramBytes(1200).build(),
                SimAddress.ipv4("10.0.0.1", 7901),
                SimAddress.ipv4("10.0.0.2", 5000));
        sendAllBulk(500);
        assertThat(longest()).isLessThanOrEqualTo(1200);
    }

    @Test
    void leavesRoomForTheLongerHeaderOfIpv6() {
        begin(0, RudpConfig.defaults(), ipv6("2001:db8::1", 7901), ipv6("2001:db8::2", 5000));
        sendAllBulk(500);
        assertThat(longest()).isEqualTo(1432);
        // 11 granules fit all the same; of a chunk's 32 the last 10 travel alone.
        assertThat(longerThan(1420)).isGreaterThan(lengths.size() * 6L / 10);
    }
}
