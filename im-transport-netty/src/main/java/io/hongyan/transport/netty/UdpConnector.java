// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.connection.Owner;
import io.hongyan.protocol.rudp.RudpConfig;
import io.hongyan.protocol.rudp.RudpEndpoint;
import io.hongyan.protocol.rudp.RudpTickets;
import io.hongyan.protocol.rudp.RudpTracer;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.DatagramChannel;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Connects to a UDP listener. Its configuration decides about sockets: with client ids of 0 bytes each connection has
 * its own, closed with it; with ids of 4 bytes all connections of a loop share one, closed with the connector.
 *
 * <p>It keeps the tickets that servers give, and shows each once to the address that it came from: the next connection to a
 * server that was reached before begins without a round trip.
 */
@ThreadSafe
public final class UdpConnector implements AutoCloseable {
    private static final int REMEMBERED_ADDRESSES = 16;
    private static final String CLOSED = "the connector was closed";

    private final IoLoops loops;
    private final RudpConfig config;
    private final UdpOptions options;
    private final Map<EventLoopOwner, UdpDriver> shared = new ConcurrentHashMap<>();
    private final RudpTickets tickets = new RudpTickets();
    private final SecureRandom random = new SecureRandom();
    private volatile boolean closed;

    public UdpConnector(IoLoops loops, RudpConfig config, UdpOptions options) {
        this.loops = loops;
        this.config = config;
        this.options = options;
    }

    /** As {@link #connect(Owner, InetSocketAddress, Function)}, on the loop whose turn it is. */
    public CompletionStage<Connection> connect(
            InetSocketAddress server, Function<Connection, ConnectionHandler> handlers) {
        return connect(loops.nextLoop(), server, handlers);
    }

    /**
     * Connects. The stage completes on the owner's thread when the handshake is over; what is written before travels
     * with its second datagram, and with a ticket in its first. A stage that was cancelled or completed by somebody else closes the connection.
     *
     * @param handlers gives the handler of the connection, called on the owner's thread when the handshake begins
     * @return fails with a {@link ConnectFailedException} when nobody answers, the server refuses or the connector
     *     was closed; a handler that was given hears {@link ConnectionHandler#onClosed} then too
     */
    public CompletionStage<Connection> connect(
            Owner owner, InetSocketAddress server, Function<Connection, ConnectionHandler> handlers) {
        EventLoopOwner loop = loops.loopOf(owner);
        CompletableFuture<Connection> result = new CompletableFuture<>();
        if (server.isUnresolved()) {
            result.completeExceptionally(new ConnectFailedException(
                    ReasonCode.CONNECTION_LOST,
                    "unknown host " + server.getHostString(),
                    new UnknownHostException(server.getHostString())));
            return result;
        }
        try {
            loop.execute(() -> begin(loop, server, handlers, result));
        } catch (RejectedExecutionException loopsClosed) {
            result.completeExceptionally(loopsClosed);
        }
        return result;
    }

    /** Connects no more, and closes the shared sockets with the connections on them. Completes in the background. */
    @Override
    public void close() {
        closed = true;
        for (int i = 0; i < loops.size(); i++) {
            EventLoopOwner loop = loops.loop(i);
            try {
                // Also where there is none yet: on its loop, so behind whoever is about to share one.
                loop.execute(() -> closeShared(loop));
            } catch (RejectedExecutionException loopsClosed) {
                // Its sockets went with the loops.
                return;
            }
        }
    }

    /** Tickets kept for connections to come. */
    int tickets() {
        synchronized (tickets) {
            return tickets.size();
        }
    }

    private void closeShared(EventLoopOwner loop) {
        UdpDriver driver = shared.get(loop);
        if (driver != null) {
            driver.close(ReasonCode.CLOSED_LOCALLY, CLOSED, new CompletableFuture<>());
        }
    }

