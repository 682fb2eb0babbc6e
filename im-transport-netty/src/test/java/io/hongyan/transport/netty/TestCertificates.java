// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

/** An authority made for one test, and the files of those it vouches for. */
final class TestCertificates {
    private final Path directory;
    private final X509Bundle authority;
    private long stamp = 1_000_000_000_000L;

    TestCertificates(Path directory) throws Exception {
        this.directory = directory;
        this.authority = new CertificateBuilder()
                .subject("CN=Test authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        write("ca.pem", authority.getCertificatePEM());
    }

    Path ca() {
        return directory.resolve("ca.pem");
    }

    /** Writes {@code NAME.pem} and {@code NAME.key} of a server on the loopback. */
    TlsFiles server(String name) throws Exception {
        return server(name, "CN=" + name);
    }

    TlsFiles server(String name, String subject) throws Exception {
        X509Bundle server = new CertificateBuilder()
                .subject(subject)
                .addSanDnsName("localhost")
                .addSanIpAddress("127.0.0.1")
                .addSanIpAddress("::1")
                .addExtendedKeyUsageServerAuth()
                .buildIssuedBy(authority);
        return files(name, server);
    }

    TlsFiles client(String name) throws Exception {
        return files(
                name,
                new CertificateBuilder()
                        .subject("CN=" + name)
                        .addExtendedKeyUsageClientAuth()
                        .buildIssuedBy(authority));
    }

    TlsFiles files(String name, X509Bundle bundle) throws IOException {
        return TlsFiles.of(
                write(name + ".pem", bundle.getCertificatePathPEM()), write(name + ".key", bundle.getPrivateKeyPEM()));
    }

    /** Each writing has a later time than the one before, whatever the clock of the file system. */
    Path write(String name, String text) throws IOException {
        Path path = Files.writeString(directory.resolve(name), text);
        stamp += 10_000;
        Files.setLastModifiedTime(path, FileTime.fromMillis(stamp));
        return path;
    }
}
