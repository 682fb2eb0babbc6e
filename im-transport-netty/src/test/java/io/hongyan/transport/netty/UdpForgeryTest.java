// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hongyan.contracts.RecordingHandler;
import io.hongyan.contracts.TransportContract;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.rudp.DropReason;
import io.hongyan.protocol.rudp.RudpConfig;
import io.hongyan.protocol.rudp.RudpEndpointStats;
import io.hongyan.protocol.rudp.ServerSecret;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Strangers and eavesdroppers before a real socket. Each test prints what the server counted, as a line that begins with
 * FORGERY; {@code docs/performance/hostile.md} shows them.
 */
@Timeout(120)
@Tag("once")
class UdpForgeryTest {
    private static final byte SHORT_HEADER = (byte) 0x80;
    private static final byte RESET = (byte) 0xC3;
    private static final int RESET_BYTES = 17;
    private static final int AT_ONCE = 32;

    private final List<RecordingHandler> accepted = new CopyOnWriteArrayList<>();
    private final SplittableRandom random = new SplittableRandom(20);
    private IoLoops loops;
    private UdpListener listener;
    private TappedRoad road;
    private RecordingHandler client;
    private RecordingHandler server;
    private int said;

    private RudpEndpointStats[] before = {};
    private long thrown;
    private long thrownBytes;

    @BeforeEach
    void connect() throws IOException {
        loops = IoLoops.builder().threads(2).io(IoChoice.AUTO).build();
        listener = UdpListener.bind(
                loops,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                RudpConfig.defaults(),
                UdpOptions.defaults(),
                new ServerSecret(new byte[ServerSecret.LENGTH]),
                this::accept);
        road = new TappedRoad(listener.localAddress());
        RecordingHandler[] made = new RecordingHandler[1];
        new UdpConnector(loops, RudpConfig.defaults(), UdpOptions.defaults())
                .connect(road.entrance(), connection -> made[0] = new RecordingHandler(connection))
                .toCompletableFuture()
                .join();
        client = made[0];
        await().until(() -> accepted.size() == 1);
        server = accepted.get(0);
        assertUnharmed();
    }

    private RecordingHandler accept(Connection connection) {
        RecordingHandler handler = new TransportContract.Echo(connection);
        accepted.add(handler);
        connection.admit();
        return handler;
    }

    @AfterEach
    void close() {
        road.close();
        loops.close();
    }

