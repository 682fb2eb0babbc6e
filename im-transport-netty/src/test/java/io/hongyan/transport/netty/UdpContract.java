// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hongyan.contracts.RecordingHandler;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionAcceptor;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.rudp.RudpConfig;
import io.hongyan.protocol.rudp.RudpEndpointStats;
import io.hongyan.protocol.rudp.ServerSecret;
import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.UdpRelay;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What a UDP link keeps beyond the common contract. */
abstract class UdpContract extends NettyTransportContract {
    private static final byte[] SECRET = bytes(ServerSecret.LENGTH, 77);

    RudpConfig serverConfig = RudpConfig.defaults();
    RudpConfig clientConfig = RudpConfig.defaults();
    UdpOptions options = UdpOptions.defaults();
    UdpListener listener;

    @Override
    Listening listen(IoLoops loops, InetSocketAddress address, ConnectionAcceptor acceptor) throws IOException {
        UdpListener bound = UdpListener.bind(loops, address, serverConfig, options, new ServerSecret(SECRET), acceptor);
        listener = bound;
        return new Listening() {
            @Override
            public InetSocketAddress address() {
                return bound.localAddress();
            }

            @Override
            public CompletionStage<Void> close(ReasonCode code) {
                return bound.close(code, "the test says so");
            }
        };
    }

    @Override
    CompletionStage<Connection> connect(
            IoLoops loops, InetSocketAddress server, Function<Connection, ConnectionHandler> handlers) {
        return new UdpConnector(loops, clientConfig, options).connect(server, handlers);
    }

    @Test
    void tellsThePeerTheCode() {
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        on(server, () -> server.connection.close(ReasonCode.KICKED, "for the test"));
        await().until(() -> client.isClosed() && server.isClosed());
        assertThat(client.closedReason).isEqualTo(ReasonCode.KICKED);
        assertThat(client.closedByPeer).isTrue();
    }

    @Test
    void manyConnectionsShareOneSocketWhenTheyHaveIds() {
        clientConfig = RudpConfig.builder().clientIdBytes(4).build();
        try (UdpConnector connector = new UdpConnector(loops, clientConfig, options)) {
            serverHandlers = Echo::new;
            List<RecordingHandler> clients = new CopyOnWriteArrayList<>();
            for (int i = 0; i < 50; i++) {
                connector
                        .connect(loops.owner(0), listening.address(), connection -> {
                            RecordingHandler handler = new RecordingHandler(connection);
                            clients.add(handler);
                            return handler;
                        })
                        .toCompletableFuture()
                        .join();
            }
            assertThat(accepted.stream()
                            .map(server -> server.connection.remoteAddress())
                            .distinct())
                    .hasSize(1);
            clients.forEach(client -> on(client, new Sender(client, 100, 11)));
            await().until(() -> clients.stream().allMatch(client -> client.frames.size() == 100));
            clients.forEach(client -> assertSequence(client, 100, 11));
        }
    }

    /** Each from another port, so that with several loops the kernel gives most of them to one that has no such ticket. */
    @Test
    void whoWasThereBeforeComesBackWithATicket() {
        serverHandlers = Echo::new;
        try (UdpConnector connector = new UdpConnector(loops, clientConfig, options)) {
            for (int i = 0; i < 20; i++) {
                RecordingHandler[] client = new RecordingHandler[1];
                connector
                        .connect(loops.owner(0), listening.address(), connection -> {
                            client[0] = new RecordingHandler(connection);
                            return client[0];
                        })
                        .toCompletableFuture()
                        .join();
                on(client[0], new Sender(client[0], 10, 11));
                await().until(() -> client[0].frames.size() == 10 && connector.tickets() == 1);
                on(client[0], () -> client[0].connection.close(ReasonCode.CLOSED_LOCALLY, "for the test"));
                await().until(client[0]::isClosed);
            }
            List<RudpEndpointStats> loopStats =
                    listener.stats().toCompletableFuture().join();
            assertThat(loopStats.stream()
                            .mapToLong(RudpEndpointStats::ticketsTaken)
                            .sum())
                    .isEqualTo(19);
            assertThat(loopStats.stream()
                            .mapToLong(RudpEndpointStats::ticketsRefused)
                            .sum())
                    .isZero();
            assertThat(accepted).hasSize(20);
        }
    }

    @Test
    void aConnectorThatWasClosedOpensNoSocket() {
        for (int idBytes : new int[] {0, 4}) {
            clientConfig = RudpConfig.builder().clientIdBytes(idBytes).build();
            UdpConnector connector = new UdpConnector(loops, clientConfig, options);
            connector.close();
            assertThat(connector.connect(listening.address(), RecordingHandler::new))
                    .failsWithin(10, TimeUnit.SECONDS)
                    .withThrowableThat()
                    .withCauseInstanceOf(ConnectFailedException.class)
                    .withMessageContaining("closed");
        }
    }

