// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionAcceptor;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.frame.Frame;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What every carrier keeps, whatever it is made of. One subclass per carrier and kind of event loop. */
@ExtendWith(LeakFree.class)
@Timeout(60)
abstract class TransportContract {
    static final int TYPE = 0x41;

    IoLoops loops;
    final List<RecordingHandler> accepted = new CopyOnWriteArrayList<>();
    Listening listening;
    Function<Connection, RecordingHandler> serverHandlers = RecordingHandler::new;
    boolean admits = true;

    /** A listener, whatever its kind. */
    interface Listening {
        InetSocketAddress address();

        CompletionStage<Void> close(ReasonCode code);
    }

    abstract IoChoice io();

    abstract Listening listen(IoLoops loops, InetSocketAddress address, ConnectionAcceptor acceptor) throws IOException;

    abstract CompletionStage<Connection> connect(
            IoLoops loops, InetSocketAddress server, Function<Connection, ConnectionHandler> handlers);

    @BeforeEach
    void start() throws IOException {
        loops = newLoops();
        listening = listen(loops, anyPort(), this::accept);
    }

    @AfterEach
    void stop() {
        loops.close();
        for (RecordingHandler handler : accepted) {
            assertThat(handler.broken).isEmpty();
            assertThat(handler.isClosed())
                    .as("%s is closed", handler.connection)
                    .isTrue();
        }
    }

    @Test
    void takesLongFramesOnceThePeerIsAdmitted() {
        admits = false;
        RecordingHandler client = connected();
        send(client, Lane.CHAT, Frame.of(TYPE, bytes(4_000, 1)));
        RecordingHandler server = onlyAccepted();
        await().until(() -> server.frames.size() == 1);
        on(server, server.connection::admit);
        send(client, Lane.CHAT, Frame.of(TYPE, bytes(60_000, 2)));
        await().until(() -> server.frames.size() == 2);
    }

    @Test
    void carriesTenThousandFramesEachWayInOrder() {
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        int count = 10_000;
        client.connection.owner().execute(new Sender(client, count, 1));
        server.connection.owner().execute(new Sender(server, count, 2));
        await().atMost(30, TimeUnit.SECONDS)
                .until(() -> client.frames.size() >= count && server.frames.size() >= count);
        assertSequence(server, count, 1);
        assertSequence(client, count, 2);
        assertThat(server.readCompletes.get()).isPositive();
    }

    @Test
    void carriesFramesOfEverySizeUpToTheLargest() {
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        int[] bodies = {0, 1, 2, 255, 256, 1_100, 1_200, 1_400, 4_096, 16_384, 65_532};
        for (int size : bodies) {
            send(client, Lane.CHAT, Frame.of(TYPE, bytes(size, size)));
            await().until(() -> !server.frames.isEmpty());
            assertThat(server.frames.poll()).isEqualTo(Frame.of(TYPE, bytes(size, size)));
        }
    }

    @Test
    void keepsTheOrderOfEachLane() {
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        client.connection.owner().execute(() -> {
            for (int i = 0; i < 50; i++) {
                client.connection.write(Lane.CHAT, Frame.of(1, new byte[] {(byte) i}));
                client.connection.write(Lane.BULK, Frame.of(2, new byte[] {(byte) i}));
            }
            client.connection.flush();
        });
        await().until(() -> server.frames.size() == 100);
        assertThat(server.frames.stream().filter(frame -> frame.type() == 1).map(frame -> frame.array()[4]))
                .isSorted();
        assertThat(server.frames.stream().filter(frame -> frame.type() == 2).map(frame -> frame.array()[4]))
                .isSorted();
    }

    @Test
    void staysBoundedWhileThePeerDoesNotReadAndGoesOnWhenItDoes() {
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        on(server, () -> server.connection.pauseReading());
        Sender sender = new Sender(client, 200_000, 3);
        client.connection.owner().execute(sender);
        await().until(() -> sender.stalled);
        await().during(Duration.ofMillis(300)).until(() -> sender.stalled && sender.sent < sender.count);
        on(server, () -> server.connection.resumeReading());
        await().atMost(40, TimeUnit.SECONDS).until(() -> server.frames.size() == sender.count);
        assertSequence(server, sender.count, 3);
        assertThat(client.writable).contains(Lane.CHAT);
    }