    @Test
    void nothingThatAStrangerGuessesOrCopiesHasAnEffect() throws IOException {
        List<byte[]> copies = List.copyOf(road.fromClient);
        byte[] own = copies.get(copies.size() - 1);
        try (DatagramSocket stranger = stranger()) {
            List<byte[]> guesses = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                byte[] guess = bytes(20 + i % 60);
                guess[0] = SHORT_HEADER;
                guess[1] = own[1];
                guesses.add(guess);
            }
            Map<DropReason, Long> dropped = attack("guessed ids", stranger, guesses);
            assertThat(dropped.getOrDefault(DropReason.FORGED_ID, 0L)).isGreaterThanOrEqualTo(9_999);

            guesses.clear();
            for (int i = 0; i < 5_000; i++) {
                byte[] guess = bytes(20 + i % 60);
                System.arraycopy(own, 0, guess, 0, 9);
                guesses.add(guess);
            }
            dropped = attack("right id, guessed content and tag", stranger, guesses);
            assertThat(dropped).containsOnly(Map.entry(DropReason.NOT_AUTHENTIC, 5_000L));

            List<byte[]> flipped = new ArrayList<>();
            for (int bit = 0; bit < own.length * 8; bit++) {
                byte[] harmed = own.clone();
                harmed[bit / 8] ^= (byte) (1 << bit % 8);
                flipped.add(harmed);
            }
            dropped = attack("flipped bits", stranger, flipped);
            assertThat(dropped.values().stream().mapToLong(Long::longValue).sum())
                    .isEqualTo(flipped.size());

            List<byte[]> replays = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                replays.addAll(copies.subList(1, copies.size()));
            }
            dropped = attack("replays", stranger, replays);
            // The handshake's, where it comes to a loop that does not have the connection, has the wrong address.
            assertThat(dropped.getOrDefault(DropReason.DUPLICATE, 0L) + dropped.getOrDefault(DropReason.BAD_COOKIE, 0L))
                    .isEqualTo(replays.size());
            assertThat(answered(stranger)).isZero();
        }
        assertUnharmed();
    }

    @Test
    void aResetOrCloseInTheServersNameDoesNotEndTheClient() throws IOException {
        byte[] own = road.fromClient.get(road.fromClient.size() - 1);
        byte[] fromServer = road.fromServer.get(road.fromServer.size() - 1);
        for (int i = 0; i < 5_000; i++) {
            byte[] reset = bytes(RESET_BYTES);
            reset[0] = RESET;
            System.arraycopy(own, 1, reset, 1, 8);
            road.toClient(reset);
            byte[] close = bytes(1 + 1 + 2 + 8);
            close[0] = SHORT_HEADER;
            close[2] = 3;
            road.toClient(close);
            road.toClient(fromServer);
            if (i % AT_ONCE == 0) {
                LockSupport.parkNanos(100_000);
            }
        }
        assertUnharmed();
    }

    @Test
    void whoMovesASessionWithACopyAheadGetsAtMostThreeTimesItsBytesAndLosesItAgain() throws IOException {
        try (DatagramSocket thief = stranger()) {
            before();
            AtomicBoolean held = new AtomicBoolean(true);
            AtomicLong stolen = new AtomicLong();
            // Ahead of the original, which is kept, and so is all that the client says until it is let go.
            road.up = datagram -> {
                if (held.get() && stolen.compareAndSet(0, datagram.length)) {
                    throwAt(thief, datagram);
                }
                return held.get() ? null : datagram;
            };
            TransportContract.send(client, Lane.CHAT, TransportContract.numbered(said++, 1));
            await().until(() -> !server.connection.remoteAddress().equals(road.exit()));
            byte[] much = new byte[1_000];
            TransportContract.on(server, () -> {
                for (int i = 0; i < 100; i++) {
                    server.connection.write(Lane.BULK, Frame.of(2, much));
                }
                server.connection.flush();
            });
            long got = answered(thief);
            held.set(false);
            await().until(() -> server.connection.remoteAddress().equals(road.exit()));
            await().until(() ->
                    client.frames.stream().filter(frame -> frame.type() == 2).count() == 100);
            got += answered(thief);
            System.out.println("FORGERY udp, a copy ahead of its original: " + stolen + " bytes sent, " + got
                    + " bytes got, moves " + moves());
            assertThat(got).isBetween(1L, 3 * stolen.get());
        }
        client.frames.removeIf(frame -> frame.type() == 2);
        assertUnharmed();
    }

    @Test
    void halfOpenHandshakesLeaveNothingAndCostFewerBytesThanTheyBring() throws IOException {
        byte[] initial = road.fromClient.get(0);
        assertThat(initial).hasSize(RudpConfig.DATAGRAM_BYTES);
        long answered = 0;
        before();
        for (int port = 0; port < 50; port++) {
            try (DatagramSocket stranger = stranger()) {
                for (int i = 0; i < 100; i++) {
                    byte[] first = initial.clone();
                    ByteBuffer.wrap(first).putLong(5, random.nextLong());
                    throwAt(stranger, first);
                }
                settle();
                answered += answered(stranger);
            }
        }
        long cookies = sum(RudpEndpointStats::handshakesStarted);
        System.out.println("FORGERY udp, half-open: " + thrown + " datagrams of " + thrownBytes + " bytes, cookies "
                + cookies + ", bytes out " + answered);
        assertThat(cookies).isEqualTo(5_000);
        assertThat(answered).isPositive().isLessThan(thrownBytes / 5);
        assertThat(stats().mapToInt(RudpEndpointStats::connections).sum()).isEqualTo(1);
        assertUnharmed();
    }

    // ---- attacks

    private Map<DropReason, Long> attack(String name, DatagramSocket from, List<byte[]> datagrams) throws IOException {
        before();
        for (byte[] datagram : datagrams) {
            throwAt(from, datagram);
        }
        settle();
        Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            long count = sum(stats -> stats.dropped(reason));
            if (count > 0) {
                dropped.put(reason, count);
            }
        }
        System.out.println("FORGERY udp, " + name + ": " + thrown + " datagrams of " + thrownBytes + " bytes; dropped "
                + dropped + "; moves " + moves());
        assertThat(moves()).isZero();
        return dropped;
    }

    private void before() {
        before = stats().toArray(RudpEndpointStats[]::new);
        thrown = 0;
        thrownBytes = 0;
    }

    /** Not faster than the server reads: what the kernel drops proves nothing. */
    private void throwAt(DatagramSocket from, byte[] datagram) {
        try {
            from.send(new DatagramPacket(datagram, datagram.length, listener.localAddress()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        thrown++;
        thrownBytes += datagram.length;
        if (thrown % AT_ONCE == 0) {
            settle();
        }
    }

    private void settle() {
        while (sum(RudpEndpointStats::datagramsReceived) < thrown) {
            LockSupport.parkNanos(50_000);
        }
    }

    private Stream<RudpEndpointStats> stats() {
        return listener.stats().toCompletableFuture().join().stream();
    }

    private long sum(ToLongFunction<RudpEndpointStats> count) {
        long earlier = 0;
        for (RudpEndpointStats stats : before) {
            earlier += count.applyAsLong(stats);
        }
        return stats().mapToLong(count).sum() - earlier;
    }

    private long moves() {
        return sum(RudpEndpointStats::moves);
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static DatagramSocket stranger() throws IOException {
        DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        socket.setSoTimeout(200);
        return socket;
    }

    /** Bytes that came back to this socket. */
    private static long answered(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2_048], 2_048);
        long bytes = 0;
        try {
            while (true) {
                socket.receive(packet);
                bytes += packet.getLength();
            }
        } catch (SocketTimeoutException nothingMore) {
            return bytes;
        }
    }

    /** One more message goes there and comes back, nothing else has, and the server knows where its client is. */
    private void assertUnharmed() {
        TransportContract.send(client, Lane.CHAT, TransportContract.numbered(said++, 1));
        await().until(() -> client.frames.size() >= said);
        TransportContract.assertSequence(server, said, 1);
        TransportContract.assertSequence(client, said, 1);
        assertThat(accepted).hasSize(1);
        assertThat(server.connection.remoteAddress()).isEqualTo(road.exit());
        assertThat(client.isClosed()).isFalse();
        assertThat(server.isClosed()).isFalse();
    }
}