    private void begin(
            EventLoopOwner loop,
            InetSocketAddress server,
            Function<Connection, ConnectionHandler> handlers,
            CompletableFuture<Connection> result) {
        if (result.isDone()) {
            return;
        }
        if (closed) {
            result.completeExceptionally(new ConnectFailedException(ReasonCode.CLOSED_LOCALLY, CLOSED, null));
            return;
        }
        boolean own = config.clientIdBytes() == 0;
        UdpDriver known = own ? null : shared.get(loop);
        if (known != null && known.channel().isOpen()) {
            begin(known, false, server, handlers, result);
            return;
        }
        DatagramChannel channel;
        try {
            channel = Sockets.newDatagramSocket(loops.io());
        } catch (ChannelException noSocket) {
            result.completeExceptionally(failed(noSocket));
            return;
        }
        try {
            Sockets.configureDatagrams(channel, config, options);
            RudpEndpoint endpoint = RudpEndpoint.client(config, random, RudpTracer.NONE);
            UdpDriver driver = new UdpDriver(loop, channel, endpoint, options, tickets, REMEMBERED_ADDRESSES);
            channel.pipeline().addLast(driver);
            loop.loop().register(channel);
            channel.bind(new InetSocketAddress(0)).addListener(bound -> {
                if (!bound.isSuccess()) {
                    channel.close();
                    result.completeExceptionally(failed(bound.cause()));
                    return;
                }
                if (!own) {
                    shared.put(loop, driver);
                }
                begin(driver, own, server, handlers, result);
            });
        } catch (RuntimeException e) {
            Sockets.close(channel);
            result.completeExceptionally(failed(e));
        }
    }

    private static ConnectFailedException failed(Throwable cause) {
        return new ConnectFailedException(ReasonCode.CONNECTION_LOST, "no UDP socket: " + cause.getMessage(), cause);
    }

    private static void begin(
            UdpDriver driver,
            boolean own,
            InetSocketAddress server,
            Function<Connection, ConnectionHandler> handlers,
            CompletableFuture<Connection> result) {
        UdpConnection connection;
        try {
            connection = driver.connect(server);
        } catch (IllegalStateException full) {
            result.completeExceptionally(new ConnectFailedException(
                    ReasonCode.TOO_MANY_CONNECTIONS, String.valueOf(full.getMessage()), full));
            return;
        }
        connection.onConnected(() -> {
            if (!result.complete(connection)) {
                connection.close(ReasonCode.CLOSED_LOCALLY, "nobody waits for this connection");
            }
        });
        try {
            connection.handler(new Watched(handlers.apply(connection), driver, own, server, result));
        } catch (RuntimeException e) {
            connection.handler(new Watched(null, driver, own, server, result));
            connection.close(ReasonCode.INTERNAL_ERROR, e.toString());
            result.completeExceptionally(e);
        }
    }

    /** The user's handler; at the end of the connection it also fails an open result and gives the socket back. */
    @Confined("owner")
    private record Watched(
            @Nullable ConnectionHandler handler,
            UdpDriver driver,
            boolean ownSocket,
            InetSocketAddress server,
            CompletableFuture<Connection> result)
            implements ConnectionHandler {
        @Override
        public void onFrame(int type, ByteBuffer body, Lane lane) {
            if (handler != null) {
                handler.onFrame(type, body, lane);
            }
        }

        @Override
        public void onReadComplete() {
            if (handler != null) {
                handler.onReadComplete();
            }
        }

        @Override
        public void onMappingLost() {
            if (handler != null) {
                handler.onMappingLost();
            }
        }

        @Override
        public void onWritable(Lane lane) {
            if (handler != null) {
                handler.onWritable(lane);
            }
        }

        @Override
        public void onViolation(ProtocolException violation) {
            if (handler != null) {
                handler.onViolation(violation);
            }
        }

        @Override
        public void onClosed(ReasonCode reason, boolean byPeer, String text) {
            try {
                if (handler != null) {
                    handler.onClosed(reason, byPeer, text);
                }
            } finally {
                result.completeExceptionally(new ConnectFailedException(
                        reason, "cannot connect to udp " + server + ": " + reason + " " + text, null));
                if (ownSocket) {
                    driver.close(ReasonCode.CLOSED_LOCALLY, "its connection ended", new CompletableFuture<>());
                }
            }
        }
    }
}
