// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/** Reads certificates and private keys as text: {@code -----BEGIN CERTIFICATE-----}. What it throws names the file. */
final class PemFile {
    private static final List<String> KEY_KINDS = List.of("RSA", "EC", "Ed25519");
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    /** A PEM file of ours is a few KiB. */
    private static final long LONGEST_BYTES = 1 << 20;

    private final Path path;
    private final String text;

    private PemFile(Path path, String text) {
        this.path = path;
        this.text = text;
    }

    static PemFile read(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new IOException(path + ": there is no such file");
        }
        if (Files.size(path) > LONGEST_BYTES) {
            throw new IOException(path + " is larger than " + LONGEST_BYTES + " bytes");
        }
        return new PemFile(path, Files.readString(path, StandardCharsets.ISO_8859_1));
    }

    /** All certificates, in their order; at least one. */
    X509Certificate[] certificates() throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            Matcher blocks = BLOCK.matcher(text);
            while (blocks.find()) {
                if (blocks.group(1).endsWith("CERTIFICATE")) {
                    Certificate read = factory.generateCertificate(new ByteArrayInputStream(bytes(blocks.group(2))));
                    certificates.add((X509Certificate) read);
                }
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(path + ": not a certificate: " + e.getMessage(), e);
        }
        if (certificates.isEmpty()) {
            throw new IOException(path + " holds no certificate in PEM format");
        }
        return certificates.toArray(X509Certificate[]::new);
    }

    /** The first private key, in PKCS#8. */
    PrivateKey privateKey(@Nullable String password) throws IOException {
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            String kind = blocks.group(1);
            try {
                if (kind.equals("PRIVATE KEY")) {
                    return privateKey(new PKCS8EncodedKeySpec(bytes(blocks.group(2))));
                }
                if (kind.equals("ENCRYPTED PRIVATE KEY")) {
                    if (password == null) {
                        throw new IOException(path + ": the private key is encrypted, and there is no password");
                    }
                    return privateKey(decrypted(bytes(blocks.group(2)), password));
                }
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                throw new IOException(path + ": cannot read the private key: " + e.getMessage(), e);
            }
            if (kind.endsWith("PRIVATE KEY")) {
                throw new IOException(
                        path + " holds a " + kind + ": turn it into PKCS#8 with openssl pkcs8 -topk8 -nocrypt");
            }
        }
        throw new IOException(path + " holds no private key in PEM format");
    }

    /** @throws IOException unless the key belongs to the certificate, as between the writing of one file and the other */
    static void requirePair(X509Certificate certificate, PrivateKey key, Path keyFile) throws IOException {
        byte[] something = {1, 2, 3};
        try {
            String algorithm = switch (key.getAlgorithm()) {
                case "RSA" -> "SHA256withRSA";
                case "EC" -> "SHA256withECDSA";
                default -> key.getAlgorithm();
            };
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(something);
            byte[] signature = signing.sign();
            Signature checking = Signature.getInstance(algorithm);
            checking.initVerify(certificate.getPublicKey());
            checking.update(something);
            if (checking.verify(signature)) {
                return;
            }
        } catch (GeneralSecurityException otherKind) {
            throw new IOException(keyFile + ": the private key is not that of the certificate", otherKind);
        }
        throw new IOException(keyFile + ": the private key is not that of the certificate");
    }

    private static PrivateKey privateKey(PKCS8EncodedKeySpec spec) throws GeneralSecurityException {
        for (String kind : KEY_KINDS) {
            try {
                return KeyFactory.getInstance(kind).generatePrivate(spec);
            } catch (InvalidKeySpecException anotherKind) {
                continue;
            }
        }
        throw new InvalidKeySpecException("neither of " + KEY_KINDS);
    }

    private static PKCS8EncodedKeySpec decrypted(byte[] bytes, String password) throws GeneralSecurityException {
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(bytes);
            // For PBES2 the parameters alone say which cipher.
            String algorithm =
                    info.getAlgName().equals("PBES2") || info.getAlgName().startsWith("1.2.")
                            ? String.valueOf(info.getAlgParameters())
                            : info.getAlgName();
            Key key = SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password.toCharArray()));
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(Cipher.DECRYPT_MODE, key, info.getAlgParameters());
            return info.getKeySpec(cipher);
        } catch (IOException e) {
            throw new InvalidKeySpecException(e);
        }
    }

    private static byte[] bytes(String base64) {
        return Base64.getMimeDecoder().decode(base64);
    }
}
