// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.ThreadSafe;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS 1.2 and 1.3 of a client: whom it trusts, and who it says it is. The server's certificate must be trusted and name
 * the host that was asked for; there is no way to do without.
 */
@ThreadSafe
public final class ClientTls {
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private final SslContext context;

    private ClientTls(SslContext context) {
        this.context = context;
    }

    /** Trusts whom the Java runtime trusts, and shows no certificate. */
    public static ClientTls ofSystem() {
        try {
            return load(null, null, null, null);
        } catch (IOException e) {
            throw new IllegalStateException("the Java runtime has no TLS", e);
        }
    }

    /**
     * Reads PEM files. May block.
     *
     * @param trust certificates trusted, instead of those of the Java runtime; null = those
     * @param certificates the client's own, then those that lead to a root; null = none
     * @param key its private key in PKCS#8; null when there is no certificate
     * @param keyPassword of an encrypted key; null when it is not
     * @throws IOException naming the file that cannot be used, and why
     */
    public static ClientTls load(
            @Nullable Path trust, @Nullable Path certificates, @Nullable Path key, @Nullable String keyPassword)
            throws IOException {
        SslContextBuilder builder =
                SslContextBuilder.forClient().protocols(PROTOCOLS).endpointIdentificationAlgorithm("HTTPS");
        if (trust != null) {
            builder.trustManager(PemFile.read(trust).certificates());
        }
        if (certificates != null && key != null) {
            X509Certificate[] chain = PemFile.read(certificates).certificates();
            PrivateKey own = PemFile.read(key).privateKey(keyPassword);
            PemFile.requirePair(chain[0], own, key);
            builder.keyManager(own, chain);
        } else if (certificates != null || key != null) {
            throw new IOException("a client certificate needs a file with certificates and one with their key");
        }
        return new ClientTls(builder.build());
    }

    /** @param host as the user wrote it: the name that the certificate must have */
    SslHandler newHandler(ByteBufAllocator buffers, String host, int port) {
        return context.newHandler(buffers, host, port);
    }
}
