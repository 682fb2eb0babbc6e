// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.protocol.ThreadSafe;
import java.security.GeneralSecurityException;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The 32 bytes from which a server derives the keys of its cookies, connection ids and resets. All loops of a server
 * share one; a server that keeps it over a restart can tell its old clients at once that their connections are gone.
 *
 * <p>Whoever knows it can open connections from addresses that are not his and reset connections of others: keep it
 * like a private key. It never protects what users say.
 */
@ThreadSafe
public final class ServerSecret {
    /** The length of a secret in bytes. */
    public static final int LENGTH = 32;

    private final byte[] secret;

    /**
     * A secret with the given bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #LENGTH}
     */
    public ServerSecret(byte[] secret) {
        if (secret.length != LENGTH) {
            throw new IllegalArgumentException("a server secret has " + LENGTH + " bytes, not " + secret.length);
        }
        this.secret = secret.clone();
    }

    /** A new secret drawn from {@code random}, which must be a cryptographic source outside of tests. */
    public static ServerSecret random(RandomGenerator random) {
        byte[] bytes = new byte[LENGTH];
        random.nextBytes(bytes);
        return new ServerSecret(bytes);
    }

    /** A copy of the bytes, to be stored by who started the server. */
    public byte[] toByteArray() {
        return secret.clone();
    }

    /** The 32-byte key for one purpose: HMAC-SHA256 of the purpose's name under the secret. */
    byte[] derive(String purpose) {
        return hmac(secret, purpose.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    static byte[] hmac(byte[] key, byte[] data) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    /** Says nothing of the bytes. */
    @Override
    public String toString() {
        return "ServerSecret[32 bytes]";
    }
}
