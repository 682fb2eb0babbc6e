// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.protocol.ReasonCode;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A server's half of all handshakes: answers first datagrams with cookies and keeps nothing, and makes a connection of a
 * datagram that brings a cookie back, authentic under the keys sealed in it; or of a first datagram with a good ticket.
 */
final class ServerHandshake {
    private final RudpEndpoint endpoint;
    private final StatelessAnswers answers;
    private final RandomGenerator random;
    private final Protector.Factory protection;
    private final HandshakeCookie cookies;
    private final CookieMap used;
    private final ServerTickets tickets;
    private final CookieMap usedTickets;
    private final ConnectionIds ids;
    private final TokenBucket resets;
    private final int loop;
    private final byte[] serverKeyExchange;

    private @Nullable DropReason failure;
    private long cookiesSent;
    private long ticketsTaken;
    private long ticketsRefused;
    private long refusalsSent;
    private long resetsSent;

    ServerHandshake(
            RudpEndpoint endpoint,
            ServerSecret secret,
            int loop,
            Protector.Factory protection,
            StatelessAnswers answers) {
        this.endpoint = endpoint;
        this.answers = answers;
        this.random = endpoint.random();
        this.protection = protection;
        this.loop = loop;
        cookies = new HandshakeCookie(secret, protection.keyExchangeBytes());
        used = new CookieMap(endpoint.config().maxCookies());
        tickets = new ServerTickets(endpoint.config(), secret, loop, random);
        usedTickets = new CookieMap(endpoint.config().maxCookies());
        ids = new ConnectionIds(secret);
        resets = new TokenBucket(endpoint.config().resetsPerSecond());
        serverKeyExchange = new byte[protection.keyExchangeBytes()];
    }

    /**
     * Takes INITIAL or RESUME, which is INITIAL with a ticket and segments for zeros. A ticket that is not taken changes
     * nothing: the answer is a cookie. Layouts are in {@link ClientHandshake}.
     */
    @Nullable
    DropReason onFirst(byte[] datagram, int length, PeerAddress from, long nowNanos) {
        if (length < RudpConfig.DATAGRAM_BYTES) {
            return DropReason.MALFORMED_HANDSHAKE;
        }
        WireReader in = new WireReader(datagram).reset(1, length);
        int version = in.readInt();
        long nonce = in.readLong();
        int idLength = in.readByte();
        if (idLength > Wire.MAX_CLIENT_ID_BYTES) {
            return DropReason.MALFORMED_HANDSHAKE;
        }
        byte[] clientId = in.readBytes(idLength);
        if (version != Wire.VERSION) {
            return refuse(clientId, nonce, ReasonCode.UNSUPPORTED_VERSION, from);
        }
        if (in.readByte() != protection.protection()) {
            return refuse(clientId, nonce, ReasonCode.PROTECTION_REQUIRED, from);
        }
        byte[] clientKeyExchange = in.readBytes(in.readShort());
        if (in.failed() || clientKeyExchange.length != protection.keyExchangeBytes()) {
            return DropReason.MALFORMED_HANDSHAKE;
        }
        if ((datagram[0] & 0xff) != Wire.INITIAL) {
            int ticketLength = in.readShort();
            int ticketAt = in.skip(ticketLength);
            int numberAt = in.skip(4);
            if (in.failed()) {
                return DropReason.MALFORMED_HANDSHAKE;
            }
            ConnectionCore connection = ticketLength == ServerTickets.BYTES
                    ? resume(datagram, ticketAt, numberAt, length, clientId, clientKeyExchange, from, nowNanos)
                    : noConnection(null);
            if (connection != null) {
                return connection.input(datagram, numberAt, numberAt + 4, length, from, nowNanos);
            }
            if (failure != null) {
                return failure;
            }
            ticketsRefused++;
        }
        return answerWithCookie(clientId, nonce, clientKeyExchange, from, nowNanos);
    }