    @Test
    void whoConnectsWhileTheConnectorIsClosedGetsNoConnectionThatStays() {
        clientConfig = RudpConfig.builder().clientIdBytes(4).build();
        UdpConnector connector = new UdpConnector(loops, clientConfig, options);
        RecordingHandler[] client = new RecordingHandler[1];
        var connecting = connector.connect(listening.address(), connection -> {
            // On the loop, when the socket is just open.
            connector.close();
            return client[0] = new RecordingHandler(connection);
        });
        assertThat(connecting).failsWithin(10, TimeUnit.SECONDS);
        assertThat(client[0].closedReason).isEqualTo(ReasonCode.CLOSED_LOCALLY);
    }

    @Test
    void whatIsWrittenBeforeTheHandshakeIsOverTravelsWithIt() {
        RecordingHandler[] client = new RecordingHandler[1];
        connect(loops, listening.address(), connection -> {
                    connection.write(Lane.CHAT, numbered(0, 12));
                    connection.flush();
                    return client[0] = new RecordingHandler(connection);
                })
                .toCompletableFuture()
                .join();
        RecordingHandler server = onlyAccepted();
        await().until(() -> server.frames.size() == 1);
        assertSequence(server, 1, 12);
    }

    @Test
    void nobodyThereFailsWithTheHandshakesTimeOut() throws IOException {
        clientConfig = RudpConfig.builder().handshakeTimeoutMillis(1_000).build();
        try (DatagramSocket silent = new DatagramSocket(anyPort())) {
            CompletionStage<Connection> stage =
                    connect(loops, (InetSocketAddress) silent.getLocalSocketAddress(), RecordingHandler::new);
            assertThat(stage.toCompletableFuture())
                    .failsWithin(10, TimeUnit.SECONDS)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOfSatisfying(
                            ConnectFailedException.class,
                            failure -> assertThat(failure.reason()).isEqualTo(ReasonCode.HANDSHAKE_TIMEOUT));
        }
    }

    @Test
    void randomDatagramsDisturbNobody() throws IOException {
        serverHandlers = Echo::new;
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        SplittableRandom random = new SplittableRandom(13);
        try (DatagramSocket stranger = new DatagramSocket()) {
            for (int i = 0; i < 2_000; i++) {
                byte[] noise = new byte[random.nextInt(1, 1_500)];
                random.nextBytes(noise);
                if (i % 2 == 0) {
                    noise[0] |= (byte) 0x80;
                }
                stranger.send(new DatagramPacket(noise, noise.length, listening.address()));
            }
        }
        on(client, new Sender(client, 1_000, 14));
        await().until(() -> client.frames.size() == 1_000);
        assertSequence(client, 1_000, 14);
        assertThat(accepted).hasSize(1);
        assertThat(server.isClosed()).isFalse();
    }

    @Test
    void losesAndDoublesNothingOnALinkThatLosesATenth() throws IOException {
        LinkProfile lossy = LinkProfile.builder("lossy")
                .delayMillis(5)
                .loss(0.1)
                .duplication(0.02)
                .build();
        try (UdpRelay relay =
                UdpRelay.to(listening.address()).profile(lossy).seed(17).start()) {
            RecordingHandler client = connected(relay.address());
            RecordingHandler server = onlyAccepted();
            on(client, new Sender(client, 3_000, 18));
            on(server, new Sender(server, 3_000, 19));
            await().atMost(30, TimeUnit.SECONDS)
                    .until(() -> client.frames.size() >= 3_000 && server.frames.size() >= 3_000);
            assertSequence(server, 3_000, 18);
            assertSequence(client, 3_000, 19);
        }
    }

    @Test
    void followsAPeerThatMovesWhicheverLoopHearsItFirst() throws IOException {
        serverHandlers = Echo::new;
        try (UdpRelay relay = UdpRelay.to(listening.address()).start()) {
            RecordingHandler client = connected(relay.address());
            RecordingHandler server = onlyAccepted();
            Set<InetSocketAddress> seen = new HashSet<>();
            for (int i = 0; i < 12; i++) {
                int number = i;
                send(client, Lane.CHAT, numbered(number, 20));
                await().until(() -> client.frames.size() == number + 1);
                seen.add(server.connection.remoteAddress());
                relay.changeAddresses();
            }
            assertSequence(client, 12, 20);
            assertThat(accepted).hasSize(1);
            assertThat(seen).hasSizeGreaterThan(2);
            if (io() == IoChoice.EPOLL) {
                assertThat(listener.handedOver()).isPositive();
            }
            assertThat(listener.handOversDropped()).isZero();
        }
    }

    @Test
    void aStrangerHasLittleCredit() {
        admits = false;
        RecordingHandler client = connected();
        for (int i = 0; i < 20; i++) {
            send(client, Lane.CHAT, Frame.of(TYPE, bytes(1_000, i)));
        }
        RecordingHandler server = onlyAccepted();
        await().until(() -> server.frames.size() == 7);
        on(server, server.connection::admit);
        await().until(() -> server.frames.size() == 20);
    }

