// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A client's half of a handshake, until the server accepted: repeats the first datagram until its answer comes, then
 * carries the cookie in every datagram. A cookie that the server does not take, since the client's address has changed
 * meanwhile, is replaced: after a while without an answer the first datagram leaves again. That while is longer than a
 * round trip, so that no late answer to an earlier one is taken for the new cookie.
 *
 * <p>With a ticket it carries that at once, and messages with it. A server that does not take it answers with a cookie; if
 * nobody answers, the first datagram leaves beside it.
 */
final class ClientHandshake {
    private static final long FIRST_RETRY_NANOS = 200_000_000L;
    private static final long LONGEST_RETRY_NANOS = 1_000_000_000L;
    private static final long LEAST_NEW_COOKIE_NANOS = 2_000_000_000L;
    private static final long LEAST_RESUME_NANOS = 1_000_000_000L;
    private static final int RESUME_ROUND_TRIPS = 3;

    private final byte[] clientId;
    private final long nonce;
    private final byte[] keyExchange;
    private final Protector.Factory protection;

    private @Nullable RudpTicket ticket;
    private byte[] cookie = new byte[0];
    private boolean initialPending = true;
    private boolean initialUnderWay;
    private int initialsSent;
    private long firstInitialNanos;
    private long retryDelayNanos = FIRST_RETRY_NANOS;
    private long retryNanos = Deadlines.NONE;

    ClientHandshake(byte[] clientId, Protector.Factory protection, RandomGenerator random) {
        this.clientId = clientId;
        this.protection = protection;
        nonce = random.nextLong();
        keyExchange = new byte[protection.keyExchangeBytes()];
        random.nextBytes(keyExchange);
    }

    /**
     * Begins with a ticket instead of INITIAL.
     *
     * @return what protects the connection from the start
     */
    Protector resume(long nowNanos, RudpTicket ticket) {
        this.ticket = ticket;
        initialPending = false;
        initialUnderWay = true;
        firstInitialNanos = nowNanos;
        retryNanos = nowNanos + Math.max(LEAST_RESUME_NANOS, RESUME_ROUND_TRIPS * ticket.rttNanos());
        return protection.resume(keyExchange, ticket.secret(), false);
    }

    /**
     * Writes INITIAL if it is time; answers its length or 0.
     *
     * <pre>
     *   C0 | version 4 | nonce 8 | id length 1 | id | protection 1 | length 2 | key exchange | zeros up to 1200
     * </pre>
     */
    int writeInitial(long nowNanos, byte[] datagram) {
        if (!initialPending) {
            return 0;
        }
        if (!initialUnderWay) {
            firstInitialNanos = nowNanos;
        }
        initialPending = false;
        initialUnderWay = true;
        initialsSent++;
        retryNanos = nowNanos + retryDelayNanos;
        retryDelayNanos = Math.min(LONGEST_RETRY_NANOS, retryDelayNanos * 3 / 2);
        WireWriter out = new WireWriter(datagram);
        writeOffer(Wire.INITIAL, out);
        Arrays.fill(datagram, out.position, RudpConfig.DATAGRAM_BYTES, (byte) 0);
        return RudpConfig.DATAGRAM_BYTES;
    }

    /**
     * Writes the header of what is said before the server has accepted.
     *
     * <pre>
     *   C2 or E2 | version 4 | length 2 | cookie | packet number 4
     *   C5 or E5 | as INITIAL up to the key exchange | length 2 | ticket | packet number 4
     * </pre>
     */
    void writeHeader(WireWriter out, long packetNumber) {
        byte[] carried = cookie;
        if (ticket != null) {
            carried = ticket.ticket();
            writeOffer(Wire.RESUME, out);
        } else {
            out.writeByte(Wire.CONNECT);
            out.writeInt(Wire.VERSION);
        }
        out.writeShort(carried.length);
        out.writeBytes(carried, 0, carried.length);
        out.writeInt((int) packetNumber);
    }

    private void writeOffer(int kind, WireWriter out) {
        out.writeByte(kind);
        out.writeInt(Wire.VERSION);
        out.writeLong(nonce);
        out.writeByte(clientId.length);
        out.writeBytes(clientId, 0, clientId.length);
        out.writeByte(protection.protection());
        out.writeShort(keyExchange.length);
        out.writeBytes(keyExchange, 0, keyExchange.length);
    }

    /** Takes COOKIE, read up to behind the client's id. Answers whether it is for this handshake. */
    boolean onCookie(WireReader in, ConnectionCore connection, long nowNanos) {
        long echoed = in.readLong();
        byte[] serverKeyExchange = in.readBytes(in.readShort());
        byte[] newCookie = in.readBytes(in.readShort());
        int end = in.position;
        long tag = in.readLong();
        if (in.failed()
                || in.hasRemaining()
                || tag != cookieTag(keyExchange, in.array, end)
                || echoed != nonce
                || !initialUnderWay
                || newCookie.length < 8
                || newCookie.length > Wire.MAX_COOKIE_BYTES
                || serverKeyExchange.length != keyExchange.length) {
            return false;
        }
        cookie = newCookie;
        initialPending = false;
        initialUnderWay = false;
        retryDelayNanos = FIRST_RETRY_NANOS;
        long tookNanos = nowNanos - firstInitialNanos;
        retryNanos = nowNanos + Math.max(LEAST_NEW_COOKIE_NANOS, 2 * tookNanos);
        // With a ticket the round trip is guessed already, and what was answered may have been sent twice.
        long rttNanos = ticket == null && initialsSent == 1 ? tookNanos : 0;
        ticket = null;
        connection.onCookie(nowNanos, protection.create(keyExchange, serverKeyExchange, false), rttNanos);
        return true;
    }

    static long cookieTag(byte[] clientKeyExchange, byte[] datagram, int end) {
        return SipHash.hash(Bytes.getLong(clientKeyExchange, 0), Bytes.getLong(clientKeyExchange, 8), datagram, 0, end);
    }

    /**
     * Takes REFUSAL, read up to behind the client's id. A server that speaks what was asked for has refused something
     * that was damaged on its way: such a refusal is passed over.
     *
     * @return whether it is for this handshake
     */
    boolean onRefusal(WireReader in, ConnectionCore connection, long nowNanos) {
        long echoed = in.readLong();
        int code = in.readShort();
        boolean versionSpoken = false;
        for (int left = in.readByte(); left > 0; left--) {
            versionSpoken |= in.readInt() == Wire.VERSION;
        }
        boolean protectionSpoken = false;
        for (int left = in.readByte(); left > 0; left--) {
            protectionSpoken |= in.readByte() == protection.protection();
        }
        if (in.failed() || echoed != nonce || cookie.length > 0 || (versionSpoken && protectionSpoken)) {
            return false;
        }
        connection.onRefused(nowNanos, code);
        return true;
    }

    /** Lets INITIAL leave again at once; a ticket is good from any address. */
    void offerAgain() {
        initialPending = ticket == null;
        retryDelayNanos = FIRST_RETRY_NANOS;
    }

    /** Lets INITIAL leave again if its answer is overdue. */
    boolean retryIfDue(long nowNanos) {
        if (retryNanos == Deadlines.NONE || retryNanos - nowNanos > 0) {
            return false;
        }
        initialPending = true;
        retryNanos = Deadlines.NONE;
        return true;
    }

    long retryNanos() {
        return retryNanos;
    }

    /** Whether the ticket is what the server is shown. */
    boolean isResuming() {
        return ticket != null;
    }

    /** What the server is shown, null if that is something else. */
    @Nullable
    RudpTicket ticket() {
        return ticket;
    }
}