    /** The connection that a ticket made before, or makes now; null = {@link #failure}, or a cookie if that is null. */
    private @Nullable ConnectionCore resume(
            byte[] datagram,
            int ticketAt,
            int numberAt,
            int length,
            byte[] clientId,
            byte[] clientKeyExchange,
            PeerAddress from,
            long nowNanos) {
        long name = ServerTickets.nameOf(datagram, ticketAt);
        int known = usedTickets.find(name);
        if (known >= 0) {
            return endpoint.connectionAt(known);
        }
        ServerTickets.Content ticket =
                known == CookieMap.SPENT ? null : tickets.open(nowNanos, datagram, ticketAt, ServerTickets.BYTES);
        if (ticket == null) {
            return noConnection(null);
        }
        Protector protector = protection.resume(clientKeyExchange, ticket.secret(), true);
        if (!isAuthentic(protector, datagram, numberAt, length)) {
            return noConnection(DropReason.NOT_AUTHENTIC);
        }
        int slot = endpoint.table().freeSlot();
        if (slot < 0) {
            answerWithClose(protector, clientId, from);
            return noConnection(DropReason.ENDPOINT_FULL);
        }
        if (!usedTickets.put(nowNanos, name, slot)) {
            endpoint.table().giveBack(slot);
            return noConnection(null);
        }
        tickets.strike(ticket);
        ticketsTaken++;
        ConnectionCore connection = create(slot, clientId, name, protector, from, nowNanos);
        connection.requireProof(random.nextLong());
        return connection;
    }

    private @Nullable ConnectionCore noConnection(@Nullable DropReason why) {
        failure = why;
        return null;
    }

    private static boolean isAuthentic(Protector protector, byte[] datagram, int numberAt, int length) {
        return protector.open(Bytes.readLong(datagram, numberAt, 4), datagram, numberAt + 4, length) >= 0;
    }

    private ConnectionCore create(
            int slot, byte[] clientId, long originName, Protector protector, PeerAddress from, long nowNanos) {
        long id = ids.create(loop, slot, endpoint.table().generation(slot));
        ConnectionNames names = ConnectionNames.accepted(slot, id, ids.resetToken(id, from), clientId, originName);
        ConnectionCore connection = new ConnectionCore(endpoint, names, from, protector, nowNanos);
        endpoint.table().put(slot, connection);
        endpoint.onConnected(connection);
        return connection;
    }

    /**
     * Answers INITIAL, or RESUME whose ticket is not taken.
     *
     * <pre>
     *   C1 | id length 1 | id | nonce 8 | length 2 | key exchange | length 2 | cookie | tag 8
     * </pre>
     *
     * <p>The tag is SipHash under what the client's key exchange begins with: it tells the client that its first
     * datagram arrived unharmed and that this answer did.
     */
    private @Nullable DropReason answerWithCookie(
            byte[] clientId, long nonce, byte[] clientKeyExchange, PeerAddress from, long nowNanos) {
        if (answers.isFull()) {
            return DropReason.ENDPOINT_FULL;
        }
        WireWriter out = new WireWriter(answers.buffer());
        random.nextBytes(serverKeyExchange);
        out.writeByte(Wire.COOKIE);
        out.writeByte(clientId.length);
        out.writeBytes(clientId, 0, clientId.length);
        out.writeLong(nonce);
        out.writeShort(serverKeyExchange.length);
        out.writeBytes(serverKeyExchange, 0, serverKeyExchange.length);
        int lengthAt = out.position;
        int cookieLength = cookies.seal(
                nowNanos, from, clientId, clientKeyExchange, serverKeyExchange, random, out.array, lengthAt + 2);
        out.writeShort(cookieLength);
        int end = out.position + cookieLength;
        Bytes.putLong(out.array, end, ClientHandshake.cookieTag(clientKeyExchange, out.array, end));
        answers.add(end + 8, from);
        cookiesSent++;
        return null;
    }

    /**
     * Says no to INITIAL or RESUME.
     *
     * <pre>
     *   C4 | id length 1 | id | nonce 8 | code 2 | versions spoken: count 1, 4 each | protections: count 1, 1 each
     * </pre>
     */
    private @Nullable DropReason refuse(byte[] clientId, long nonce, ReasonCode code, PeerAddress from) {
        if (answers.isFull()) {
            return DropReason.ENDPOINT_FULL;
        }
        WireWriter out = new WireWriter(answers.buffer());
        out.writeByte(Wire.REFUSAL);
        out.writeByte(clientId.length);
        out.writeBytes(clientId, 0, clientId.length);
        out.writeLong(nonce);
        out.writeShort(code.number());
        out.writeByte(1);
        out.writeInt(Wire.VERSION);
        out.writeByte(1);
        out.writeByte(protection.protection());
        answers.add(out.position, from);
        refusalsSent++;
        return null;
    }

