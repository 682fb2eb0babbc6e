// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.RandomStream;
import io.hongyan.simnet.SimAddress;
import io.hongyan.simnet.SimulatedNetwork;
import io.hongyan.simnet.VirtualClock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RudpEndpointTest {
    private static final long SECOND = 1_000_000_000L;
    private static final LinkProfile LINK =
            LinkProfile.builder("25 ms").delayMillis(25).keepOrder().build();

    private final VirtualClock clock = new VirtualClock();
    private final SimulatedNetwork network = new SimulatedNetwork(clock, 1, LINK);
    private final RandomStream random = RandomStream.of(1, "engine");
    private final ServerSecret secret = ServerSecret.random(random);
    private final SimPeer server = server(RudpConfig.defaults());
    private final SimPeer client = client(RudpConfig.defaults(), "10.0.0.2");
    private final List<String> received = new ArrayList<>();

    private SimPeer server(RudpConfig config) {
        return new SimPeer(
                network,
                "server",
                SimAddress.ipv4("10.0.0.1", 7901),
                RudpEndpoint.server(config, secret, 7, random, RudpTracer.NONE));
    }

    private SimPeer client(RudpConfig config, String ip) {
        return new SimPeer(
                network, ip, SimAddress.ipv4(ip, 5000), RudpEndpoint.client(config, random, RudpTracer.NONE));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void collect(SimPeer peer) {
        peer.onEvent = event -> {
            if (event.kind() == RudpEvent.FRAME) {
                received.add(event.lane() + " " + new String(SimPeer.bytes(event), StandardCharsets.UTF_8));
            }
        };
    }

    @Test
    void carriesTheFirstMessageWithTheSecondDatagramOfTheHandshake() {
        collect(server);
        RudpConnection connection = client.connect(server);
        client.send(connection, Lane.CHAT, text("login"));
        clock.advanceBy(75_000_000L);
        assertThat(received).containsExactly("CHAT login");
        assertThat(server.log).containsExactly("CONNECTED");
        clock.advanceBy(25_000_000L);
        assertThat(client.log).containsExactly("CONNECTED");
        assertThat(connection.isOpen()).isTrue();
        assertThat(connection.id()).isEqualTo(server.connected.get(0).id());
    }

    @Test
    void carriesMessagesOfAllSizesBothWays() {
        List<byte[]> got = new ArrayList<>();
        server.onEvent = event -> {
            if (event.kind() == RudpEvent.FRAME) {
                byte[] bytes = SimPeer.bytes(event);
                got.add(bytes);
                server.send(event.connection(), event.lane(), bytes);
            }
        };
        List<byte[]> echoed = new ArrayList<>();
        client.onEvent = event -> {
            if (event.kind() == RudpEvent.FRAME) {
                echoed.add(SimPeer.bytes(event));
            }
        };
        RudpConnection connection = client.connect(server);
        List<byte[]> sent = new ArrayList<>();
        for (int size :
                new int[] {1, 63, 64, 100, 1000, 1023, 1024, 1025, 1100, 1152, 1153, 2048, 5000, 8192, 65_540}) {
            byte[] frame = new byte[size];
            random.nextBytes(frame);
            sent.add(frame);
            assertThat(client.send(connection, Lane.CHAT, frame)).isTrue();
        }
        clock.advanceBy(3 * SECOND);
        assertThat(got).usingElementComparator(java.util.Arrays::compare).isEqualTo(sent);
        assertThat(echoed).usingElementComparator(java.util.Arrays::compare).isEqualTo(sent);
    }

    @Test
    void isQuietWhenIdle() {
        RudpConnection connection = client.connect(server);
        client.send(connection, Lane.CHAT, text("hello"));
        clock.advanceBy(SECOND);
        assertThat(client.endpoint.pool().inUse()).isZero();
        assertThat(server.endpoint.pool().inUse()).isZero();
        long before = client.datagramsSent + server.datagramsSent;
        clock.advanceBy(20 * SECOND);
        assertThat(client.datagramsSent + server.datagramsSent).isEqualTo(before);
        clock.advanceBy(60 * SECOND);
        // Two keepalives, each a ping and its ack.
        assertThat(client.datagramsSent + server.datagramsSent).isBetween(before + 4, before + 6);
        assertThat(connection.isOpen()).isTrue();
        assertThat(client.deadlinesFired + server.deadlinesFired).isLessThan(60);
    }

    @Test
    void closesWithTheCodeAfterAllThatWasSentArrived() {
        collect(server);
        RudpConnection connection = client.connect(server);
        clock.advanceBy(SECOND);
        for (int i = 0; i < 200; i++) {
            connection.send(clock.nowNanos(), Lane.CHAT, text("message " + i));
        }
        connection.close(clock.nowNanos(), 210);
        client.pump();
        clock.advanceBy(SECOND);
        assertThat(received).hasSize(200);
        assertThat(server.lastCloseCode).isEqualTo(210);
        assertThat(server.lastCloseByPeer).isTrue();
        assertThat(client.lastCloseCode).isEqualTo(210);
        assertThat(client.lastCloseByPeer).isFalse();
        clock.advanceBy(3 * SECOND);
        assertThat(client.endpoint.connections()).isZero();
        assertThat(server.endpoint.connections()).isZero();
        assertThat(client.endpoint.pool().inUse() + server.endpoint.pool().inUse())
                .isZero();
    }

    @Test
    void closesAnIdleConnectionAtOnce() {
        RudpConnection connection = client.connect(server);
        clock.advanceBy(SECOND);
        server.connected.get(0).close(clock.nowNanos(), 100);
        server.pump();
        clock.advanceBy(50_000_000L);
        assertThat(client.lastCloseCode).isEqualTo(100);
        assertThat(connection.isOpen()).isFalse();
        assertThat(connection.send(clock.nowNanos(), Lane.CHAT, text("late"))).isFalse();
    }

    @Test
    void confirmsTheFirstCloseSoThatNoOtherIsNeeded() {
        RudpConnection connection = client.connect(server);
        clock.advanceBy(SECOND);
        long sentByClient = client.datagramsSent;
        long sentByServer = server.datagramsSent;
        connection.close(clock.nowNanos(), 213);
        client.pump();
        clock.advanceBy(3 * SECOND);
        assertThat(server.lastCloseCode).isEqualTo(213);
        assertThat(server.datagramsSent - sentByServer).isEqualTo(1);
        assertThat(client.datagramsSent - sentByClient).isEqualTo(1);
    }

    @Test
    void givesUpAHandshakeThatNobodyAnswers() {
        SimPeer lonely = client(RudpConfig.defaults(), "10.0.0.9");
        lonely.endpoint.connect(clock.nowNanos(), SimPeer.addressOf(SimAddress.ipv4("10.9.9.9", 1)));
        lonely.pump();
        clock.advanceBy(11 * SECOND);
        assertThat(lonely.lastCloseCode).isEqualTo(ReasonCode.HANDSHAKE_TIMEOUT.number());
        assertThat(lonely.datagramsSent).isBetween(6L, 15L);
        assertThat(lonely.endpoint.connections()).isZero();
        assertThat(lonely.endpoint.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void connectsOverAPathSlowerThanTheWaitForANewCookie() {
        for (int rttMillis = 200; rttMillis <= 4_400; rttMillis += 200) {
            RudpEndpointTest slow = new RudpEndpointTest();
            LinkProfile link = LinkProfile.builder("slow")
                    .delayMillis(rttMillis / 2.0)
                    .keepOrder()
                    .build();
            slow.network.link(slow.client.node, slow.server.node, link, link);
            RudpConnection connection = slow.client.connect(slow.server);
            slow.clock.advanceBy(2 * rttMillis * 1_000_000L + SECOND / 100);
            assertThat(connection.isOpen()).as("RTT %d ms", rttMillis).isTrue();
            assertThat(slow.server.endpoint.connections()).isEqualTo(1);
        }
    }

    @Test
    void callsASilentHandshakeByItsNameHoweverShortTheIdleTimeout() {
        SimPeer hasty = client(RudpConfig.builder().idleTimeoutMillis(5_000).build(), "10.0.0.9");
        RudpConnection connection = hasty.connect(server);
        // The cookie comes, and nothing after it.
        clock.advanceBy(40_000_000L);
        network.cut(server.node, hasty.node, clock.nowNanos() + 20_000_000L, 60 * SECOND);
        clock.advanceBy(8 * SECOND);
        assertThat(connection.core().state()).isEqualTo(ConnectionState.CONNECTING);
        clock.advanceBy(3 * SECOND);
        assertThat(hasty.lastCloseCode).isEqualTo(ReasonCode.HANDSHAKE_TIMEOUT.number());
    }

    @Test
    void givesUpAPeerThatFellSilent() {
        client.connect(server);
        clock.advanceBy(SECOND);
        client.node.detach();
        clock.advanceBy(121 * SECOND);
        assertThat(server.lastCloseCode).isEqualTo(ReasonCode.IDLE_TIMEOUT.number());
        assertThat(server.endpoint.connections()).isZero();
    }

    @Test
    void learnsByResetThatTheServerWasRestarted() {
        RudpConnection connection = client.connect(server);
        clock.advanceBy(SECOND);
        server.endpoint = RudpEndpoint.server(RudpConfig.defaults(), secret, 7, random, RudpTracer.NONE);
        client.send(connection, Lane.CHAT, text("are you there"));
        clock.advanceBy(51_000_000L);
        assertThat(client.lastCloseCode).isEqualTo(ReasonCode.UNKNOWN_CONNECTION.number());
        assertThat(client.lastCloseByPeer).isTrue();
    }

    @Test
    void followsAClientToAnotherAddress() {
        collect(server);
        RudpConnection connection = client.connect(server);
        clock.advanceBy(SECOND);
        client.node.changeAddress(SimAddress.ipv4("10.0.0.2", 6000));
        client.send(connection, Lane.CHAT, text("moved"));
        clock.advanceBy(SECOND);
        assertThat(server.log).containsExactly("CONNECTED", "MOVED");
        PeerAddress now = new PeerAddress();
        server.connected.get(0).remote(now);
        assertThat(now.port()).isEqualTo(6000);
        assertThat(server.connected.get(0).core().path.needsProof()).isFalse();
        assertThat(received).containsExactly("CHAT moved");
    }

    @Test
    void tellsAClientThatTheServerSeesItElsewhereBeforeItTellsWhatTheServerSays() {
        List<String> told = news(client);
        RudpConnection connection = client.connect(server);
        clock.advanceBy(SECOND);
        server.onEvent = event -> {
            if (event.kind() == RudpEvent.FRAME) {
                server.send(event.connection(), Lane.CHAT, text("welcome"));
            }
        };
        client.node.changeAddress(SimAddress.ipv4("10.0.0.2", 6000));
        client.send(connection, Lane.CHAT, text("moved"));
        clock.advanceBy(SECOND);
        assertThat(told).containsExactly("CONNECTED", "MAPPING_LOST", "FRAME CHAT 7 B");
    }

    /** A NAT that preserves ports gives the client its old address again: only what is missing tells. */
    @Test
    void tellsAClientThatTheServerSpokeAndWasNotHeard() {
        List<String> told = news(client);
        RudpConnection connection = client.connect(server);
        clock.advanceBy(SECOND);
        network.cut(server.node, client.node, clock.nowNanos(), 10 * SECOND);
        server.send(server.connected.get(0), Lane.CHAT, text("hello?"));
        clock.advanceBy(10 * SECOND);
        client.send(connection, Lane.CHAT, text("here I am"));
        clock.advanceBy(SECOND);
        assertThat(told).containsExactly("CONNECTED", "MAPPING_LOST", "FRAME CHAT 6 B");
    }

    @Test
    void tellsNothingOfALossAndOfASilence() {
        List<String> told = news(client);
        RudpConnection connection = client.connect(server);
        clock.advanceBy(SECOND);
        network.cut(server.node, client.node, clock.nowNanos(), SECOND / 5);
        server.send(server.connected.get(0), Lane.CHAT, text("hello?"));
        clock.advanceBy(20 * SECOND);
        client.send(connection, Lane.CHAT, text("here I am"));
        clock.advanceBy(SECOND);
        assertThat(told).containsExactly("CONNECTED", "FRAME CHAT 6 B");
    }

    private static List<String> news(SimPeer peer) {
        List<String> told = new ArrayList<>();
        peer.onEvent = event -> {
            if (event.kind() != RudpEvent.TICKET) {
                told.add(event.toString());
            }
        };
        return told;
    }

    @Test
    void provesItsNewAddressAlsoWhenTheFirstProofIsLost() {
        RudpConnection connection = client.connect(server);
        clock.advanceBy(SECOND);
        client.node.changeAddress(SimAddress.ipv4("10.0.0.2", 6000));
        // What the server has to say leaves with the challenge, and takes the rest of three times what came.
        RudpConnection accepted = server.connected.get(0);
        for (int i = 0; i < 40; i++) {
            accepted.send(clock.nowNanos(), i % 2 == 0 ? Lane.CHAT : Lane.BULK, new byte[1 + i]);
        }
        client.send(connection, Lane.CHAT, text("moved"));
        network.cut(client.node, server.node, clock.nowNanos() + 40_000_000L, 20_000_000L);
        clock.advanceBy(SECOND / 2);
        assertThat(accepted.core().path.needsProof()).isFalse();
        clock.advanceBy(SECOND / 2);
        assertThat(accepted.pendingBytes(Lane.CHAT)).isZero();
    }

    @Test
    void carriesManyConnectionsOnOneClientSocket() {
        SimPeer many = client(RudpConfig.builder().clientIdBytes(4).build(), "10.0.0.3");
        collect(server);
        for (int i = 0; i < 50; i++) {
            many.send(many.connect(server), Lane.CHAT, text("from " + i));
        }
        clock.advanceBy(SECOND);
        assertThat(received).hasSize(50);
        assertThat(many.log).hasSize(50);
        assertThat(server.endpoint.connections()).isEqualTo(50);
    }

    @Test
    void tellsWhenALaneIsWritableAgain() {
        List<String> events = new ArrayList<>();
        client.onEvent = event -> events.add(event.toString());
        RudpConnection connection = client.connect(server);
        clock.advanceBy(SECOND);
        events.clear();
        int taken = 0;
        while (connection.send(clock.nowNanos(), Lane.BULK, new byte[1000])) {
            taken++;
        }
        assertThat(taken).isEqualTo((256 << 10) / 1064);
        assertThat(connection.isWritable(Lane.BULK)).isFalse();
        assertThat(connection.isWritable(Lane.CHAT)).isTrue();
        connection.flush();
        client.pump();
        clock.advanceBy(5 * SECOND);
        assertThat(events).containsExactly("WRITABLE BULK");
        assertThat(connection.pendingBytes(Lane.BULK)).isZero();
    }

    @Test
    void keepsTheNewestEphemeralMessagesAndCountsTheOthers() {
        collect(server);
        RudpConnection connection = client.connect(server);
        clock.advanceBy(SECOND);
        for (int i = 0; i < 100; i++) {
            assertThat(connection.isWritable(Lane.EPHEMERAL)).isTrue();
            assertThat(connection.send(clock.nowNanos(), Lane.EPHEMERAL, text("" + i)))
                    .isTrue();
        }
        connection.flush();
        client.pump();
        clock.advanceBy(SECOND);
        assertThat(received).hasSize(64).startsWith("EPHEMERAL 36").endsWith("EPHEMERAL 99");
        assertThat(connection.stats().ephemeralDropped()).isEqualTo(36);
        assertThat(client.endpoint.stats().ephemeralDropped()).isEqualTo(36);
        assertThat(connection.pendingBytes(Lane.EPHEMERAL)).isZero();
        connection.close(clock.nowNanos(), 210);
        assertThat(connection.isWritable(Lane.EPHEMERAL)).isFalse();
    }

    @Test
    void stopsAPeerWhoseReaderRestsWithinTheWindow() {
        long[] bytes = {0};
        server.onEvent = event -> {
            if (event.kind() == RudpEvent.CONNECTED) {
                event.connection().pauseReading();
            } else if (event.kind() == RudpEvent.FRAME) {
                bytes[0] += event.frame().remaining();
            }
        };
        RudpConnection connection = client.connect(server);
        clock.advanceBy(SECOND);
        for (int i = 0; i < 400; i++) {
            client.send(connection, Lane.CHAT, new byte[500]);
        }
        clock.advanceBy(10 * SECOND);
        assertThat(bytes[0]).isLessThan(256 << 10);
        long stopped = bytes[0];
        clock.advanceBy(10 * SECOND);
        assertThat(bytes[0]).isEqualTo(stopped);
        server.connected.get(0).resumeReading(clock.nowNanos());
        server.pump();
        clock.advanceBy(5 * SECOND);
        assertThat(bytes[0]).isEqualTo(400 * 500);
    }

    @Test
    void readsTheLoopOfAShortHeaderOnly() {
        assertThat(RudpEndpoint.loopOf(ByteBuffer.wrap(new byte[] {(byte) 0x80, 9, 0, 0, 0, 0, 0, 0, 0, 0})))
                .isEqualTo(9);
        assertThat(RudpEndpoint.loopOf(ByteBuffer.wrap(new byte[] {(byte) 0xc0, 9, 0, 0, 0, 0, 0, 0, 0, 0})))
                .isEqualTo(-1);
        assertThat(RudpEndpoint.loopOf(ByteBuffer.wrap(new byte[] {(byte) 0x80, 9, 0})))
                .isEqualTo(-1);
    }

    @Test
    void endsWithItsOwnCodeWhenTheServerTakesNoMessageSoLarge() {
        SimPeer narrow = new SimPeer(
                network,
                "narrow",
                SimAddress.ipv4("10.0.0.7", 7901),
                RudpEndpoint.server(
                        RudpConfig.builder().maxMessageBytes(10_000).build(), secret, 7, random, RudpTracer.NONE));
        RudpConnection connection = client.connect(narrow);
        client.send(connection, Lane.CHAT, new byte[10_001]);
        clock.advanceBy(SECOND);
        assertThat(client.lastCloseCode).isEqualTo(ReasonCode.FRAME_TOO_LARGE.number());
        assertThat(client.lastCloseByPeer).isFalse();
        assertThat(narrow.lastCloseCode).isEqualTo(ReasonCode.FRAME_TOO_LARGE.number());
        assertThat(client.endpoint.pool().inUse() + narrow.endpoint.pool().inUse())
                .isZero();
    }

    @Test
    void refusesMessagesThatCannotBeSent() {
        RudpConnection connection = client.connect(server);
        assertThatThrownBy(() -> connection.send(0, Lane.CHAT, new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> connection.send(0, Lane.CHAT, new byte[65_541]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.endpoint.connect(0, SimPeer.addressOf(server)))
                .isInstanceOf(IllegalStateException.class);
    }
}
