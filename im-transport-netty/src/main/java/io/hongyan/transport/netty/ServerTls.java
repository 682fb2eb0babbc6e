// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.ThreadSafe;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * TLS 1.2 and 1.3 of a listener, from {@link TlsFiles} that may change while it runs: links that begin after a reload get
 * the new certificate, those there are keep theirs.
 *
 * <p>The JDK's provider does the work, or OpenSSL where netty-tcnative is on the class path.
 */
@ThreadSafe
public final class ServerTls {
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private final TlsFiles files;
    private volatile SslContext context;
    private List<Stamp> stamps;

    private ServerTls(TlsFiles files, SslContext context, List<Stamp> stamps) {
        this.files = files;
        this.context = context;
        this.stamps = stamps;
    }

    /**
     * Reads the files. May block.
     *
     * @throws IOException naming the file that cannot be used, and why
     */
    public static ServerTls load(TlsFiles files) throws IOException {
        List<Stamp> stamps = stamps(files);
        return new ServerTls(files, read(files), stamps);
    }

    /**
     * Reads the files again, if one of them has changed since they were read or refused. May block; not on an event loop.
     *
     * @return whether there is a new certificate
     * @throws IOException naming the file that cannot be used, and why; the certificate of before stays
     */
    public synchronized boolean reloadIfChanged() throws IOException {
        List<Stamp> now = stamps(files);
        if (now.equals(stamps)) {
            return false;
        }
        // Remembered before they are read: refused files are not read again until they change again.
        stamps = now;
        context = read(files);
        return true;
    }

    /** @param tasks runs what takes long: signatures, checks of certificates */
    SslHandler newHandler(ByteBufAllocator buffers, Executor tasks) {
        return context.newHandler(buffers, tasks);
    }

    @Override
    public String toString() {
        return "tls " + files.certificates();
    }

    private static SslContext read(TlsFiles files) throws IOException {
        X509Certificate[] chain = PemFile.read(files.certificates()).certificates();
        PrivateKey key = PemFile.read(files.key()).privateKey(files.keyPassword());
        PemFile.requirePair(chain[0], key, files.key());
        SslContextBuilder builder = SslContextBuilder.forServer(key, chain).protocols(PROTOCOLS);
        Path clientCa = files.clientCa();
        if (clientCa != null) {
            builder.trustManager(PemFile.read(clientCa).certificates())
                    .clientAuth(files.clientCertificateRequired() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
        }
        return builder.build();
    }

    private static List<Stamp> stamps(TlsFiles files) throws IOException {
        List<Stamp> stamps = new ArrayList<>();
        stamps.add(Stamp.of(files.certificates()));
        stamps.add(Stamp.of(files.key()));
        Path clientCa = files.clientCa();
        if (clientCa != null) {
            stamps.add(Stamp.of(clientCa));
        }
        return stamps;
    }

    /** What tells that a file is another one than before; a renamed one has another key. */
    private record Stamp(
            long modifiedMillis, long bytes, @Nullable Object key) {
        static Stamp of(Path path) throws IOException {
            try {
                BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
                return new Stamp(file.lastModifiedTime().toMillis(), file.size(), file.fileKey());
            } catch (NoSuchFileException missing) {
                return new Stamp(0, 0, null);
            }
        }
    }
}
