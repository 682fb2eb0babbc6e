// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client.real;

import io.hongyan.server.netty.ImServer;
import io.hongyan.server.netty.Transports;
import io.hongyan.transport.netty.IoChoice;
import io.hongyan.transport.netty.TlsFiles;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A real server with a port that has TLS, beside TCP and UDP without; and the authority that vouches for it. */
final class TlsServer implements AutoCloseable {

    private final ImServer server;

    private TlsServer(ImServer server) {
        this.server = server;
    }

    /** Writes {@code ca.pem}, {@code server.pem} and {@code server.key}. */
    static TlsFiles certificates(Path directory) throws Exception {
        X509Bundle authority = new CertificateBuilder()
                .subject("CN=Test authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        X509Bundle bundle = new CertificateBuilder()
                .subject("CN=server")
                .addSanIpAddress("127.0.0.1")
                .buildIssuedBy(authority);
        Files.writeString(directory.resolve("ca.pem"), authority.getCertificatePEM());
        return TlsFiles.of(
                Files.writeString(directory.resolve("server.pem"), bundle.getCertificatePathPEM()),
                Files.writeString(directory.resolve("server.key"), bundle.getPrivateKeyPEM()));
    }

    static TlsServer start(TlsFiles files, IoChoice io) {
        return new TlsServer(ImServer.builder()
                .listen(Transports.tcp("127.0.0.1", 0).tls(files))
                .listen(Transports.tcp("127.0.0.1", 0))
                .listen(Transports.udp("127.0.0.1", 0))
                .allowAnyone()
                .noRateLimits()
                .io(io)
                .ioThreads(2)
                .start());
    }

    /** @param transport {@code "tls"}, {@code "tcp"} or {@code "udp"} */
    String url(String transport) {
        int port = transport.equals("tcp")
                ? server.addresses().get(1).port()
                : server.port(transport.equals("tls") ? "tcp" : "udp");
        return transport + "://127.0.0.1:" + port;
    }

    @Override
    public void close() {
        server.stop(Duration.ZERO);
        server.awaitStop();
    }
}