    /**
     * Takes CONNECT: finds the connection its cookie made before, or makes it.
     *
     * <pre>
     *   C2 or E2 | version 4 | length 2 | cookie | packet number 4 | segments | tag
     * </pre>
     */
    @Nullable
    DropReason onConnect(byte[] datagram, int length, PeerAddress from, long nowNanos) {
        WireReader in = endpoint.headerReader().reset(1, length);
        int version = in.readInt();
        int cookieLength = in.readShort();
        int cookieAt = in.skip(cookieLength);
        int numberAt = in.skip(4);
        if (in.failed() || version != Wire.VERSION || cookieLength < 8 || cookieLength > Wire.MAX_COOKIE_BYTES) {
            return DropReason.MALFORMED_HANDSHAKE;
        }
        long name = SealedBox.nameOf(datagram, cookieAt);
        int slot = used.find(name);
        if (slot == CookieMap.SPENT) {
            return DropReason.BAD_COOKIE;
        }
        ConnectionCore connection = slot == CookieMap.ABSENT
                ? accept(datagram, cookieAt, cookieLength, numberAt, length, from, nowNanos)
                : endpoint.connectionAt(slot);
        if (connection == null) {
            return failure;
        }
        return connection.input(datagram, numberAt, numberAt + 4, length, from, nowNanos);
    }

    private @Nullable ConnectionCore accept(
            byte[] datagram,
            int cookieAt,
            int cookieLength,
            int numberAt,
            int length,
            PeerAddress from,
            long nowNanos) {
        HandshakeCookie.Content content = cookies.open(nowNanos, from, datagram, cookieAt, cookieLength);
        if (content == null) {
            return noConnection(DropReason.BAD_COOKIE);
        }
        Protector protector = protection.create(content.clientKeyExchange(), content.serverKeyExchange(), true);
        if (!isAuthentic(protector, datagram, numberAt, length)) {
            return noConnection(DropReason.NOT_AUTHENTIC);
        }
        long name = SealedBox.nameOf(datagram, cookieAt);
        int slot = endpoint.table().freeSlot();
        if (slot < 0 || !used.put(nowNanos, name, slot)) {
            if (slot >= 0) {
                endpoint.table().giveBack(slot);
            }
            answerWithClose(protector, content.clientId(), from);
            return noConnection(DropReason.ENDPOINT_FULL);
        }
        ConnectionCore connection = create(slot, content.clientId(), name, protector, from, nowNanos);
        connection.rtt.guess(nowNanos - content.issuedNanos());
        connection.giveTicket();
        return connection;
    }

    private void answerWithClose(Protector protector, byte[] clientId, PeerAddress from) {
        if (!answers.isFull()) {
            int code = ReasonCode.TOO_MANY_CONNECTIONS.number();
            answers.add(DatagramWriter.writeRefusal(answers.buffer(), protector, clientId, code), from);
            refusalsSent++;
        }
    }

    /** Takes a short header: an array index finds the connection, or the id is judged. */
    @Nullable
    DropReason onShort(byte[] datagram, int length, PeerAddress from, long nowNanos) {
        int numberAt = 1 + Wire.SERVER_ID_BYTES;
        int headerEnd = numberAt + (datagram[0] & Wire.PACKET_NUMBER_LENGTH_MASK) + 1;
        if (length < headerEnd) {
            return DropReason.NOT_OURS;
        }
        long id = Bytes.getLong(datagram, 1);
        if (ConnectionIds.loopOf(id) != loop) {
            return DropReason.WRONG_LOOP;
        }
        ConnectionCore connection = endpoint.connectionAt(ConnectionIds.slotOf(id));
        if (connection != null && connection.names.serverId() == id) {
            return connection.input(datagram, numberAt, headerEnd, length, from, nowNanos);
        }
        if (!ids.isOurs(id)) {
            return DropReason.FORGED_ID;
        }
        return reset(id, length, from, nowNanos);
    }

    /**
     * Tells the owner of an id that its connection is gone. Shorter than any datagram that may cause it.
     *
     * <pre>
     *   C3 | server's id 8 | token 8
     * </pre>
     */
    private @Nullable DropReason reset(long id, int length, PeerAddress to, long nowNanos) {
        if (length <= Wire.RESET_BYTES || answers.isFull() || !resets.tryTake(nowNanos)) {
            return DropReason.RESET_LIMITED;
        }
        WireWriter out = new WireWriter(answers.buffer());
        out.writeByte(Wire.RESET);
        out.writeLong(id);
        out.writeLong(ids.resetToken(id, to));
        answers.add(out.position, to);
        resetsSent++;
        return null;
    }

    /** A connection is gone: its cookie or ticket makes no second one. */
    void onRemoved(ConnectionCore connection) {
        used.spend(connection.names.originName());
        usedTickets.spend(connection.names.originName());
    }

    ServerTickets tickets() {
        return tickets;
    }

    long ticketsTaken() {
        return ticketsTaken;
    }

    long ticketsRefused() {
        return ticketsRefused;
    }

    long cookiesSent() {
        return cookiesSent;
    }

    long refusalsSent() {
        return refusalsSent;
    }

    long resetsSent() {
        return resetsSent;
    }
}