    @Test
    void closesAPeerThatReadsTooSlowlyBeyondTheBound() {
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        on(client, () -> client.connection.pauseReading());
        server.connection.owner().execute(() -> {
            Frame frame = Frame.of(TYPE, new byte[8_000]);
            for (int i = 0; i < 10_000; i++) {
                server.connection.write(Lane.CHAT, frame);
            }
            server.connection.flush();
        });
        await().until(server::isClosed);
        assertThat(server.closedReason).isEqualTo(ReasonCode.SLOW_CONSUMER);
        assertThat(server.closedByPeer).isFalse();
    }

    @Test
    void sendsWhatIsPendingBeforeItCloses() {
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        server.connection.owner().execute(() -> {
            for (int i = 0; i < 100; i++) {
                server.connection.write(Lane.CHAT, numbered(i, 4));
            }
            server.connection.close(ReasonCode.KICKED, "first");
            server.connection.close(ReasonCode.IDLE_TIMEOUT, "second");
            assertThat(server.connection.write(Lane.CHAT, numbered(100, 4))).isFalse();
        });
        await().until(() -> client.isClosed() && server.isClosed());
        assertSequence(client, 100, 4);
        assertThat(client.closedByPeer).isTrue();
        assertThat(server.closedReason).isEqualTo(ReasonCode.KICKED);
        assertThat(server.closedText).isEqualTo("first");
        assertThat(server.closedByPeer).isFalse();
    }

    @Test
    void handsUpNothingAfterItWasClosedWithinAFrame() {
        serverHandlers = connection -> new RecordingHandler(connection) {
            @Override
            void onFrameHere(int type, ByteBuffer body, Lane lane) {
                connection.close(ReasonCode.KICKED, "at the first frame");
            }
        };
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        client.connection.owner().execute(() -> {
            for (int i = 0; i < 10; i++) {
                client.connection.write(Lane.CHAT, numbered(i, 5));
            }
            client.connection.flush();
        });
        await().until(() -> client.isClosed() && server.isClosed());
        assertThat(server.frames).hasSize(1);
    }

    @Test
    void aHandlerThatThrowsEndsItsOwnConnectionOnly() {
        serverHandlers = connection -> new RecordingHandler(connection) {
            @Override
            void onFrameHere(int type, ByteBuffer body, Lane lane) {
                if (type == 7) {
                    throw new IllegalStateException("on purpose");
                }
            }
        };
        RecordingHandler first = connected();
        RecordingHandler second = connected();
        await().until(() -> accepted.size() == 2);
        send(first, Lane.CHAT, Frame.of(7, new byte[1]));
        await().until(first::isClosed);
        send(second, Lane.CHAT, Frame.of(8, new byte[1]));
        await().until(() ->
                accepted.stream().anyMatch(server -> server.frames.stream().anyMatch(frame -> frame.type() == 8)));
        assertThat(second.isClosed()).isFalse();
        assertThat(accepted.stream().map(server -> server.closedReason)).contains(ReasonCode.INTERNAL_ERROR);
    }

    @Test
    void anAcceptorThatThrowsEndsItsOwnConnectionOnly() {
        serverHandlers = connection -> {
            if (accepted.isEmpty()) {
                serverHandlers = RecordingHandler::new;
                throw new IllegalStateException("on purpose");
            }
            return new RecordingHandler(connection);
        };
        List<RecordingHandler> clients = new CopyOnWriteArrayList<>();
        connect(loops, listening.address(), connection -> {
            clients.add(new RecordingHandler(connection));
            return clients.get(0);
        });
        await().until(() -> clients.size() == 1 && clients.get(0).isClosed());
        assertThat(clients.get(0).closedByPeer).isTrue();
        RecordingHandler next = connected();
        send(next, Lane.CHAT, numbered(0, 21));
        await().until(() -> accepted.size() == 1 && accepted.get(0).frames.size() == 1);
    }

