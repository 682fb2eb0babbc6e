// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * All connections of one UDP socket, without the socket: bytes and time go in, datagrams, events and the next deadline
 * come out. Single threaded: whoever drives it calls it, and its connections, on one thread only.
 *
 * <p>A driver's round, after a read batch, a deadline, or commands of the application:
 *
 * <pre>
 *   for each datagram read:  input(now, datagram, from)
 *                            while (pollEvent(event))  hand it to the application      (before the next input!)
 *   once:                    while (pollDatagram(now, out, to))  send it
 *                            while (pollEvent(event))  hand it on
 *                            arm the timer at nextDeadlineNanos(); when it fires: onDeadline(now), then the round
 * </pre>
 *
 * <p>Time is any clock of nanoseconds that never goes back, the same one for all calls.
 */
@Confined("owner")
public final class RudpEndpoint {
    private static final Lane[] LANES = Lane.values();
    /** After so many datagrams another connection has its turn. */
    private static final int TURN_DATAGRAMS = 16;
    /** Memory for a delivered message is kept up to this; larger messages get their own. */
    private static final int KEPT_DELIVERY_BYTES = 128 << 10;

    private final RudpConfig config;
    private final RandomGenerator random;
    private final RudpTracer tracer;
    private final ConnectionTable table;
    private final @Nullable ServerHandshake server;
    private final @Nullable ClientRouter client;

    private final Deadlines deadlines = new Deadlines();
    private final ReadyQueue ready = new ReadyQueue();
    private final EventQueue events = new EventQueue();
    private final HotStatePool pool;
    private final StatelessAnswers answers = new StatelessAnswers();

    private final byte[] input = new byte[Wire.MAX_DATAGRAM_BYTES];
    private final ByteBuffer inputView = ByteBuffer.wrap(input);
    private final WireReader headerReader = new WireReader(input);
    private final DatagramReader reader = new DatagramReader(input, events);
    private final DatagramWriter writer = new DatagramWriter();
    private byte[] delivery = new byte[2048];
    private ByteBuffer deliveryView = ByteBuffer.wrap(delivery);

    private int turn;
    private long skipState;

    private final EndpointTotals totals = new EndpointTotals();
    private final long[] dropped = new long[DropReason.values().length];
    private long handshakesCompleted;
    private long handshakesStarted;
    private long handshakesFailed;
    private long handshakeRetries;
    private long resetsReceived;
    private long moves;
    private long datagramsReceived;
    private long bytesReceived;
    private long datagramsSent;
    private long bytesSent;

    private RudpEndpoint(
            RudpConfig config,
            @Nullable ServerSecret secret,
            int loop,
            RandomGenerator random,
            RudpTracer tracer,
            Protector.Factory protection) {
        this.config = config;
        this.random = random;
        this.tracer = tracer;
        pool = new HotStatePool(config);
        skipState = random.nextLong() | 1;
        if (secret != null) {
            table = new ConnectionTable(config.maxConnections(), random);
            server = new ServerHandshake(this, secret, loop, protection, answers);
            client = null;
        } else {
            table = new ConnectionTable(ClientRouter.maxConnections(config), random);
            server = null;
            client = new ClientRouter(this, protection);
        }
    }

    /**
     * The server's side of a socket.
     *
     * @param loop number of this loop, 0 to 255; different for each endpoint that shares a port
     * @param random a cryptographic source outside of tests
     */
    public static RudpEndpoint server(
            RudpConfig config, ServerSecret secret, int loop, RandomGenerator random, RudpTracer tracer) {
        return server(config, secret, loop, random, tracer, ClearProtector.FACTORY);
    }

    static RudpEndpoint server(
            RudpConfig config,
            ServerSecret secret,
            int loop,
            RandomGenerator random,
            RudpTracer tracer,
            Protector.Factory protection) {
        if (loop < 0 || loop > 255) {
            throw new IllegalArgumentException("loop is 0 to 255, not " + loop);
        }
        return new RudpEndpoint(config, secret, loop, random, tracer, protection);
    }

    /**
     * The client's side of a socket.
     *
     * @param random a cryptographic source outside of tests
     */
    public static RudpEndpoint client(RudpConfig config, RandomGenerator random, RudpTracer tracer) {
        return client(config, random, tracer, ClearProtector.FACTORY);
    }

