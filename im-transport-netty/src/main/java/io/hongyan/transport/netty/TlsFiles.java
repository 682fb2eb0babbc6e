// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.ThreadSafe;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a server's certificates are, as PEM files; immutable.
 *
 * @param certificates the server's certificate, then those that lead to a root
 * @param key its private key in PKCS#8: RSA, EC or Ed25519
 * @param keyPassword of an encrypted key; null when it is not
 * @param clientCa whom to trust when clients show a certificate; null = none is asked for
 * @param clientCertificateRequired whether a client without a certificate is refused; needs {@code clientCa}
 */
@ThreadSafe
public record TlsFiles(
        Path certificates,
        Path key,
        @Nullable String keyPassword,
        @Nullable Path clientCa,
        boolean clientCertificateRequired) {
    /** @throws IllegalArgumentException when client certificates are required and nobody is trusted to give them */
    public TlsFiles {
        Objects.requireNonNull(certificates, "certificates");
        Objects.requireNonNull(key, "key");
        if (clientCertificateRequired && clientCa == null) {
            throw new IllegalArgumentException("client certificates are required, and there is no client CA");
        }
    }

    /** Without client certificates. */
    public static TlsFiles of(Path certificates, Path key) {
        return new TlsFiles(certificates, key, null, null, false);
    }

    /** The same with a key that is encrypted. */
    public TlsFiles withKeyPassword(String password) {
        return new TlsFiles(certificates, key, password, clientCa, clientCertificateRequired);
    }

    /** The same for clients that may show a certificate of this CA, or must. */
    public TlsFiles withClientCa(Path ca, boolean required) {
        return new TlsFiles(certificates, key, keyPassword, ca, required);
    }

    /** All but the password. */
    @Override
    public String toString() {
        return "TlsFiles[certificates=" + certificates + ", key=" + key + ", clientCa=" + clientCa
                + ", clientCertificateRequired=" + clientCertificateRequired + "]";
    }
}