    @Test
    void flushesOncePerBatchHoweverOftenItIsAsked() {
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        client.connection.owner().execute(() -> {
            for (int i = 0; i < 1_000; i++) {
                client.connection.write(Lane.CHAT, numbered(i, 6));
                client.connection.flush();
            }
        });
        await().until(() -> server.frames.size() == 1_000);
        assertSequence(server, 1_000, 6);
    }

    @Test
    void closingTheListenerClosesItsConnectionsWithTheCode() throws Exception {
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        listening.close(ReasonCode.SERVER_STOPPING).toCompletableFuture().get(10, TimeUnit.SECONDS);
        await().until(() -> client.isClosed() && server.isClosed());
        assertThat(server.closedReason).isEqualTo(ReasonCode.SERVER_STOPPING);
        assertThat(client.closedByPeer).isTrue();
    }

    @Test
    void closingTwiceCompletesBoth() throws Exception {
        connected();
        onlyAccepted();
        CompletionStage<Void> first = listening.close(ReasonCode.SERVER_STOPPING);
        CompletionStage<Void> second = listening.close(ReasonCode.SERVER_STOPPING);
        first.toCompletableFuture().get(10, TimeUnit.SECONDS);
        second.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void aPortJustUsedCanBeBoundAgain() throws Exception {
        RecordingHandler client = connected();
        onlyAccepted();
        InetSocketAddress address = listening.address();
        listening.close(ReasonCode.SERVER_STOPPING).toCompletableFuture().get(10, TimeUnit.SECONDS);
        await().until(client::isClosed);
        accepted.clear();
        listening = listen(loops, address, this::accept);
        RecordingHandler again = connected();
        send(again, Lane.CHAT, numbered(0, 7));
        await().until(() -> accepted.size() == 1 && accepted.get(0).frames.size() == 1);
    }

    @Test
    void aPortInUseIsNamedWithTheCause() {
        assertThat(catchThrowable(() -> listen(loops, listening.address(), this::accept)))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("port " + listening.address().getPort())
                .hasMessageContaining("in use")
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void aPortInUseLeavesNoFileOpen() throws IOException {
        int tries = 20;
        catchThrowable(() -> listen(loops, listening.address(), this::accept));
        long before = StartsAndStopsTest.openFiles();
        for (int i = 0; i < tries; i++) {
            catchThrowable(() -> listen(loops, listening.address(), this::accept));
        }
        await().untilAsserted(() -> assertThat(StartsAndStopsTest.openFiles()).isLessThan(before + tries));
    }

    @Test
    void aHandlerThatThrowsWhenItHearsOfRoomEndsItsOwnConnectionOnly() {
        serverHandlers = connection -> new RecordingHandler(connection) {
            @Override
            void onWritableHere(Lane lane) {
                throw new IllegalStateException("on purpose");
            }
        };
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        on(client, client.connection::pauseReading);
        Sender sender = new Sender(server, 100_000, 22);
        on(server, sender);
        await().until(() -> sender.stalled);
        on(client, client.connection::resumeReading);
        await().until(() -> client.isClosed() && server.isClosed());
        assertThat(server.closedReason).isEqualTo(ReasonCode.INTERNAL_ERROR);
        accepted.clear();
        RecordingHandler next = connected();
        send(next, Lane.CHAT, numbered(0, 23));
        await().until(() -> onlyAccepted().frames.size() == 1);
    }

    @Test
    void listensOnIpv6() throws IOException {
        Listening onIpv6 = listen(loops, new InetSocketAddress("::1", 0), this::accept);
        RecordingHandler client = connected(onIpv6.address());
        RecordingHandler server = onlyAccepted();
        send(client, Lane.CHAT, numbered(0, 8));
        await().until(() -> server.frames.size() == 1);
        assertThat(server.connection.remoteAddress().getAddress())
                .isEqualTo(onIpv6.address().getAddress());
    }

    @Test
    void theWildcardTakesIpv4AndIpv6() throws IOException {
        Listening everywhere = listen(loops, new InetSocketAddress(0), this::accept);
        for (String host : List.of("127.0.0.1", "::1")) {
            accepted.clear();
            RecordingHandler client =
                    connected(new InetSocketAddress(host, everywhere.address().getPort()));
            RecordingHandler server = onlyAccepted();
            send(client, Lane.CHAT, numbered(0, 9));
            await().until(() -> server.frames.size() == 1);
        }
    }

    @Test
    void manyConnectionsShareTheLoops() {
        serverHandlers = Echo::new;
        List<RecordingHandler> clients = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 40; i++) {
            clients.add(connected());
        }
        for (RecordingHandler client : clients) {
            client.connection.owner().execute(new Sender(client, 100, 10));
        }
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> clients.stream().allMatch(client -> client.frames.size() == 100));
        clients.forEach(client -> assertSequence(client, 100, 10));
    }