    static RudpEndpoint client(
            RudpConfig config, RandomGenerator random, RudpTracer tracer, Protector.Factory protection) {
        return new RudpEndpoint(config, null, 0, random, tracer, protection);
    }

    /**
     * Begins a connection to a server; {@link RudpEvent#CONNECTED} or {@link RudpEvent#CLOSED} follows. Messages may
     * be sent at once: the first of them travel with the second datagram of the handshake.
     *
     * @throws IllegalStateException on a server, or when no further connection fits on this socket
     */
    public RudpConnection connect(long nowNanos, PeerAddress remote) {
        return connect(nowNanos, remote, null);
    }

    /**
     * As {@link #connect(long, PeerAddress)}. With a ticket of this server the first messages travel with the first
     * datagram. If the server does not take it they travel as without one, and no later.
     *
     * @param ticket of a {@link RudpEvent#TICKET} of this server, each event's once; null = none
     */
    public RudpConnection connect(long nowNanos, PeerAddress remote, @Nullable RudpTicket ticket) {
        ClientRouter router = client;
        if (router == null) {
            throw new IllegalStateException("a server does not connect");
        }
        deadlines.passTo(nowNanos);
        ConnectionCore connection = router.connect(nowNanos, remote, ticket);
        handshakesStarted++;
        ready(connection);
        connection.update(nowNanos);
        return connection;
    }

    /**
     * The loop whose endpoint must take this datagram, read from the connection id of a short header, or from a ticket,
     * without moving the buffer's position; -1 = any loop may take it, and all datagrams of a handshake from one address
     * must go to the same.
     */
    public static int loopOf(ByteBuffer datagram) {
        int at = datagram.position();
        if (datagram.remaining() <= Wire.SERVER_ID_BYTES) {
            return -1;
        }
        int first = datagram.get(at) & 0xff;
        if ((first & Wire.SHORT_MASK) == Wire.SHORT) {
            return datagram.get(at + 1) & 0xff;
        }
        return (first & ~Wire.ANSWER_NOW) == Wire.RESUME ? loopOfTicket(datagram, at) : -1;
    }

    /** A ticket begins with its loop. */
    private static int loopOfTicket(ByteBuffer datagram, int start) {
        if (datagram.remaining() < RudpConfig.DATAGRAM_BYTES) {
            return -1;
        }
        int keyLengthAt = start + 1 + 4 + 8 + 1 + (datagram.get(start + 1 + 4 + 8) & 0xff) + 1;
        int keyLength = (datagram.get(keyLengthAt) & 0xff) << 8 | datagram.get(keyLengthAt + 1) & 0xff;
        int loopAt = keyLengthAt + 2 + keyLength + 2;
        return loopAt < datagram.limit() ? datagram.get(loopAt) & 0xff : -1;
    }

    /**
     * Takes one datagram, from the buffer's position to its limit. All its bytes are read before this returns.
     *
     * @throws IllegalStateException if messages of the datagram before were not polled
     */
    public void input(long nowNanos, ByteBuffer datagram, PeerAddress from) {
        if (events.hasMessageInPlace()) {
            throw new IllegalStateException("poll all events before the next input");
        }
        deadlines.passTo(nowNanos);
        int length = datagram.remaining();
        datagramsReceived++;
        bytesReceived += length;
        DropReason reason;
        if (length == 0 || length > Wire.MAX_DATAGRAM_BYTES) {
            datagram.position(datagram.limit());
            reason = DropReason.NOT_OURS;
        } else {
            datagram.get(input, 0, length);
            reason = dispatch(length, from, nowNanos);
        }
        if (reason != null) {
            dropped[reason.ordinal()]++;
            tracer.onDropped(nowNanos, reason, from, length);
        }
    }

    private @Nullable DropReason dispatch(int length, PeerAddress from, long nowNanos) {
        int first = input[0] & 0xff;
        ServerHandshake server = this.server;
        if ((first & Wire.SHORT_MASK) == Wire.SHORT) {
            if ((first & Wire.RESERVED_SHORT_BITS) != 0) {
                return DropReason.NOT_OURS;
            }
            return server != null
                    ? server.onShort(input, length, from, nowNanos)
                    : clientRouter().onShort(input, length, from, nowNanos);
        }
        if (server != null) {
            return switch (first) {
                case Wire.INITIAL, Wire.RESUME, Wire.RESUME | Wire.ANSWER_NOW ->
                    server.onFirst(input, length, from, nowNanos);
                case Wire.CONNECT, Wire.CONNECT | Wire.ANSWER_NOW -> server.onConnect(input, length, from, nowNanos);
                case Wire.COOKIE, Wire.RESET, Wire.REFUSAL -> DropReason.WRONG_KIND;
                default -> DropReason.NOT_OURS;
            };
        }
        return clientRouter().onLong(first, input, length, from, nowNanos);
    }

