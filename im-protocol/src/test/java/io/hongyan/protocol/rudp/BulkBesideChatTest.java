// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.RandomStream;
import io.hongyan.simnet.SimAddress;
import io.hongyan.simnet.SimulatedNetwork;
import io.hongyan.simnet.VirtualClock;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What chat and bulk of one connection leave each other: a client sends both, RTT 50 ms, 2 Mbit/s. */
class BulkBesideChatTest {
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000_000_000L;
    private static final int CHUNK = 4_096;

    private final VirtualClock clock = new VirtualClock();
    private final SimulatedNetwork network;
    private final SimPeer server;
    private final SimPeer client;
    private final RudpConnection connection;
    private final long[] bytesArrived = new long[3];
    private int bulkToSend;
    private boolean floodChat;

    BulkBesideChatTest() {
        LinkProfile link = LinkProfile.builder("2 Mbit/s")
                .delayMillis(25)
                .keepOrder()
                .rate(2_000_000, 128 << 10)
                .build();
        network = new SimulatedNetwork(clock, 6, link);
        RandomStream random = RandomStream.of(6, "keys");
        RudpConfig config = RudpConfig.defaults();
        server = new SimPeer(
                network,
                "server",
                SimAddress.ipv4("10.0.0.1", 7901),
                RudpEndpoint.server(config, ServerSecret.random(random), 0, random, RudpTracer.NONE));
        client = new SimPeer(
                network,
                "client",
                SimAddress.ipv4("10.0.0.2", 5000),
                RudpEndpoint.client(config, random, RudpTracer.NONE));
        server.onEvent = event -> {
            if (event.kind() == RudpEvent.FRAME) {
                bytesArrived[event.lane().ordinal()] += event.frame().remaining();
            }
        };
        client.onEvent = event -> {
            if (event.kind() == RudpEvent.WRITABLE) {
                fillLanes();
            }
        };
        connection = client.connect(server);
        clock.advanceBy(SECOND);
    }

    private void fillLanes() {
        while (bulkToSend > 0 && connection.send(clock.nowNanos(), Lane.BULK, new byte[CHUNK])) {
            bulkToSend--;
        }
        while (floodChat && connection.send(clock.nowNanos(), Lane.CHAT, new byte[200])) {
            assertThat(connection.isOpen()).isTrue();
        }
        connection.flush();
    }

    private void start() {
        fillLanes();
        client.pump();
    }

    @Test
    void aFloodOfChatLeavesBulkAQuarter() {
        bulkToSend = Integer.MAX_VALUE;
        floodChat = true;
        start();
        clock.advanceBy(2 * SECOND);
        Arrays.fill(bytesArrived, 0);
        clock.advanceBy(20 * SECOND);
        double share = (double) bytesArrived[1] / (bytesArrived[0] + bytesArrived[1]);
        assertThat(share).isBetween(0.23, 0.30);
    }

    @Test
    void aChatMessageLeavesInTheNextDatagramWhichStaysShort() {
        bulkToSend = Integer.MAX_VALUE;
        start();
        clock.advanceBy(5 * SECOND);
        assertThat(connection.stats().bulkDatagramBytes()).isEqualTo(1452);
        SendLane chat = connection.core().lanes.out(Lane.CHAT);
        int[] datagrams = {0};
        network.observe((nowNanos, from, to, datagram) -> {
            boolean isAck = datagram.remaining() < 100;
            if (from.equals(client.node.address()) && !isAck && datagrams[0]++ == 0) {
                assertThat(chat.nextToSend()).as("left in the first datagram").isEqualTo(-1);
                assertThat(datagram.remaining()).isLessThanOrEqualTo(1200);
            }
        });
        for (int i = 0; i < 200; i++) {
            datagrams[0] = 0;
            connection.send(clock.nowNanos(), Lane.CHAT, new byte[100]);
            connection.flush();
            client.pump();
            assertThat(clock.runUntil(() -> datagrams[0] > 0, 200 * MILLI)).isTrue();
            clock.advanceBy((7 + i % 13) * MILLI);
        }
    }

    /** Prints what a clip of 1 MiB adds to the latency of chat, 200 bytes, 50 a second. */
    @Test
    void aClipAddsLittleToTheLatencyOfChat() {
        long alone = chatP99(0);
        long beside = chatP99(256);
        System.out.printf(
                "rudp chat beside bulk: RTT 50 ms, 2 Mbit/s: p99 alone %.1f ms, beside 1 MiB %.1f ms%n",
                alone / 1e6, beside / 1e6);
        assertThat(beside - alone).isLessThan(100 * MILLI);
    }

    /** The p99 of chat's latency as long as the bulk lasts, at least 4 s. */
    private long chatP99(int chunks) {
        long[] latencies = new long[10_000];
        int[] arrived = {0};
        int bulkExpected = bulkToSend = chunks;
        server.onEvent = event -> {
            if (event.kind() == RudpEvent.FRAME && event.lane() == Lane.CHAT) {
                ByteBuffer frame = event.frame();
                latencies[arrived[0]++] = clock.nowNanos() - frame.getLong(frame.position());
            } else if (event.kind() == RudpEvent.FRAME) {
                bytesArrived[1]++;
            }
        };
        bytesArrived[1] = 0;
        long end = clock.nowNanos() + 4 * SECOND;
        start();
        while (bytesArrived[1] < bulkExpected || clock.nowNanos() < end) {
            byte[] frame = new byte[200];
            ByteBuffer.wrap(frame).putLong(clock.nowNanos());
            client.send(connection, Lane.CHAT, frame);
            clock.advanceBy(20 * MILLI);
        }
        clock.advanceBy(SECOND);
        long[] sorted = Arrays.copyOf(latencies, arrived[0]);
        Arrays.sort(sorted);
        return sorted[sorted.length * 99 / 100];
    }
}
