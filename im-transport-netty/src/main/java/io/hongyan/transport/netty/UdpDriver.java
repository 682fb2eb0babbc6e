// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.connection.ConnectionAcceptor;
import io.hongyan.protocol.rudp.PeerAddress;
import io.hongyan.protocol.rudp.RudpConfig;
import io.hongyan.protocol.rudp.RudpConnection;
import io.hongyan.protocol.rudp.RudpEndpoint;
import io.hongyan.protocol.rudp.RudpEndpointStats;
import io.hongyan.protocol.rudp.RudpEvent;
import io.hongyan.protocol.rudp.RudpTicket;
import io.hongyan.protocol.rudp.RudpTickets;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Drives the engine of one UDP socket on one loop: it is the only handler of the socket's channel, the engine's clock
 * and its timer.
 *
 * <pre>
 *   read batch   input, events -> handlers     (each datagram)
 *                onReadComplete                (each connection touched)
 *   soon after   flushNow: datagrams out until none is left or the socket is full, one system call;
 *                events -> handlers, timer armed
 *   timer        onDeadline, then flushNow
 *   tasks        write, flush of connections   -> flushNow, once however many
 * </pre>
 */
@Confined("owner")
final class UdpDriver extends ChannelInboundHandlerAdapter implements Flushable {
    private static final InternalLogger log = InternalLoggerFactory.getInstance(UdpDriver.class);

    /** Then other sockets and tasks of the loop have a turn. */
    private static final int MOST_DATAGRAMS_A_ROUND = 1_024;

    private static final int LONG_HEADER_BITS = 0xC0;
    private static final long NEVER = Long.MAX_VALUE;

    private final EventLoopOwner owner;
    private final DatagramChannel channel;
    private final RudpEndpoint endpoint;
    private final UdpOptions options;
    /** Those of all drivers of a connector, which lock it. */
    private final RudpTickets tickets;

    private final @Nullable ConnectionAcceptor acceptor;
    private final ConnectionGate gate;
    private final TransportEvents events;
    private final SocketAddresses addresses;
    private final DatagramWriter writer;

    private final RudpEvent event = new RudpEvent();
    private final PeerAddress from = new PeerAddress();
    private final PeerAddress to = new PeerAddress();
    private final ArrayList<UdpConnection> touched = new ArrayList<>();
    private final Set<UdpConnection> open = Collections.newSetFromMap(new IdentityHashMap<>());

    private final AtomicBoolean handOverScheduled = new AtomicBoolean();
    private final AtomicLong handedOverCount = new AtomicLong();
    private final AtomicLong droppedCount = new AtomicLong();
    private List<UdpDriver> siblings = List.of();
    private Queue<DatagramPacket> handedOver = new ArrayDeque<>(0);

    private boolean accepting = true;
    private boolean flushScheduled;
    private boolean blocked;
    private boolean inRound;
    private boolean passingEvents;
    private long roundNanos;
    private long timerNanos = NEVER;
    private Runnable cancelTimer = () -> {};
    private boolean closing;

    /** A client's. */
    UdpDriver(
            EventLoopOwner owner,
            DatagramChannel channel,
            RudpEndpoint endpoint,
            UdpOptions options,
            RudpTickets tickets,
            int rememberedAddresses) {
        this(
                owner,
                channel,
                endpoint,
                options,
                tickets,
                null,
                ConnectionGate.OPEN,
                TransportEvents.NONE,
                rememberedAddresses);
    }

    /** A server's, which is given no tickets. */
    UdpDriver(
            EventLoopOwner owner,
            DatagramChannel channel,
            RudpEndpoint endpoint,
            UdpOptions options,
            ConnectionAcceptor acceptor,
            ConnectionGate gate,
            TransportEvents events,
            int rememberedAddresses) {
        this(owner, channel, endpoint, options, new RudpTickets(), acceptor, gate, events, rememberedAddresses);
    }

