// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.ConnectionAcceptor;
import io.hongyan.protocol.connection.Owner;
import io.hongyan.protocol.rudp.PeerAddress;
import io.hongyan.protocol.rudp.RudpConfig;
import io.hongyan.protocol.rudp.RudpConnection;
import io.hongyan.protocol.rudp.RudpEndpoint;
import io.hongyan.protocol.rudp.RudpEvent;
import io.hongyan.protocol.rudp.RudpTickets;
import io.hongyan.simnet.SimAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Drives the engine of one socket on one loop, as the Netty driver does, with virtual time. */
@Confined("owner")
final class DatagramDriver {
    /** How long a close may take to flush, and a socket to say good-bye, in ns. */
    static final long CLOSE_NANOS = 2_000_000_000L;

    private static final long NEVER = Long.MAX_VALUE;
    private static final int LONG_HEADER_BITS = 0xC0;

    private final MachineLoop loop;
    private final RudpEndpoint endpoint;
    private final Outlet outlet;
    private final int maxFrameBytes;
    private final RudpTickets tickets;
    private final @Nullable ConnectionAcceptor acceptor;
    private final RudpEvent event = new RudpEvent();
    private final PeerAddress address = new PeerAddress();
    private final ByteBuffer out = ByteBuffer.allocate(RudpConfig.LONGEST_DATAGRAM_BYTES);
    private final List<DatagramConnection> touched = new ArrayList<>();
    private final Set<DatagramConnection> open = new LinkedHashSet<>();
    private Runnable cancelTimer = () -> {};
    private Runnable onEmpty = () -> {};
    private long timerNanos = NEVER;
    private boolean flushScheduled;
    private boolean accepting = true;

    /** Where datagrams leave. */
    interface Outlet {
        void send(SimAddress to, ByteBuffer datagram);
    }

    /**
     * @param tickets of the client's process; a server's stay empty
     * @param acceptor null on a client
     */
    DatagramDriver(
            MachineLoop loop,
            RudpEndpoint endpoint,
            Outlet outlet,
            int maxFrameBytes,
            RudpTickets tickets,
            @Nullable ConnectionAcceptor acceptor) {
        this.loop = loop;
        this.endpoint = endpoint;
        this.outlet = outlet;
        this.maxFrameBytes = maxFrameBytes;
        this.tickets = tickets;
        this.acceptor = acceptor;
    }

    /** Starts a connection; the caller gives it its handler. */
    DatagramConnection connect(InetSocketAddress server) {
        PeerAddress remote = PeerAddress.of(server);
        DatagramConnection connection = opened(endpoint.connect(now(), remote, tickets.take(remote, now())));
        flushSoon();
        return connection;
    }

    /** A datagram has come; a read batch of its own. */
    void input(SimAddress from, ByteBuffer datagram) {
        boolean isHandshake = (datagram.get(datagram.position()) & LONG_HEADER_BITS) == LONG_HEADER_BITS;
        if (isHandshake && !accepting) {
            return;
        }
        address.set(from.high(), from.low(), from.port());
        endpoint.input(now(), datagram, address);
        passEvents();
        List<DatagramConnection> heard = List.copyOf(touched);
        touched.clear();
        heard.forEach(DatagramConnection::readComplete);
        flushSoon();
    }

    void flushSoon() {
        if (!flushScheduled) {
            flushScheduled = true;
            loop.execute(this::flushNow);
        }
    }

    void stopAccepting() {
        accepting = false;
    }

    /** Closes every connection; the task runs when none is left, or when they have taken too long. */
    void close(ReasonCode code, String text, Runnable whenGone) {
        accepting = false;
        List.copyOf(open).forEach(connection -> connection.close(code, text));
        whenEmpty(whenGone);
        loop.schedule(CLOSE_NANOS, this::empty);
        flushSoon();
    }

    /** Runs the task, once, when the engine has no connection any more, not even one that says good-bye. */
    void whenEmpty(Runnable task) {
        onEmpty = task;
    }

    /** The connection had a frame; it hears of the end of the batch. */
    void touched(DatagramConnection connection) {
        touched.add(connection);
    }

    long now() {
        return loop.machine().world().nowNanos();
    }

    Owner owner() {
        return loop;
    }

    int maxFrameBytes() {
        return maxFrameBytes;
    }

    private void flushNow() {
        flushScheduled = false;
        long now = now();
        out.clear();
        while (endpoint.pollDatagram(now, out, address)) {
            outlet.send(new SimAddress(address.high(), address.low(), address.port()), out.flip());
            out.clear();
        }
        passEvents();
        armTimer();
        if (endpoint.connections() == 0 && open.isEmpty()) {
            empty();
        }
    }

    private void armTimer() {
        long next = endpoint.nextDeadlineNanos();
        if (next == NEVER || timerNanos != NEVER && timerNanos - next <= 0) {
            return;
        }
        cancelTimer.run();
        timerNanos = next;
        cancelTimer = loop.schedule(Math.max(0, next - now()), () -> {
            timerNanos = NEVER;
            endpoint.onDeadline(now());
            passEvents();
            flushNow();
        });
    }

    private void empty() {
        Runnable task = onEmpty;
        onEmpty = () -> {};
        task.run();
    }

    private void passEvents() {
        while (endpoint.pollEvent(event)) {
            RudpConnection engine = event.connection();
            if (!(engine.attachment() instanceof DatagramConnection connection)) {
                accept(engine);
                continue;
            }
            switch (event.kind()) {
                case RudpEvent.CONNECTED -> connection.connected();
                case RudpEvent.FRAME -> connection.frame(event.lane(), event.frame());
                case RudpEvent.TICKET -> {
                    engine.remote(address);
                    tickets.keep(address, event.ticket());
                }
                case RudpEvent.WRITABLE -> connection.writable(event.lane());
                case RudpEvent.MAPPING_LOST -> connection.mappingLost();
                case RudpEvent.CLOSED -> {
                    open.remove(connection);
                    connection.ended(event.code(), event.byPeer());
                }
                default -> {}
            }
        }
    }

    private void accept(RudpConnection engine) {
        ConnectionAcceptor server = acceptor;
        if (server != null && event.kind() == RudpEvent.CONNECTED) {
            opened(engine).accepted(server);
        }
    }

    private DatagramConnection opened(RudpConnection engine) {
        DatagramConnection connection = new DatagramConnection(this, engine);
        engine.attach(connection);
        open.add(connection);
        return connection;
    }
}
