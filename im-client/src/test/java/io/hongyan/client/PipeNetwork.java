// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionAcceptor;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.connection.Owner;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.packet.BinaryPacketCodec;
import io.hongyan.protocol.packet.PacketCodec;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Links in memory between clients and a server, in virtual time, that can be cut at any moment with what is under way. */
final class PipeNetwork implements ClientNetwork {

    private final TestLoop loop;
    private final RandomGenerator random;
    private final ConnectionAcceptor server;
    private int ports = 40_000;
    /** The link of the moment. */
    @Nullable
    Pipe last;

    PipeNetwork(TestLoop loop, RandomGenerator random, ConnectionAcceptor server) {
        this.loop = loop;
        this.random = random;
        this.server = server;
    }

    /** Breaks the link of the moment; its ends learn it when they do. */
    void cut() {
        Pipe pipe = last;
        if (pipe != null) {
            pipe.cut();
        }
    }

    @Override
    public Owner nextOwner() {
        return loop;
    }

    @Override
    public CompletionStage<Connection> connect(
            Owner owner,
            String transport,
            InetSocketAddress address,
            Function<Connection, ConnectionHandler> handlers) {
        CompletableFuture<Connection> made = new CompletableFuture<>();
        loop.schedule(1_000_000, () -> {
            Pipe pipe = new Pipe(transport, 1_000_000L * random.nextInt(1, 20));
            last = pipe;
            pipe.server.handler = server.onConnection(pipe.server);
            pipe.client.handler = handlers.apply(pipe.client);
            made.complete(pipe.client);
        });
        return made;
    }

    @Override
    public boolean inLoop() {
        return loop.inOwnerThread();
    }

    @Override
    public void close() {}

    /** One link. */
    final class Pipe {
        private final String transport;
        private final long delayNanos;
        private final int port = ports++;
        private final End client = new End(this);
        private final End server = new End(this);
        private boolean lost;

        Pipe(String transport, long delayNanos) {
            this.transport = transport;
            this.delayNanos = delayNanos;
        }

        void cut() {
            if (!lost) {
                lost = true;
                loop.schedule(1_000_000L * random.nextInt(30), () -> client.end(ReasonCode.CONNECTION_LOST));
                long unnoticedMillis = random.nextBoolean() ? random.nextInt(30) : random.nextInt(5_000);
                loop.schedule(1_000_000L * unnoticedMillis, () -> server.end(ReasonCode.CONNECTION_LOST));
            }
        }
    }

    private record Travelling(Lane lane, Frame frame) {}

    /** One end of a link. */
    private final class End implements Connection {
        private final Pipe pipe;
        private final Queue<List<Travelling>> unread = new ArrayDeque<>();
        private List<Travelling> pending = new ArrayList<>();
        private @Nullable ConnectionHandler handler;
        private boolean paused;
        private boolean closed;

        End(Pipe pipe) {
            this.pipe = pipe;
        }

        private End peer() {
            return this == pipe.client ? pipe.server : pipe.client;
        }

        @Override
        public boolean write(Lane lane, Frame frame) {
            if (!closed) {
                pending.add(new Travelling(countsBulkApart() ? lane : Lane.CHAT, frame));
            }
            return !closed;
        }

        @Override
        public void flush() {
            if (!pending.isEmpty()) {
                List<Travelling> batch = pending;
                pending = new ArrayList<>();
                End to = peer();
                loop.schedule(pipe.delayNanos, () -> to.arrive(batch));
            }
        }

        private void arrive(List<Travelling> batch) {
            if (!pipe.lost) {
                unread.add(batch);
                readOn();
            }
        }

        private void readOn() {
            while (!paused && !closed && !unread.isEmpty()) {
                ConnectionHandler hears = java.util.Objects.requireNonNull(handler);
                try {
                    for (Travelling each : unread.remove()) {
                        if (!closed) {
                            hears.onFrame(each.frame.type(), each.frame.body(), each.lane);
                        }
                    }
                } catch (ProtocolException violation) {
                    hears.onViolation(violation);
                    throw new AssertionError("nobody breaks a rule here", violation);
                }
                if (!closed) {
                    hears.onReadComplete();
                }
            }
        }

        private void end(ReasonCode code) {
            if (!closed) {
                closed = true;
                java.util.Objects.requireNonNull(handler).onClosed(code, true, "cut");
            }
        }

        @Override
        public void close(ReasonCode code, String text) {
            if (!closed) {
                flush();
                closed = true;
                loop.execute(() -> java.util.Objects.requireNonNull(handler).onClosed(code, false, text));
                End to = peer();
                loop.schedule(pipe.delayNanos, () -> {
                    if (!pipe.lost) {
                        to.end(ReasonCode.CONNECTION_LOST);
                    }
                });
            }
        }

        @Override
        public boolean isWritable(Lane lane) {
            return !closed;
        }

        @Override
        public void pauseReading() {
            paused = true;
        }

        @Override
        public void resumeReading() {
            paused = false;
            loop.execute(this::readOn);
        }

        @Override
        public Owner owner() {
            return loop;
        }

        @Override
        public String transport() {
            return pipe.transport;
        }

        @Override
        public InetSocketAddress remoteAddress() {
            return new InetSocketAddress("127.0.0.1", pipe.port);
        }

        @Override
        public PacketCodec codec() {
            return BinaryPacketCodec.V1;
        }

        @Override
        public boolean countsBulkApart() {
            return pipe.transport.equals("udp");
        }
    }
}
