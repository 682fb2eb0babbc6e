// SPDX-License-Identifier: Apache-2.0
package io.hongyan.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hongyan.core.transport.Transport;
import io.hongyan.core.transport.TransportContext;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionAcceptor;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.frame.Frame;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every carrier keeps, whatever it is made of: frames whole and in order, back-pressure, bounds, an end that is told
 * once. A carrier's own test extends this class and says how to listen and how to connect:
 *
 * <pre>{@code
 * class PigeonTransportTest extends TransportContract {
 *     protected Listening listen(InetSocketAddress address, ConnectionAcceptor acceptor) {
 *         return listening(new PigeonTransport(address), acceptor);
 *     }
 *
 *     protected CompletionStage<Connection> connect(
 *             InetSocketAddress server, Function<Connection, ConnectionHandler> handlers) {
 *         return new PigeonConnector().connect(server, handlers);
 *     }
 * }
 * }</pre>
 *
 * <p>The server's side must take frames of 64 KiB, the client's side too. Each test has a listener of its own, on a port
 * that is free. Connections may live on any threads; a kit with virtual time overrides {@link #isSoon} and {@link #stays}.
 */
@Timeout(60)
public abstract class TransportContract {
    /** The type of the frames that are sent; any. */
    protected static final int TYPE = 0x41;

    /** The longest frame, header included, in bytes. */
    protected static final int MAX_FRAME_BYTES = 64 << 10;

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    /** The handlers of the connections that were accepted, in order. */
    protected final List<RecordingHandler> accepted = new CopyOnWriteArrayList<>();

    /** The listener of this test. */
    protected Listening listening;

    /** Makes the handler of each connection that is accepted. */
    protected Function<Connection, RecordingHandler> serverHandlers = RecordingHandler::new;

    /** Whether connections are admitted when they are accepted. */
    protected boolean admits = true;

    /** A listener, whatever its kind. */
    public interface Listening {
        /** Where it listens, with the real port. */
        InetSocketAddress address();

        /** Closes its connections with this code, which is {@link ReasonCode#SERVER_STOPPING}, then itself. */
        CompletionStage<Void> close(ReasonCode code);
    }

    /** Listens; port 0 takes any free port. */
    protected abstract Listening listen(InetSocketAddress address, ConnectionAcceptor acceptor) throws IOException;

    /** Connects; completes when frames can be sent. */
    protected abstract CompletionStage<Connection> connect(
            InetSocketAddress server, Function<Connection, ConnectionHandler> handlers);

    /** Makes what the test needs before it listens. */
    protected void open() {}

    /** Ends all that is left after a test: every connection must hear its end. */
    protected void shut() {}

    /** Where a listener of a test listens. */
    protected InetSocketAddress address() {
        return anyPort();
    }

    /** Waits until the condition holds, within 40 s; otherwise the test fails. */
    protected void isSoon(Callable<Boolean> condition) {
        await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(POLL).until(condition);
    }

    /** Sees that the condition goes on to hold for so long. */
    protected void stays(Duration time, Callable<Boolean> condition) {
        await().during(time).atMost(PATIENCE).until(condition);
    }

    /** A transport of a node as a listener: started, with the acceptor in the node's place. */
    protected final Listening listening(Transport transport, ConnectionAcceptor acceptor) {
        InetSocketAddress bound =
                done(transport.start(new Context(acceptor))).get(0).address();
        return new Listening() {
            @Override
            public InetSocketAddress address() {
                return bound;
            }

            @Override
            public CompletionStage<Void> close(ReasonCode code) {
                transport.stopAccepting();
                return transport.close();
            }
        };
    }

    @BeforeEach
    final void start() throws IOException {
        open();
        listening = listen(address(), this::accept);
    }

    @AfterEach
    final void stop() {
        shut();
        for (RecordingHandler handler : accepted) {
            assertThat(handler.broken).isEmpty();
            assertThat(handler.isClosed())
                    .as("%s is closed", handler.connection)
                    .isTrue();
        }
    }

    @Test
    protected void takesLongFramesOnceThePeerIsAdmitted() {
        admits = false;
        RecordingHandler client = connected();
        send(client, Lane.CHAT, Frame.of(TYPE, bytes(4_000, 1)));
        RecordingHandler server = onlyAccepted();
        isSoon(() -> server.frames.size() == 1);
        on(server, server.connection::admit);
        send(client, Lane.CHAT, Frame.of(TYPE, bytes(60_000, 2)));
        isSoon(() -> server.frames.size() == 2);
    }

    @Test
    protected void carriesTenThousandFramesEachWayInOrder() {
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        int count = 10_000;
        client.connection.owner().execute(new Sender(client, count, 1));
        server.connection.owner().execute(new Sender(server, count, 2));
        isSoon(() -> client.frames.size() >= count && server.frames.size() >= count);
        assertSequence(server, count, 1);
        assertSequence(client, count, 2);
        assertThat(server.readCompletes.get()).isPositive();
    }

    @Test
    protected void carriesFramesOfEverySizeUpToTheLargest() {
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        int[] bodies = {0, 1, 2, 255, 256, 1_100, 1_200, 1_400, 4_096, 16_384, 65_532};
        for (int size : bodies) {
            send(client, Lane.CHAT, Frame.of(TYPE, bytes(size, size)));
            isSoon(() -> !server.frames.isEmpty());
            assertThat(server.frames.poll()).isEqualTo(Frame.of(TYPE, bytes(size, size)));
        }
    }

    @Test
    protected void keepsTheOrderOfEachLane() {
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        client.connection.owner().execute(() -> {
            for (int i = 0; i < 50; i++) {
                client.connection.write(Lane.CHAT, Frame.of(1, new byte[] {(byte) i}));
                client.connection.write(Lane.BULK, Frame.of(2, new byte[] {(byte) i}));
            }
            client.connection.flush();
        });
        isSoon(() -> server.frames.size() == 100);
        assertThat(server.frames.stream().filter(frame -> frame.type() == 1).map(frame -> frame.array()[4]))
                .isSorted();
        assertThat(server.frames.stream().filter(frame -> frame.type() == 2).map(frame -> frame.array()[4]))
                .isSorted();
    }

    @Test
    protected void staysBoundedWhileThePeerDoesNotReadAndGoesOnWhenItDoes() {
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        on(server, () -> server.connection.pauseReading());
        Sender sender = new Sender(client, 200_000, 3);
        client.connection.owner().execute(sender);
        isSoon(() -> sender.stalled);
        stays(Duration.ofMillis(300), () -> sender.stalled && sender.sent < sender.count);
        on(server, () -> server.connection.resumeReading());
        isSoon(() -> server.frames.size() == sender.count);
        assertSequence(server, sender.count, 3);
        assertThat(client.writable).contains(Lane.CHAT);
    }

    @Test
    protected void closesAPeerThatReadsTooSlowlyBeyondTheBound() {
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
        isSoon(server::isClosed);
        assertThat(server.closedReason).isEqualTo(ReasonCode.SLOW_CONSUMER);
        assertThat(server.closedByPeer).isFalse();
    }

    @Test
    protected void sendsWhatIsPendingBeforeItCloses() {
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
        isSoon(() -> client.isClosed() && server.isClosed());
        assertSequence(client, 100, 4);
        assertThat(client.closedByPeer).isTrue();
        assertThat(server.closedReason).isEqualTo(ReasonCode.KICKED);
        assertThat(server.closedText).isEqualTo("first");
        assertThat(server.closedByPeer).isFalse();
    }

    @Test
    protected void handsUpNothingAfterItWasClosedWithinAFrame() {
        serverHandlers = connection -> new RecordingHandler(connection) {
            @Override
            protected void onFrameHere(int type, ByteBuffer body, Lane lane) {
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
        isSoon(() -> client.isClosed() && server.isClosed());
        assertThat(server.frames).hasSize(1);
    }

    @Test
    protected void aHandlerThatThrowsEndsItsOwnConnectionOnly() {
        serverHandlers = connection -> new RecordingHandler(connection) {
            @Override
            protected void onFrameHere(int type, ByteBuffer body, Lane lane) {
                if (type == 7) {
                    throw new IllegalStateException("on purpose");
                }
            }
        };
        RecordingHandler first = connected();
        RecordingHandler second = connected();
        isSoon(() -> accepted.size() == 2);
        send(first, Lane.CHAT, Frame.of(7, new byte[1]));
        isSoon(first::isClosed);
        send(second, Lane.CHAT, Frame.of(8, new byte[1]));
        isSoon(() -> accepted.stream().anyMatch(server -> server.frames.stream().anyMatch(frame -> frame.type() == 8)));
        assertThat(second.isClosed()).isFalse();
        isSoon(() -> accepted.stream().anyMatch(server -> server.closedReason == ReasonCode.INTERNAL_ERROR));
    }

    @Test
    protected void anAcceptorThatThrowsEndsItsOwnConnectionOnly() {
        serverHandlers = connection -> {
            if (accepted.isEmpty()) {
                serverHandlers = RecordingHandler::new;
                throw new IllegalStateException("on purpose");
            }
            return new RecordingHandler(connection);
        };
        List<RecordingHandler> clients = new CopyOnWriteArrayList<>();
        connect(listening.address(), connection -> {
            clients.add(new RecordingHandler(connection));
            return clients.get(0);
        });
        isSoon(() -> clients.size() == 1 && clients.get(0).isClosed());
        assertThat(clients.get(0).closedByPeer).isTrue();
        RecordingHandler next = connected();
        send(next, Lane.CHAT, numbered(0, 21));
        isSoon(() -> accepted.size() == 1 && accepted.get(0).frames.size() == 1);
    }

    @Test
    protected void flushesOncePerBatchHoweverOftenItIsAsked() {
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        client.connection.owner().execute(() -> {
            for (int i = 0; i < 1_000; i++) {
                client.connection.write(Lane.CHAT, numbered(i, 6));
                client.connection.flush();
            }
        });
        isSoon(() -> server.frames.size() == 1_000);
        assertSequence(server, 1_000, 6);
    }

    @Test
    protected void closingTheListenerClosesItsConnectionsWithTheCode() throws Exception {
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        done(listening.close(ReasonCode.SERVER_STOPPING));
        isSoon(() -> client.isClosed() && server.isClosed());
        assertThat(server.closedReason).isEqualTo(ReasonCode.SERVER_STOPPING);
        assertThat(client.closedByPeer).isTrue();
    }

    @Test
    protected void closingTwiceCompletesBoth() throws Exception {
        connected();
        onlyAccepted();
        CompletionStage<Void> first = listening.close(ReasonCode.SERVER_STOPPING);
        CompletionStage<Void> second = listening.close(ReasonCode.SERVER_STOPPING);
        done(first);
        done(second);
    }

    @Test
    protected void aPortJustUsedCanBeBoundAgain() throws Exception {
        RecordingHandler client = connected();
        onlyAccepted();
        InetSocketAddress address = listening.address();
        done(listening.close(ReasonCode.SERVER_STOPPING));
        isSoon(client::isClosed);
        accepted.clear();
        listening = listen(address, this::accept);
        RecordingHandler again = connected();
        send(again, Lane.CHAT, numbered(0, 7));
        isSoon(() -> accepted.size() == 1 && accepted.get(0).frames.size() == 1);
    }

    @Test
    protected void aHandlerThatThrowsWhenItHearsOfRoomEndsItsOwnConnectionOnly() {
        serverHandlers = connection -> new RecordingHandler(connection) {
            @Override
            protected void onWritableHere(Lane lane) {
                throw new IllegalStateException("on purpose");
            }
        };
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        on(client, client.connection::pauseReading);
        Sender sender = new Sender(server, 100_000, 22);
        on(server, sender);
        isSoon(() -> sender.stalled);
        on(client, client.connection::resumeReading);
        isSoon(() -> client.isClosed() && server.isClosed());
        assertThat(server.closedReason).isEqualTo(ReasonCode.INTERNAL_ERROR);
        accepted.clear();
        RecordingHandler next = connected();
        send(next, Lane.CHAT, numbered(0, 23));
        isSoon(() -> onlyAccepted().frames.size() == 1);
    }

    @Test
    protected void manyConnectionsShareTheLoops() {
        serverHandlers = Echo::new;
        List<RecordingHandler> clients = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 40; i++) {
            clients.add(connected());
        }
        for (RecordingHandler client : clients) {
            client.connection.owner().execute(new Sender(client, 100, 10));
        }
        isSoon(() -> clients.stream().allMatch(client -> client.frames.size() == 100));
        clients.forEach(client -> assertSequence(client, 100, 10));
    }

    // ---- what the tests are made of

    /** Takes a connection, as a node does. */
    protected final ConnectionHandler accept(Connection connection) {
        if (admits) {
            connection.admit();
        }
        RecordingHandler handler = serverHandlers.apply(connection);
        accepted.add(handler);
        return handler;
    }

    /** The client's side of a new connection to this test's listener. */
    protected final RecordingHandler connected() {
        return connected(listening.address());
    }

    /** The client's side of a new connection. */
    protected final RecordingHandler connected(InetSocketAddress server) {
        List<RecordingHandler> handlers = new CopyOnWriteArrayList<>();
        done(connect(server, connection -> {
            handlers.add(new RecordingHandler(connection));
            return handlers.get(0);
        }));
        return handlers.get(0);
    }

    /** What a stage completes with, soon. */
    protected final <T> T done(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        isSoon(future::isDone);
        return future.join();
    }

    /** The server's side of the one connection there is. */
    protected final RecordingHandler onlyAccepted() {
        isSoon(() -> accepted.size() == 1);
        return accepted.get(0);
    }

    /** Sends one frame. */
    public static void send(RecordingHandler from, Lane lane, Frame frame) {
        on(from, () -> {
            from.connection.write(lane, frame);
            from.connection.flush();
        });
    }

    /** Runs a task on the connection's owner. */
    public static void on(RecordingHandler handler, Runnable task) {
        handler.connection.owner().execute(task);
    }

    /** A free port of this machine. */
    public static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** A frame whose body begins with its number and has a length made from number and seed. */
    public static Frame numbered(int number, int seed) {
        int size = 4 + new SplittableRandom(number * 31L + seed).nextInt(200);
        byte[] body = bytes(size, seed);
        ByteBuffer.wrap(body).putInt(number);
        return Frame.of(TYPE, body);
    }

    /** Bytes that follow from the seed. */
    protected static byte[] bytes(int size, int seed) {
        byte[] bytes = new byte[size];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    /** All frames of a sequence of {@link #numbered} ones are there, in order, and nothing else. */
    public static void assertSequence(RecordingHandler handler, int count, int seed) {
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
    protected static final class Sender implements Runnable {
        /** Of the connection that it writes to. */
        public final RecordingHandler handler;
        /** How many frames it sends. */
        public final int count;
        /** How many it has sent. */
        public volatile int sent;
        /** Whether it waits for room. */
        public volatile boolean stalled;

        private final int seed;

        /** Sends so many {@link #numbered} frames when it is run on the connection's owner. */
        public Sender(RecordingHandler handler, int count, int seed) {
            this.handler = handler;
            this.count = count;
            this.seed = seed;
        }

        @Override
        public void run() {
            Connection connection = handler.connection;
            stalled = false;
            int next = sent;
            while (next < count && connection.isWritable(Lane.CHAT)) {
                connection.write(Lane.CHAT, numbered(next, seed));
                next++;
                sent = next;
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
    public static final class Echo extends RecordingHandler {
        /** A handler of this connection. */
        public Echo(Connection connection) {
            super(connection);
        }

        @Override
        protected void onFrameHere(int type, ByteBuffer body, Lane lane) {
            byte[] copy = new byte[body.remaining()];
            body.get(copy);
            connection.write(lane, Frame.of(type, copy));
        }

        @Override
        protected void onReadCompleteHere() {
            connection.flush();
        }
    }

    /** What a transport is told. */
    private record Context(ConnectionAcceptor acceptor) implements TransportContext {
        @Override
        public int maxFrameBytes() {
            return MAX_FRAME_BYTES;
        }

        @Override
        public int maxMessageBytes() {
            return 1 << 20;
        }

        @Override
        public long loginTimeoutMillis() {
            return 10_000;
        }

        @Override
        public int idleTimeoutMillis() {
            return 120_000;
        }

        @Override
        public int minKeepAliveSeconds() {
            return 10;
        }
    }

    private static final Duration POLL = Duration.ofMillis(5);
}
