// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.protocol.ReasonCode;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A server's half of all handshakes: answers first datagrams with cookies and keeps nothing, and makes a connection of a
 * datagram that brings a cookie back, authentic under the keys sealed in it.
 */
final class ServerHandshake {
    private final RudpEndpoint endpoint;
    private final StatelessAnswers answers;
    private final RandomGenerator random;
    private final Protector.Factory protection;
    private final HandshakeCookie cookies;
    private final CookieMap used;
    private final ConnectionIds ids;
    private final TokenBucket resets;
    private final int loop;
    private final byte[] serverKeyExchange;

    private DropReason acceptFailure = DropReason.BAD_COOKIE;
    private long cookiesSent;
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
        ids = new ConnectionIds(secret);
        resets = new TokenBucket(endpoint.config().resetsPerSecond());
        serverKeyExchange = new byte[protection.keyExchangeBytes()];
    }

    /** Takes INITIAL; see {@link ClientHandshake#writeInitial} for its layout. */
    @Nullable
    DropReason onInitial(byte[] datagram, int length, PeerAddress from, long nowNanos) {
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
        if (answers.isFull()) {
            return DropReason.ENDPOINT_FULL;
        }
        if (version != Wire.VERSION) {
            refuse(clientId, nonce, ReasonCode.UNSUPPORTED_VERSION, from);
            return null;
        }
        if (in.readByte() != protection.protection()) {
            refuse(clientId, nonce, ReasonCode.PROTECTION_REQUIRED, from);
            return null;
        }
        byte[] clientKeyExchange = in.readBytes(in.readShort());
        if (in.failed() || clientKeyExchange.length != protection.keyExchangeBytes()) {
            return DropReason.MALFORMED_HANDSHAKE;
        }
        answerWithCookie(clientId, nonce, clientKeyExchange, from, nowNanos);
        return null;
    }

    /**
     * Answers INITIAL.
     *
     * <pre>
     *   C1 | id length 1 | id | nonce 8 | length 2 | key exchange | length 2 | cookie | tag 8
     * </pre>
     *
     * <p>The tag is SipHash under what the client's key exchange begins with: it tells the client that its first
     * datagram arrived unharmed and that this answer did.
     */
    private void answerWithCookie(
            byte[] clientId, long nonce, byte[] clientKeyExchange, PeerAddress from, long nowNanos) {
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
    }

    /**
     * Says no to INITIAL.
     *
     * <pre>
     *   C4 | id length 1 | id | nonce 8 | code 2 | versions spoken: count 1, 4 each | protections: count 1, 1 each
     * </pre>
     */
    private void refuse(byte[] clientId, long nonce, ReasonCode code, PeerAddress from) {
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
        long name = HandshakeCookie.nameOf(datagram, cookieAt);
        int slot = used.find(name);
        if (slot == CookieMap.SPENT) {
            return DropReason.BAD_COOKIE;
        }
        ConnectionCore connection = slot == CookieMap.ABSENT
                ? accept(datagram, cookieAt, cookieLength, numberAt, length, from, nowNanos)
                : endpoint.connectionAt(slot);
        if (connection == null) {
            return acceptFailure;
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
            acceptFailure = DropReason.BAD_COOKIE;
            return null;
        }
        Protector protector = protection.create(content.clientKeyExchange(), content.serverKeyExchange(), true);
        long packetNumber = Bytes.readLong(datagram, numberAt, 4);
        if (protector.open(packetNumber, datagram, numberAt + 4, length) < 0) {
            acceptFailure = DropReason.NOT_AUTHENTIC;
            return null;
        }
        long name = HandshakeCookie.nameOf(datagram, cookieAt);
        int slot = endpoint.table().freeSlot();
        if (slot < 0 || !used.put(nowNanos, name, slot)) {
            if (slot >= 0) {
                endpoint.table().giveBack(slot);
            }
            answerWithClose(protector, content.clientId(), from);
            acceptFailure = DropReason.ENDPOINT_FULL;
            return null;
        }
        long id = ids.create(loop, slot, endpoint.table().generation(slot));
        ConnectionNames names = ConnectionNames.accepted(slot, id, ids.resetToken(id, from), content.clientId(), name);
        ConnectionCore connection = new ConnectionCore(endpoint, names, from, protector, nowNanos);
        connection.rtt.guess(nowNanos - content.issuedNanos());
        endpoint.table().put(slot, connection);
        endpoint.onConnected(connection);
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

    /** A connection is gone: its cookie makes no second one. */
    void onRemoved(ConnectionCore connection) {
        used.spend(connection.names.cookieName());
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
