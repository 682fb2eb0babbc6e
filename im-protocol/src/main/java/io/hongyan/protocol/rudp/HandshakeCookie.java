// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.util.random.RandomGenerator;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals a half-done handshake into bytes that the client carries for the server, so that the server keeps nothing:
 * AES-256-GCM under a key derived from the server's secret, bound to the client's address.
 *
 * <pre>
 *   0        12                                        n-16     n
 *   | random | sealed: time 8 | id length 1 | id |       | tag  |
 *            |         client's and server's exchange    |
 * </pre>
 *
 * <p>The first 8 bytes, random, name the cookie: a connection is found by them again. Random nonces of 96 bits repeat
 * with a chance of 2^-32 after 2^32 cookies; a repeat would weaken cookies, nothing else.
 */
final class HandshakeCookie {
    /** What came back with a cookie that is authentic, of this address, and not older than its lifetime. */
    record Content(long issuedNanos, byte[] clientId, byte[] clientKeyExchange, byte[] serverKeyExchange) {}

    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;

    private final SecretKeySpec key;
    private final Cipher cipher;
    private final int keyExchangeBytes;
    private final byte[] boundTo = new byte[4 + 18];
    private final byte[] plain = new byte[Wire.MAX_COOKIE_BYTES];

    HandshakeCookie(ServerSecret secret, int keyExchangeBytes) {
        this.keyExchangeBytes = keyExchangeBytes;
        key = new SecretKeySpec(secret.derive("cookie"), "AES");
        try {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES/GCM/NoPadding", e);
        }
        Bytes.putInt(boundTo, 0, Wire.VERSION);
    }

    /** The name of a cookie that begins at {@code offset}. */
    static long nameOf(byte[] bytes, int offset) {
        return Bytes.getLong(bytes, offset);
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
        Bytes.putLong(out, offset, random.nextLong());
        Bytes.putInt(out, offset + 8, random.nextInt());
        WireWriter writer = new WireWriter(plain);
        writer.writeLong(nowNanos);
        writer.writeByte(clientId.length);
        writer.writeBytes(clientId, 0, clientId.length);
        writer.writeBytes(clientKeyExchange, 0, clientKeyExchange.length);
        writer.writeBytes(serverKeyExchange, 0, serverKeyExchange.length);
        try {
            begin(Cipher.ENCRYPT_MODE, out, offset, address);
            return NONCE_BYTES + cipher.doFinal(plain, 0, writer.position, out, offset + NONCE_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("sealing with a fresh nonce cannot fail", e);
        }
    }

    /** Opens a cookie; null if it is forged, of another address, or too old. */
    @Nullable
    Content open(long nowNanos, PeerAddress address, byte[] bytes, int offset, int length) {
        int least = NONCE_BYTES + 8 + 1 + 2 * keyExchangeBytes + TAG_BYTES;
        if (length < least || length > least + Wire.MAX_CLIENT_ID_BYTES) {
            return null;
        }
        int plainLength;
        try {
            begin(Cipher.DECRYPT_MODE, bytes, offset, address);
            plainLength = cipher.doFinal(bytes, offset + NONCE_BYTES, length - NONCE_BYTES, plain, 0);
        } catch (AEADBadTagException e) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("only a wrong tag can fail here", e);
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

    private void begin(int mode, byte[] nonce, int offset, PeerAddress address)
            throws InvalidKeyException, InvalidAlgorithmParameterException {
        cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, nonce, offset, NONCE_BYTES));
        Bytes.putLong(boundTo, 4, address.high());
        Bytes.putLong(boundTo, 12, address.low());
        boundTo[20] = (byte) (address.port() >> 8);
        boundTo[21] = (byte) address.port();
        cipher.updateAAD(boundTo);
    }
}
