// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Seals a half-done handshake into bytes that the client carries for the server, so that the server keeps nothing: a
 * {@link SealedBox} under a key derived from the server's secret, bound to the client's address.
 *
 * <pre>
 *   time 8 | id length 1 | id | client's key exchange | server's key exchange
 * </pre>
 *
 * <p>The box's name is the cookie's: a connection is found by it again.
 */
final class HandshakeCookie {
    /** What came back with a cookie that is authentic, of this address, and not older than its lifetime. */
    record Content(long issuedNanos, byte[] clientId, byte[] clientKeyExchange, byte[] serverKeyExchange) {}

    private final SealedBox box;
    private final int keyExchangeBytes;
    private final byte[] boundTo = new byte[4 + 18];
    private final byte[] plain = new byte[Wire.MAX_COOKIE_BYTES];

    HandshakeCookie(ServerSecret secret, int keyExchangeBytes) {
        this.keyExchangeBytes = keyExchangeBytes;
        box = new SealedBox(secret.derive("cookie"));
        Bytes.putInt(boundTo, 0, Wire.VERSION);
    }

    /** Writes a cookie at {@code offset} and answers its length. */
    int seal(
            long nowNanos,
            PeerAddress address,
            byte[] clientId,
            byte[] clientKeyExchange,
            byte[] serverKeyExchange,
            RandomGenerator random,
            byte[] out,
            int offset) {
        WireWriter writer = new WireWriter(plain);
        writer.writeLong(nowNanos);
        writer.writeByte(clientId.length);
        writer.writeBytes(clientId, 0, clientId.length);
        writer.writeBytes(clientKeyExchange, 0, clientKeyExchange.length);
        writer.writeBytes(serverKeyExchange, 0, serverKeyExchange.length);
        return box.seal(plain, writer.position, boundTo(address), random, out, offset);
    }

    /** Opens a cookie; null if it is forged, of another address, or too old. */
    @Nullable
    Content open(long nowNanos, PeerAddress address, byte[] bytes, int offset, int length) {
        int plainLength = box.open(bytes, offset, length, boundTo(address), plain);
        if (plainLength < 0) {
            return null;
        }
        WireReader reader = new WireReader(plain).reset(0, plainLength);
        long issuedNanos = reader.readLong();
        byte[] clientId = reader.readBytes(reader.readByte());
        byte[] clientKeyExchange = reader.readBytes(keyExchangeBytes);
        byte[] serverKeyExchange = reader.readBytes(keyExchangeBytes);
        long age = nowNanos - issuedNanos;
        if (reader.failed() || age < 0 || age > Wire.COOKIE_LIFETIME_NANOS) {
            return null;
        }
        return new Content(issuedNanos, clientId, clientKeyExchange, serverKeyExchange);
    }

    private byte[] boundTo(PeerAddress address) {
        Bytes.putLong(boundTo, 4, address.high());
        Bytes.putLong(boundTo, 12, address.low());
        boundTo[20] = (byte) (address.port() >> 8);
        boundTo[21] = (byte) address.port();
        return boundTo;
    }
}