    private UdpDriver(
            EventLoopOwner owner,
            DatagramChannel channel,
            RudpEndpoint endpoint,
            UdpOptions options,
            RudpTickets tickets,
            @Nullable ConnectionAcceptor acceptor,
            ConnectionGate gate,
            TransportEvents events,
            int rememberedAddresses) {
        this.owner = owner;
        this.channel = channel;
        this.endpoint = endpoint;
        this.options = options;
        this.tickets = tickets;
        this.acceptor = acceptor;
        this.gate = gate;
        this.events = events;
        this.addresses = new SocketAddresses(rememberedAddresses);
        this.writer = new DatagramWriter(
                channel,
                owner.sendBuffer(),
                RudpConfig.LONGEST_DATAGRAM_BYTES,
                options.segmentation() && Sockets.canSegment(channel));
    }

    /** The drivers of the same port by the loop number in their connection ids; before the first datagram. */
    void siblings(List<UdpDriver> drivers) {
        this.siblings = drivers;
        this.handedOver = new ArrayBlockingQueue<>(options.maxHandedOver());
    }

    /** Starts a connection; the caller fills in its handler. */
    UdpConnection connect(InetSocketAddress server) {
        assert owner.inOwnerThread();
        PeerAddress remote = PeerAddress.of(server);
        addresses.remember(remote, server);
        RudpTicket ticket;
        synchronized (tickets) {
            ticket = tickets.take(remote, now());
        }
        RudpConnection engine = endpoint.connect(now(), remote, ticket);
        UdpConnection connection = opened(engine);
        flushSoon();
        return connection;
    }

    /** Has the round of datagrams happen soon, once. */
    void flushSoon() {
        if (!flushScheduled) {
            flushScheduled = true;
            owner.flushSoon(this);
        }
    }

    /** The engine's time: one reading of the clock for all of a round. */
    long now() {
        return inRound ? roundNanos : System.nanoTime();
    }

    InetSocketAddress addressOf(PeerAddress peer) {
        return addresses.of(peer);
    }

    /** The bytes of new clients are dropped; connections stay. */
    void stopAccepting() {
        assert owner.inOwnerThread();
        accepting = false;
    }

    /** Closes every connection with the code, then the socket; the result completes when its port is free. */
    void close(ReasonCode code, String text, CompletableFuture<Void> closed) {
        assert owner.inOwnerThread();
        Sockets.whenFreed(owner, channel, () -> closed.complete(null));
        if (closing || !channel.isOpen()) {
            return;
        }
        accepting = false;
        closing = true;
        List.copyOf(open).forEach(connection -> connection.close(code, text));
        flushSoon();
        long patience = options.closeTimeoutMillis() * 1_000_000L;
        Runnable cancel = owner.schedule(patience, channel::close);
        channel.closeFuture().addListener(socketClosed -> cancel.run());
    }

    int connections() {
        return open.size();
    }

    RudpEndpointStats stats() {
        assert owner.inOwnerThread();
        return endpoint.stats();
    }

    /** Datagrams for connections here that came to another loop's socket. */
    @ThreadSafe
    long handedOver() {
        return handedOverCount.get();
    }

    /** Of such datagrams, those for which there was no room. */
    @ThreadSafe
    long handOversDropped() {
        return droppedCount.get();
    }

    EventLoopOwner owner() {
        return owner;
    }

    UdpOptions options() {
        return options;
    }

    DatagramChannel channel() {
        return channel;
    }

