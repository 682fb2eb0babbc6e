// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.peer;

import io.hongyan.benchmarks.road.Road;
import io.hongyan.benchmarks.road.UdpRoad;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.rudp.RudpConfig;
import io.hongyan.protocol.rudp.ServerSecret;
import io.hongyan.transport.netty.IoLoops;
import io.hongyan.transport.netty.UdpConnector;
import io.hongyan.transport.netty.UdpListener;
import io.hongyan.transport.netty.UdpOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Our reliable UDP, as the server and the client use it: a message is one frame in the chat lane. */
public final class HongyanPeer implements Peer {

    private static final int TYPE = 0x80;
    private static final int BULK_FRAME_BYTES = 4 << 10;

    private final IoLoops loops;
    private final UdpConnector connector;
    private final UdpListener listener;

    private HongyanPeer(IoLoops loops, UdpConnector connector, UdpListener listener) {
        this.loops = loops;
        this.connector = connector;
        this.listener = listener;
    }

    /** Starts a server on the loopback. */
    public static HongyanPeer start(RudpConfig config, Inbox inbox) throws IOException {
        return start(config, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), inbox);
    }

    /** Starts a server. Its sockets, and those of its clients, are in the network of the thread that calls. */
    public static HongyanPeer start(RudpConfig config, InetSocketAddress address, Inbox inbox) throws IOException {
        IoLoops loops =
                IoLoops.builder().threads(1).name("bench-hongyan").daemon(true).build();
        try {
            UdpListener listener = listen(loops, config, address, new Receiver(inbox));
            return new HongyanPeer(loops, new UdpConnector(loops, config, UdpOptions.defaults()), listener);
        } catch (IOException | RuntimeException failure) {
            loops.close();
            throw failure;
        }
    }

    /** Listens on a port of the loopback and lets everybody in; the handler hears them all. */
    public static UdpListener listen(IoLoops loops, RudpConfig config, ConnectionHandler handler) throws IOException {
        return listen(loops, config, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), handler);
    }

    private static UdpListener listen(
            IoLoops loops, RudpConfig config, InetSocketAddress address, ConnectionHandler handler) throws IOException {
        return UdpListener.bind(
                loops, address, config, UdpOptions.defaults(), ServerSecret.random(new SecureRandom()), connection -> {
                    connection.admit();
                    return handler;
                });
    }

    @Override
    public Road newRoad(long seed) throws IOException {
        return UdpRoad.to(listener.localAddress(), seed);
    }

    @Override
    public PeerLink connect(Road road) throws IOException {
        CompletableFuture<Sender> made = new CompletableFuture<>();
        CompletionStage<Connection> connecting = connector.connect(road.address(), connection -> {
            Sender sender = new Sender(connection);
            made.complete(sender);
            return sender;
        });
        Awaited.within(CONNECT_SECONDS, connecting.toCompletableFuture());
        return Awaited.within(CONNECT_SECONDS, made);
    }

    @Override
    public void close() {
        connector.close();
        loops.close();
    }

    /** The server's side of a connection. */
    private static final class Receiver extends QuietHandler {
        private final Inbox inbox;

        Receiver(Inbox inbox) {
            this.inbox = inbox;
        }

        @Override
        public void onFrame(int type, ByteBuffer body, Lane lane) {
            inbox.arrived(body);
        }
    }

    /** The client's side of a connection. */
    private static final class Sender extends QuietHandler implements PeerLink {
        private final Connection connection;
        private long bulkLeft;

        Sender(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void send(byte[] message) {
            Frame.writeHeader(message, TYPE, message.length - Frame.HEADER_BYTES);
            Frame frame = Frame.wrap(message);
            connection.owner().execute(() -> {
                connection.write(Lane.CHAT, frame);
                connection.flush();
            });
        }

        @Override
        public void transfer(long bytes) {
            connection.owner().execute(() -> {
                bulkLeft = bytes;
                pump();
            });
        }

        private void pump() {
            while (bulkLeft > 0 && connection.isWritable(Lane.BULK)) {
                int length = (int) Math.min(bulkLeft, BULK_FRAME_BYTES);
                bulkLeft -= length;
                connection.write(Lane.BULK, Frame.of(TYPE, new byte[length]));
            }
            connection.flush();
        }

        @Override
        public void onWritable(Lane lane) {
            pump();
        }
    }
}
