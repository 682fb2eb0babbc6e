// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemFileTest {
    /** The object id 1.2.840.113549.1.5.13. */
    private static final byte[] PBES2 = {6, 9, 0x2A, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xF7, 0x0D, 1, 5, 0x0D};

    @TempDir
    @Nullable
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void readsKeysOfEveryKind(String kind) throws Exception {
        PrivateKey key = KeyPairGenerator.getInstance(kind).generateKeyPair().getPrivate();
        assertThat(PemFile.read(pem("PRIVATE KEY", key.getEncoded())).privateKey(null))
                .isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PBEWithHmacSHA256AndAES_256", "PBEWithHmacSHA1AndAES_128"})
    void readsAnEncryptedKeyWithItsPassword(String algorithm) throws Exception {
        PrivateKey key = KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate();
        SecretKey secret =
                SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec("sesame".toCharArray()));
        Cipher cipher = Cipher.getInstance(algorithm);
        cipher.init(Cipher.ENCRYPT_MODE, secret, new PBEParameterSpec(new byte[16], 1_000));
        byte[] parameters = cipher.getParameters().getEncoded();
        byte[] how = startsWith(parameters, PBES2) ? parameters : der(0x30, PBES2, parameters);
        byte[] sealed = der(0x30, how, der(4, cipher.doFinal(key.getEncoded())));
        PemFile file = PemFile.read(pem("ENCRYPTED PRIVATE KEY", sealed));
        assertThat(file.privateKey("sesame")).isEqualTo(key);
        assertThatThrownBy(() -> file.privateKey("barley")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> file.privateKey(null)).hasMessageContaining("no password");
    }

    @Test
    void namesTheFileAndWhatIsWrongWithIt() throws Exception {
        Path old = pem("RSA PRIVATE KEY", new byte[8]);
        assertThatThrownBy(() -> PemFile.read(old).privateKey(null))
                .hasMessageContaining(old.toString())
                .hasMessageContaining("PKCS#8");
        Path empty = Files.writeString(file("empty.pem"), "nothing");
        assertThatThrownBy(() -> PemFile.read(empty).privateKey(null)).hasMessageContaining("no private key");
        assertThatThrownBy(() -> PemFile.read(empty).certificates()).hasMessageContaining("no certificate");
        Path broken = pem("CERTIFICATE", new byte[8]);
        assertThatThrownBy(() -> PemFile.read(broken).certificates()).hasMessageContaining(broken.toString());
        Path missing = file("missing.pem");
        assertThatThrownBy(() -> PemFile.read(missing)).isInstanceOf(IOException.class);
    }

    @Test
    void readsNoFileOfAnotherKind() throws Exception {
        Path large = Files.write(file("large"), new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> PemFile.read(large)).hasMessageContaining("larger than");
    }

    /** Whether the first element of a sequence is this one. */
    private static boolean startsWith(byte[] sequence, byte[] element) {
        int header = (sequence[1] & 0x80) == 0 ? 2 : 2 + (sequence[1] & 0x7F);
        return Arrays.equals(sequence, header, header + element.length, element, 0, element.length);
    }

    private static byte[] der(int tag, byte[]... parts) {
        byte[] content = TcpContract.concat(parts);
        byte[] header = {(byte) tag, (byte) 0x82, (byte) (content.length >> 8), (byte) content.length};
        return TcpContract.concat(header, content);
    }

    private Path pem(String kind, byte[] bytes) throws IOException {
        String base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(bytes);
        return Files.writeString(
                file("some.pem"),
                "a comment\n-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n");
    }

    private Path file(String name) {
        return Objects.requireNonNull(directory).resolve(name);
    }
}