    // ---- what Netty tells

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        DatagramPacket packet = (DatagramPacket) message;
        UdpDriver home = homeOf(packet.content());
        try {
            if (home == this) {
                beginRound();
                take(packet);
            } else {
                // A copy: the packet itself is a slice of the memory of its whole read batch, which would wait with it.
                home.handOver(packet.copy());
            }
        } finally {
            packet.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (inRound) {
            endRound();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (blocked && channel.isWritable()) {
            blocked = false;
            flushSoon();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            log.debug("{}: {}", channel, cause.toString());
        } else if (owner.mayLogFailure()) {
            log.warn("{}: a datagram could not be handled", channel, cause);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        cancelTimer.run();
        dropHandedOver();
        boolean expected = closing || owner.loop().isShuttingDown();
        if (!expected) {
            log.warn("{}: the socket is gone, {} connections with it", channel, open.size());
        }
        for (UdpConnection connection : List.copyOf(open)) {
            connection.socketClosed(
                    expected ? ReasonCode.CLOSED_LOCALLY : ReasonCode.CONNECTION_LOST, "the socket was closed");
        }
        open.clear();
    }

    @Override
    public void flushNow() {
        flushScheduled = false;
        if (!channel.isOpen()) {
            return;
        }
        beginRound();
        try {
            sendDatagrams();
            passEvents();
        } finally {
            endRound();
            armTimer();
        }
        closeWhenDone();
    }

    // ---- rounds

    private void beginRound() {
        if (!inRound) {
            inRound = true;
            roundNanos = System.nanoTime();
        }
    }

    private void endRound() {
        boolean heard = !touched.isEmpty();
        try {
            for (int i = 0; i < touched.size(); i++) {
                touched.get(i).readComplete();
            }
        } finally {
            touched.clear();
            inRound = false;
        }
        if (heard) {
            flushSoon();
        }
    }

    private void take(DatagramPacket packet) {
        ByteBuf content = packet.content();
        InetSocketAddress sender = packet.sender();
        if (sender.getPort() == 0 || startsHandshake(content) && !mayBegin(sender)) {
            // Nobody can be answered at port 0: the kernel refuses it.
            return;
        }
        from.set(sender);
        addresses.remember(from, sender);
        flushSoon();
        passLeftEvents();
        endpoint.input(roundNanos, content.internalNioBuffer(content.readerIndex(), content.readableBytes()), from);
        passEvents();
    }

    /** What was left because passing it on failed goes first, or the engine takes no more input. */
    private void passLeftEvents() {
        if (passingEvents) {
            passEvents();
        }
    }

    private void passEvents() {
        passingEvents = true;
        while (endpoint.pollEvent(event)) {
            RudpConnection engine = event.connection();
            UdpConnection connection = (UdpConnection) engine.attachment();
            switch (event.kind()) {
                case RudpEvent.CONNECTED -> connected(engine, connection);
                case RudpEvent.FRAME -> known(connection).frame(event.lane(), event.frame());
                case RudpEvent.WRITABLE -> known(connection).writable(event.lane());
                case RudpEvent.MOVED -> known(connection).moved();
                case RudpEvent.TICKET -> keepTicket(engine);
                case RudpEvent.MAPPING_LOST -> known(connection).mappingLost();
                case RudpEvent.CLOSED -> ended(connection, event.code(), event.byPeer());
                default -> throw new IllegalStateException("event " + event);
            }
        }
        passingEvents = false;
    }

    private void connected(RudpConnection engine, @Nullable UdpConnection connection) {
        if (connection == null) {
            ConnectionAcceptor server = acceptor;
            if (server == null) {
                throw new IllegalStateException("a connection nobody asked for");
            }
            UdpConnection accepted = opened(engine);
            InetAddress peer = accepted.remoteAddress().getAddress();
            ReasonCode no = gate.enter(peer);
            if (no == null) {
                accepted.atEnd(() -> gate.leave(peer));
                accepted.accepted(server);
            } else {
                events.refused(no);
                accepted.close(no, "the gate lets no more of its address in");
            }
        } else {
            connection.connected();
        }
    }

    private void keepTicket(RudpConnection engine) {
        PeerAddress server = new PeerAddress();
        engine.remote(server);
        synchronized (tickets) {
            tickets.keep(server, event.ticket());
        }
    }

    private UdpConnection opened(RudpConnection engine) {
        UdpConnection connection = new UdpConnection(this, engine);
        engine.attach(connection);
        open.add(connection);
        return connection;
    }

    private void ended(@Nullable UdpConnection connection, int code, boolean byPeer) {
        if (connection != null && open.remove(connection)) {
            connection.ended(code, byPeer);
        }
    }

    /** The connection had a frame; it hears of the end of the batch. */
    void touched(UdpConnection connection) {
        touched.add(connection);
    }

    private static UdpConnection known(@Nullable UdpConnection connection) {
        if (connection == null) {
            throw new IllegalStateException("an event of a connection that never began");
        }
        return connection;
    }

    private boolean mayBegin(InetSocketAddress sender) {
        if (!accepting) {
            return false;
        }
        boolean welcome = gate.isWelcome(sender.getAddress());
        if (!welcome) {
            events.refused(ReasonCode.NOT_PERMITTED);
        }
        return welcome;
    }

    private static boolean startsHandshake(ByteBuf content) {
        return content.isReadable() && (content.getByte(content.readerIndex()) & LONG_HEADER_BITS) == LONG_HEADER_BITS;
    }

    // ---- output

    private void sendDatagrams() {
        int sent = 0;
        boolean more = true;
        try {
            while (more && sent < MOST_DATAGRAMS_A_ROUND && channel.isWritable()) {
                more = endpoint.pollDatagram(roundNanos, writer.room(), to);
                if (more) {
                    writer.filled(addresses.of(to));
                    sent++;
                }
            }
        } finally {
            // Also what was lined up before a failure: the loop's other sockets use the same memory next.
            if (sent > 0) {
                writer.send();
            }
            blocked = !channel.isWritable();
        }
        if (more && !blocked) {
            flushSoon();
        }
    }

    private void armTimer() {
        long next = endpoint.nextDeadlineNanos();
        if (next == NEVER || timerNanos != NEVER && timerNanos - next <= 0) {
            return;
        }
        cancelTimer.run();
        timerNanos = next;
        cancelTimer = owner.schedule(next - System.nanoTime(), this::timerFired);
    }

    private void timerFired() {
        timerNanos = NEVER;
        if (channel.isOpen()) {
            beginRound();
            try {
                endpoint.onDeadline(roundNanos);
                passEvents();
            } finally {
                flushNow();
            }
        }
    }

    /** Connections that have ended linger in the engine, to tell a peer again that did not hear it. */
    private void closeWhenDone() {
        if (closing && open.isEmpty() && endpoint.connections() == 0 && !flushScheduled) {
            channel.close();
        }
    }

    // ---- datagrams that came to another loop's socket

    private UdpDriver homeOf(ByteBuf content) {
        if (siblings.size() <= 1) {
            return this;
        }
        int loop = RudpEndpoint.loopOf(content.internalNioBuffer(content.readerIndex(), content.readableBytes()));
        return loop < 0 || loop >= siblings.size() ? this : siblings.get(loop);
    }

    /** Takes the packet over. Where too many wait already it is dropped, as a network would. */
    @ThreadSafe
    private void handOver(DatagramPacket packet) {
        if (!handedOver.offer(packet)) {
            packet.release();
            droppedCount.incrementAndGet();
            return;
        }
        handedOverCount.incrementAndGet();
        if (handOverScheduled.compareAndSet(false, true)) {
            try {
                owner.execute(this::takeHandedOver);
            } catch (RejectedExecutionException loopsClosed) {
                // In this order: who offers from now on finds the flag down and drops for himself.
                handOverScheduled.set(false);
                dropHandedOver();
            }
        }
    }

    private void takeHandedOver() {
        handOverScheduled.set(false);
        if (!channel.isOpen()) {
            dropHandedOver();
            return;
        }
        beginRound();
        try {
            for (int waiting = handedOver.size(); waiting > 0; waiting--) {
                takeOneHandedOver();
            }
        } finally {
            endRound();
        }
    }

    private void takeOneHandedOver() {
        DatagramPacket packet = handedOver.poll();
        if (packet != null) {
            try {
                take(packet);
            } finally {
                packet.release();
            }
        }
    }

    private void dropHandedOver() {
        for (DatagramPacket packet = handedOver.poll(); packet != null; packet = handedOver.poll()) {
            packet.release();
        }
    }
}