    @Test
    void aFrameAboveTheLimitEndsItsConnection() throws IOException {
        RudpConfig generous = RudpConfig.builder().maxMessageBytes(200_000).build();
        serverConfig = generous;
        clientConfig = generous;
        listening = listen(loops, anyPort(), this::accept);
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        send(client, Lane.CHAT, Frame.of(TYPE, new byte[100_000]));
        await().until(() -> client.isClosed() && server.isClosed());
        assertThat(server.violations).hasSize(1);
        assertThat(server.closedReason).isEqualTo(ReasonCode.FRAME_TOO_LARGE);
        assertThat(client.closedReason).isEqualTo(ReasonCode.FRAME_TOO_LARGE);
    }

    @Test
    void aFrameThatThePeerSaidItDoesNotTakeEndsItsConnectionOnly() {
        clientConfig = RudpConfig.builder().maxMessageBytes(4_096).build();
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        on(server, () -> server.connection.write(Lane.CHAT, Frame.of(TYPE, new byte[10_000])));
        await().until(() -> client.isClosed() && server.isClosed());
        assertThat(server.closedReason).isEqualTo(ReasonCode.FRAME_TOO_LARGE);
        assertThat(server.closedByPeer).isFalse();
    }

    @Test
    void soDoesOneThatHadToWaitBefore() {
        clientConfig = RudpConfig.builder().maxMessageBytes(4_096).build();
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        on(client, client.connection::pauseReading);
        on(server, () -> {
            while (server.connection.isWritable(Lane.CHAT)) {
                server.connection.write(Lane.CHAT, Frame.of(TYPE, new byte[4_000]));
            }
            for (int i = 0; i < 100; i++) {
                server.connection.write(Lane.CHAT, Frame.of(TYPE, new byte[4_000]));
            }
            server.connection.write(Lane.CHAT, Frame.of(TYPE, new byte[10_000]));
            server.connection.flush();
        });
        on(client, client.connection::resumeReading);
        await().until(() -> client.isClosed() && server.isClosed());
        assertThat(server.closedReason).isEqualTo(ReasonCode.FRAME_TOO_LARGE);
    }

    @Test
    void ownSocketsAreGivenBackWithTheirConnection() {
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        InetSocketAddress address = server.connection.remoteAddress();
        on(client, () -> client.connection.close(ReasonCode.CLOSED_LOCALLY, ""));
        await().until(() -> {
            try (DatagramSocket probe = new DatagramSocket(address.getPort())) {
                return probe.isBound();
            } catch (BindException stillThere) {
                return false;
            }
        });
    }

    @Test
    void bulkDoesNotHoldUpChat() {
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        on(server, () -> server.connection.pauseReading());
        on(client, () -> {
            while (client.connection.isWritable(Lane.BULK)) {
                client.connection.write(Lane.BULK, Frame.of(2, new byte[4_000]));
            }
            client.connection.write(Lane.CHAT, Frame.of(1, new byte[100]));
            client.connection.flush();
        });
        await().until(() -> server.frames.stream().anyMatch(frame -> frame.type() == 1));
    }

    @Test
    void bulkTravelsInLongDatagrams() {
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        on(client, () -> {
            for (int i = 0; i < 100; i++) {
                client.connection.write(Lane.BULK, Frame.of(2, new byte[4_000]));
            }
            client.connection.flush();
        });
        await().until(() -> server.frames.size() == 100);
        List<RudpEndpointStats> stats = listener.stats().toCompletableFuture().join();
        long datagrams =
                stats.stream().mapToLong(RudpEndpointStats::datagramsReceived).sum();
        long bytes = stats.stream().mapToLong(RudpEndpointStats::bytesReceived).sum();
        assertThat(bytes / datagrams).isBetween(1_250L, 1_452L);
    }

    @Test
    void ephemeralFramesArriveAndKeepNobodyWaiting() {
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        send(client, Lane.EPHEMERAL, Frame.of(3, new byte[200]));
        await().until(() -> server.frames.size() == 1);
    }

    @Test
    void aHandlerMayWriteWhileItStillReadsTheFrame() {
        serverHandlers = connection -> new RecordingHandler(connection) {
            @Override
            protected void onFrameHere(int type, ByteBuffer body, Lane lane) {
                byte[] before = new byte[body.remaining()];
                body.get(body.position(), before);
                for (int i = 0; i < 20; i++) {
                    connection.write(Lane.CHAT, Frame.of(9, new byte[1_000]));
                }
                connection.flush();
                byte[] after = new byte[body.remaining()];
                body.get(body.position(), after);
                if (!Arrays.equals(before, after)) {
                    broken.add("the frame changed while it was read");
                }
            }
        };
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        on(client, () -> {
            client.connection.write(Lane.CHAT, Frame.of(1, bytes(30_000, 15)));
            client.connection.write(Lane.CHAT, Frame.of(1, bytes(100, 16)));
            client.connection.flush();
        });
        await().until(() -> client.frames.size() == 40);
        assertThat(server.frames).hasSize(2);
    }
}