    private ClientRouter clientRouter() {
        return Objects.requireNonNull(client);
    }

    /** Fills the holder with the next event; false = none is left. */
    public boolean pollEvent(RudpEvent event) {
        while (!events.isEmpty()) {
            ConnectionCore connection = events.connection();
            int kind = events.kind();
            event.kind = kind;
            event.connection = connection;
            event.lane = LANES[events.lane()];
            event.frame = null;
            event.ticket = null;
            boolean told = true;
            switch (kind) {
                case RudpEvent.FRAME:
                    told = !connection.isCloseCalled();
                    takeMessage(event, connection, told);
                    break;
                case RudpEvent.CLOSED:
                    event.code = events.number();
                    event.byPeer = events.length() != 0;
                    break;
                case RudpEvent.TICKET:
                    event.ticket = (RudpTicket) events.payload();
                    break;
                case RudpEvent.CONNECTED, RudpEvent.WRITABLE:
                    told = !connection.isCloseCalled();
                    break;
                default:
                    break;
            }
            events.remove();
            if (told) {
                return true;
            }
        }
        event.kind = RudpEvent.NONE;
        event.connection = null;
        event.frame = null;
        event.ticket = null;
        return false;
    }

    private void takeMessage(RudpEvent event, ConnectionCore connection, boolean told) {
        Object payload = events.payload();
        int length = events.length();
        int laneCode = events.lane();
        if (payload == null) {
            event.frame = view(inputView, events.number(), length);
            connection.onConsumed(laneCode, ReceiveLane.costOfWhole(length));
            return;
        }
        if (told) {
            ensureDelivery(length);
        }
        if (payload instanceof Reassembly reassembly) {
            if (told) {
                reassembly.copyTo(delivery);
            }
            connection.onConsumed(laneCode, ReceiveLane.costOf(reassembly));
            pool.buffers().giveBack(reassembly);
        } else {
            byte[] bytes = (byte[]) payload;
            if (told) {
                System.arraycopy(bytes, 0, delivery, 0, length);
            }
            connection.onConsumed(laneCode, ReceiveLane.costOfWhole(length));
            pool.buffers().giveBack(bytes);
        }
        event.frame = view(deliveryView, 0, told ? length : 0);
    }

    private void ensureDelivery(int length) {
        if (length > delivery.length || (delivery.length > KEPT_DELIVERY_BYTES && length <= KEPT_DELIVERY_BYTES)) {
            int size = Math.max(2048, length <= KEPT_DELIVERY_BYTES ? Integer.highestOneBit(length) << 1 : length);
            delivery = new byte[size];
            deliveryView = ByteBuffer.wrap(delivery);
        }
    }

    private static ByteBuffer view(ByteBuffer view, int offset, int length) {
        return view.limit(offset + length).position(offset);
    }

    /**
     * Writes the next datagram that may leave now to the buffer, from its position on, and its receiver to {@code to};
     * false = nothing may leave now. The caller clears the buffer before and flips it after. Datagrams to one receiver
     * come in runs.
     *
     * @param out at least {@link RudpConfig#maxDatagramBytes()} bytes must remain
     */
    public boolean pollDatagram(long nowNanos, ByteBuffer out, PeerAddress to) {
        deadlines.passTo(nowNanos);
        if (!answers.isEmpty()) {
            to.copyFrom(answers.receiver());
            put(out, answers.peek(), answers.length());
            answers.remove();
            return true;
        }
        for (ConnectionCore connection = ready.peek(); connection != null; connection = ready.peek()) {
            if (turn == TURN_DATAGRAMS) {
                turn = 0;
                ready.remove();
                ready.add(connection);
                continue;
            }
            int bytes = connection.write(nowNanos, writer);
            if (bytes > 0) {
                turn++;
                to.copyFrom(connection.remote());
                put(out, writer.datagram(), bytes);
                return true;
            }
            turn = 0;
            ready.remove();
            connection.update(nowNanos);
        }
        return false;
    }

