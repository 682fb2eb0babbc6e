// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.server;

import io.hongyan.examples.cli.CommandFailure;
import io.hongyan.server.netty.NettyTransport;
import io.hongyan.transport.netty.Networks;
import io.hongyan.transport.netty.ServerTls;
import io.hongyan.transport.netty.TlsFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the server's TCP listener is told: TLS, and who stands before it. */
final class TcpOptions {

    @Option(
            names = "--tls-cert",
            paramLabel = "PEM",
            description =
                    "The server's certificate and those above it: TCP then wants TLS. Read again when it changes.")
    private @Nullable Path certificate;

    @Option(names = "--tls-key", paramLabel = "PEM", description = "Its private key, in PKCS#8.")
    private @Nullable Path key;

    @Option(names = "--tls-key-password", paramLabel = "SECRET", description = "Of an encrypted key.")
    private @Nullable String keyPassword;

    @Option(
            names = "--tls-client-ca",
            paramLabel = "PEM",
            description = "Asks clients for a certificate, and trusts those of this CA.")
    private @Nullable Path clientCa;

    @Option(
            names = "--tls-require-client-cert",
            fallbackValue = "true",
            defaultValue = "false",
            description = "Refuses clients that show none; needs --tls-client-ca.")
    private boolean clientCertificateRequired;

    @Option(
            names = "--allow-plaintext",
            fallbackValue = "true",
            defaultValue = "false",
            description = "Takes clients without TLS on the port with TLS.")
    private boolean allowPlaintext;

    @Option(
            names = "--proxies",
            paramLabel = "NETWORK",
            split = ",",
            description = "Load balancers that speak the PROXY protocol, such as 10.0.0.0/8; TCP only.")
    private List<String> proxies = List.of();

    /** @throws CommandFailure if the options do not fit together, or a file cannot be used */
    void check() {
        if ((certificate == null) != (key == null)) {
            throw CommandFailure.usage("--tls-cert and --tls-key go together.");
        }
        if (certificate == null && (clientCa != null || keyPassword != null || allowPlaintext)) {
            throw CommandFailure.usage(
                    "--tls-client-ca, --tls-key-password and --allow-plaintext are for a server with --tls-cert.");
        }
        if (clientCertificateRequired && clientCa == null) {
            throw CommandFailure.usage("--tls-require-client-cert needs --tls-client-ca.");
        }
        try {
            Networks.of(proxies.toArray(String[]::new));
            TlsFiles files = files();
            if (files != null) {
                ServerTls.load(files);
            }
        } catch (IllegalArgumentException noNetwork) {
            throw CommandFailure.usage("--proxies: " + noNetwork.getMessage() + ".");
        } catch (IOException unusable) {
            throw CommandFailure.usage("No TLS: " + unusable.getMessage() + ".");
        }
    }

    boolean hasTls() {
        return certificate != null;
    }

    /** The transport as these options want it. */
    NettyTransport applyTo(NettyTransport transport) {
        if (!transport.name().equals("tcp")) {
            return transport;
        }
        NettyTransport told = transport;
        TlsFiles files = files();
        if (files != null) {
            told = told.tls(files);
        }
        if (allowPlaintext) {
            told = told.allowPlaintext();
        }
        return proxies.isEmpty() ? told : told.proxies(proxies.toArray(String[]::new));
    }

    private @Nullable TlsFiles files() {
        return certificate == null || key == null
                ? null
                : new TlsFiles(certificate, key, keyPassword, clientCa, clientCertificateRequired);
    }
}