    // ---- what the tests are made of

    IoLoops newLoops() {
        return IoLoops.builder().threads(2).io(io()).name("test-io").build();
    }

    ConnectionHandler accept(Connection connection) {
        if (admits) {
            connection.admit();
        }
        RecordingHandler handler = serverHandlers.apply(connection);
        accepted.add(handler);
        return handler;
    }

    RecordingHandler connected() {
        return connected(listening.address());
    }

    RecordingHandler connected(InetSocketAddress server) {
        RecordingHandler[] handler = new RecordingHandler[1];
        try {
            connect(loops, server, connection -> handler[0] = new RecordingHandler(connection))
                    .toCompletableFuture()
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new AssertionError("cannot connect to " + server, e.getCause());
        }
        return handler[0];
    }

    RecordingHandler onlyAccepted() {
        await().until(() -> accepted.size() == 1);
        return accepted.get(0);
    }

    static void send(RecordingHandler from, Lane lane, Frame frame) {
        on(from, () -> {
            from.connection.write(lane, frame);
            from.connection.flush();
        });
    }

    static void on(RecordingHandler handler, Runnable task) {
        handler.connection.owner().execute(task);
    }

    static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** A body that begins with its number and has a length made from number and seed. */
    static Frame numbered(int number, int seed) {
        int size = 4 + new SplittableRandom(number * 31L + seed).nextInt(200);
        byte[] body = bytes(size, seed);
        ByteBuffer.wrap(body).putInt(number);
        return Frame.of(TYPE, body);
    }

    static byte[] bytes(int size, int seed) {
        byte[] bytes = new byte[size];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    static void assertSequence(RecordingHandler handler, int count, int seed) {
        assertThat(handler.frames.size()).isEqualTo(count);
        int number = 0;
        for (Frame frame : handler.frames) {
            if (!frame.equals(numbered(number, seed))) {
                assertThat(frame.body().getInt())
                        .as("number of frame %d", number)
                        .isEqualTo(number);
                assertThat(frame).as("frame %d", number).isEqualTo(numbered(number, seed));
            }
            number++;
        }
    }

    /** Writes while there is room, waits for room, goes on. */
    static final class Sender implements Runnable {
        final RecordingHandler handler;
        final int count;
        final int seed;
        volatile int sent;
        volatile boolean stalled;

        Sender(RecordingHandler handler, int count, int seed) {
            this.handler = handler;
            this.count = count;
            this.seed = seed;
        }

        @Override
        public void run() {
            Connection connection = handler.connection;
            stalled = false;
            while (sent < count && connection.isWritable(Lane.CHAT)) {
                connection.write(Lane.CHAT, numbered(sent, seed));
                sent++;
            }
            connection.flush();
            if (sent < count) {
                stalled = true;
                int seen = handler.writable.size();
                waitForRoom(connection, seen);
            }
        }

        private void waitForRoom(Connection connection, int seen) {
            if (handler.writable.size() > seen) {
                run();
            } else if (!handler.isClosed()) {
                connection.owner().schedule(100_000, () -> waitForRoom(connection, seen));
            }
        }
    }

    /** Sends every frame back at the end of the read batch. */
    static final class Echo extends RecordingHandler {
        Echo(Connection connection) {
            super(connection);
        }

        @Override
        void onFrameHere(int type, ByteBuffer body, Lane lane) {
            byte[] copy = new byte[body.remaining()];
            body.get(copy);
            connection.write(lane, Frame.of(type, copy));
        }

        @Override
        void onReadCompleteHere() {
            connection.flush();
        }
    }
}