    private void put(ByteBuffer out, byte[] datagram, int length) {
        out.put(datagram, 0, length);
        datagramsSent++;
        bytesSent += length;
    }

    /**
     * When {@link #onDeadline} wants to be called, in the driver's time; {@link Long#MAX_VALUE} = never as things
     * stand. May be earlier than anything really due, never later than about 0.3 ms after. Holds once {@link
     * #pollDatagram} has answered false.
     */
    public long nextDeadlineNanos() {
        return deadlines.nextNanos();
    }

    /** Does what is due; too early a call does no harm. */
    public void onDeadline(long nowNanos) {
        deadlines.advance(nowNanos, ConnectionCore::onDeadline);
    }

    /** {@link RudpConnection#close Closes} all connections. */
    public void closeAll(long nowNanos, int code) {
        for (int slot = 0; slot < table.end(); slot++) {
            ConnectionCore connection = table.get(slot);
            if (connection != null) {
                connection.close(nowNanos, code);
            }
        }
    }

    /** What was counted so far: a new snapshot. */
    public RudpEndpointStats stats() {
        Map<DropReason, Long> byReason = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            if (dropped[reason.ordinal()] > 0) {
                byReason.put(reason, dropped[reason.ordinal()]);
            }
        }
        return new RudpEndpointStats(
                table.size(),
                server == null ? handshakesStarted : server.cookiesSent(),
                handshakesCompleted,
                handshakesFailed,
                handshakeRetries,
                server == null ? 0 : server.refusalsSent(),
                server == null ? 0 : server.resetsSent(),
                server == null ? 0 : server.ticketsTaken(),
                server == null ? 0 : server.ticketsRefused(),
                resetsReceived,
                moves,
                datagramsReceived,
                bytesReceived,
                datagramsSent,
                bytesSent,
                totals.datagramsLost,
                totals.messagesRetransmitted,
                totals.ephemeralDropped,
                byReason);
    }

    /** Connections in the table now: connecting, open, closing and draining. */
    public int connections() {
        return table.size();
    }

    // For the classes of the engine.

    EndpointTotals totals() {
        return totals;
    }

    void ready(ConnectionCore connection) {
        ready.add(connection);
    }

    void onConnected(ConnectionCore connection) {
        handshakesCompleted++;
        if (client != null) {
            client.onConnected(connection);
        }
        events.add(RudpEvent.CONNECTED, connection, 0, null, 0, 0);
    }

    /** A connection is gone; {@code unborn}: its handshake was never complete. */
    void remove(ConnectionCore connection, boolean unborn) {
        deadlines.remove(connection);
        table.remove(connection.names.slot);
        if (server != null) {
            server.onRemoved(connection);
        } else {
            clientRouter().onRemoved(connection);
        }
        if (unborn) {
            handshakesFailed++;
        }
    }

    void countMove() {
        moves++;
    }

    void countReset() {
        resetsReceived++;
    }

    void countHandshakeRetry() {
        handshakeRetries++;
    }

    boolean givesTickets() {
        return server != null && server.tickets().areOn();
    }

    /** For {@link #givesTickets()}. */
    byte[] issueTicket(long nowNanos, Protector protector) {
        return Objects.requireNonNull(server).tickets().issue(nowNanos, protector.resumptionSecret());
    }

    HotState takeHot() {
        return pool.take();
    }

    void giveBackHot(HotState hot) {
        pool.giveBack(hot);
    }

    /** How far away the next packet number to be left out is: 64 to 319. Plain arithmetic, since it costs nothing. */
    int skipDistance() {
        skipState ^= skipState << 13;
        skipState ^= skipState >>> 7;
        skipState ^= skipState << 17;
        return 64 + (int) (skipState >>> 56);
    }

    @Nullable
    ConnectionCore connectionAt(int slot) {
        return table.get(slot);
    }

    ConnectionTable table() {
        return table;
    }

    RudpConfig config() {
        return config;
    }

    RandomGenerator random() {
        return random;
    }

    RudpTracer tracer() {
        return tracer;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    EventQueue events() {
        return events;
    }

    DatagramReader reader() {
        return reader;
    }

    WireReader headerReader() {
        return headerReader;
    }

    HotStatePool pool() {
        return pool;
    }
}
