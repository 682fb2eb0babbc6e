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

/**
 * What a server gives away for the client to carry, so that it need not keep it: AES-256-GCM under a key of the server.
 *
 * <pre>
 *   0        12           n-16     n
 *   | random | sealed ... | tag 16 |
 * </pre>
 *
 * <p>The first 8 bytes name the box. Random nonces of 96 bits repeat with a chance of 2^-32 after 2^32 boxes; a repeat
 * would weaken the boxes of this key, nothing else.
 */
final class SealedBox {
    /** How much longer a box is than what is in it. */
    static final int OVERHEAD_BYTES = 12 + 16;

    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;

    private final SecretKeySpec key;
    private final Cipher cipher;

    /** @param key 32 bytes */
    SealedBox(byte[] key) {
        this.key = new SecretKeySpec(key, "AES");
        try {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES/GCM/NoPadding", e);
        }
    }

    /** The name of a box that begins at {@code offset}. */
    static long nameOf(byte[] bytes, int offset) {
        return Bytes.getLong(bytes, offset);
    }

    /** Writes {@code plain[0, length)} as a box at {@code offset} and answers the box's length. */
    int seal(byte[] plain, int length, byte[] boundTo, RandomGenerator random, byte[] out, int offset) {
        Bytes.putLong(out, offset, random.nextLong());
        Bytes.putInt(out, offset + 8, random.nextInt());
        try {
            begin(Cipher.ENCRYPT_MODE, out, offset, boundTo);
            return NONCE_BYTES + cipher.doFinal(plain, 0, length, out, offset + NONCE_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("sealing with a fresh nonce cannot fail", e);
        }
    }

    /**
     * Opens the box {@code bytes[offset, offset + length)} into {@code plain}.
     *
     * @return how much was in it, -1 if it is not ours or bound to something else
     */
    int open(byte[] bytes, int offset, int length, byte[] boundTo, byte[] plain) {
        if (length < OVERHEAD_BYTES || length - OVERHEAD_BYTES > plain.length) {
            return -1;
        }
        try {
            begin(Cipher.DECRYPT_MODE, bytes, offset, boundTo);
            return cipher.doFinal(bytes, offset + NONCE_BYTES, length - NONCE_BYTES, plain, 0);
        } catch (AEADBadTagException e) {
            return -1;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("only a wrong tag can fail here", e);
        }
    }

    private void begin(int mode, byte[] nonce, int offset, byte[] boundTo)
            throws InvalidKeyException, InvalidAlgorithmParameterException {
        cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, nonce, offset, NONCE_BYTES));
        cipher.updateAAD(boundTo);
    }
}
