// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hongyan.contracts.RecordingHandler;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionAcceptor;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.frame.Preface;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What TCP under TLS keeps: all of the common contract, and whom it trusts. */
abstract class TlsContract extends NettyTransportContract {
    @TempDir
    @Nullable
    Path directory;

    private final StreamOptions options =
            StreamOptions.builder().closeTimeoutMillis(1_000).build();
    private final CountedEvents events = new CountedEvents();
    private TestCertificates certificates;
    private ServerTls serverTls;
    private ClientTls clientTls;
    private boolean allowsPlaintext;

    @Override
    protected void open() {
        try {
            certificates = new TestCertificates(Objects.requireNonNull(directory));
            serverTls = ServerTls.load(certificates.server("server"));
            clientTls = ClientTls.load(certificates.ca(), null, null, null);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        super.open();
    }

    @Override
    Listening listen(IoLoops loops, InetSocketAddress address, ConnectionAcceptor acceptor) throws IOException {
        Entrance entrance = new Entrance(serverTls, allowsPlaintext, Networks.NONE, ConnectionGate.OPEN, events);
        TcpListener bound = TcpListener.bind(loops, address, options, entrance, acceptor);
        return new Listening() {
            @Override
            public InetSocketAddress address() {
                return bound.localAddress();
            }

            @Override
            public CompletionStage<Void> close(ReasonCode code) {
                return bound.close(code, "the test says so");
            }
        };
    }

    @Override
    CompletionStage<Connection> connect(
            IoLoops loops, InetSocketAddress server, Function<Connection, ConnectionHandler> handlers) {
        return connect(server, clientTls, server.getAddress().getHostAddress(), handlers);
    }

    private CompletionStage<Connection> connect(
            InetSocketAddress server,
            @Nullable ClientTls tls,
            String host,
            Function<Connection, ConnectionHandler> handlers) {
        return new TcpConnector(loops, options).connect(loops.next(), server, tls, host, handlers);
    }

    @Test
    void saysThatItIsProtected() {
        RecordingHandler client = connected();
        RecordingHandler server = onlyAccepted();
        assertThat(client.connection.transport()).isEqualTo("tls");
        assertThat(server.connection.transport()).isEqualTo("tls");
        assertThat(server.connection.peerCertificate()).isNull();
        assertThat(Objects.requireNonNull(client.connection.peerCertificate())
                        .getSubjectX500Principal()
                        .getName())
                .isEqualTo("CN=server");
    }

    @Test
    void takesNoServerThatNobodyVouchesFor() {
        assertThat(refusal(ClientTls.ofSystem(), "127.0.0.1").reason()).isEqualTo(ReasonCode.PROTECTION_REQUIRED);
        assertThat(accepted).isEmpty();
        await().until(() -> events.tlsFailures.get() == 1);
    }

    @Test
    void takesNoServerUnderAnotherName() {
        ConnectFailedException refusal = refusal(clientTls, "chat.example");
        assertThat(refusal.reason()).isEqualTo(ReasonCode.PROTECTION_REQUIRED);
        assertThat(refusal).hasMessageContaining("chat.example");
        assertThat(accepted).isEmpty();
    }

    @Test
    void takesNoServerWhoseCertificateHasExpired() throws Exception {
        X509Bundle root = new CertificateBuilder()
                .subject("CN=Old authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        X509Bundle old = new CertificateBuilder()
                .subject("CN=old")
                .addSanIpAddress("127.0.0.1")
                .notBefore(Instant.now().minusSeconds(7_200))
                .notAfter(Instant.now().minusSeconds(3_600))
                .buildIssuedBy(root);
        serverTls = ServerTls.load(certificates.files("old", old));
        listening = listen(loops, anyPort(), this::accept);
        ClientTls trusting =
                ClientTls.load(certificates.write("old-ca.pem", root.getCertificatePEM()), null, null, null);
        assertThat(refusal(trusting, "127.0.0.1").reason()).isEqualTo(ReasonCode.PROTECTION_REQUIRED);
    }

    @Test
    void aClientWithoutTlsIsToldToUseIt() {
        assertThat(refusal(null, "127.0.0.1").reason()).isEqualTo(ReasonCode.PROTECTION_REQUIRED);
        assertThat(accepted).isEmpty();
        assertThat(events.refused).containsExactly(ReasonCode.PROTECTION_REQUIRED);
    }

    @Test
    void plainTextIsTakenWhereItIsAllowed() throws IOException {
        allowsPlaintext = true;
        listening = listen(loops, anyPort(), this::accept);
        assertThat(connect(listening.address(), null, "127.0.0.1", RecordingHandler::new))
                .succeedsWithin(10, TimeUnit.SECONDS);
        assertThat(onlyAccepted().connection.transport()).isEqualTo("tcp");
        connected();
        await().until(() -> accepted.size() == 2);
        assertThat(accepted.get(1).connection.transport()).isEqualTo("tls");
    }

    @Test
    void aServerWithoutTlsSaysSo() throws IOException {
        serverTls = null;
        listening = listen(loops, anyPort(), this::accept);
        assertThat(refusal(clientTls, "127.0.0.1").reason()).isEqualTo(ReasonCode.PROTECTION_REQUIRED);
        assertThat(events.refused).containsExactly(ReasonCode.PROTECTION_REQUIRED);
    }

    @Test
    void aServerThatIsGoneWithinTheHandshakeIsALostConnection() throws Exception {
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletionStage<Connection> stage = connect(
                    (InetSocketAddress) gone.getLocalSocketAddress(), clientTls, "127.0.0.1", RecordingHandler::new);
            gone.accept().close();
            assertThatThrownBy(() -> stage.toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            ConnectFailedException.class,
                            lost -> assertThat(lost.reason()).isEqualTo(ReasonCode.CONNECTION_LOST));
        }
    }

    @Test
    void showsTheCertificateOfAClient() throws Exception {
        TlsFiles alice = certificates.client("alice");
        serverTls = ServerTls.load(certificates.server("asking").withClientCa(certificates.ca(), false));
        listening = listen(loops, anyPort(), this::accept);
        connected();
        assertThat(onlyAccepted().connection.peerCertificate()).isNull();
        accepted.clear();
        clientTls = ClientTls.load(certificates.ca(), alice.certificates(), alice.key(), null);
        connected();
        assertThat(Objects.requireNonNull(onlyAccepted().connection.peerCertificate())
                        .getSubjectX500Principal()
                        .getName())
                .isEqualTo("CN=alice");
    }

    @Test
    void takesNoClientWithoutACertificateWhereOneIsRequired() throws Exception {
        TlsFiles alice = certificates.client("alice");
        serverTls = ServerTls.load(certificates.server("asking").withClientCa(certificates.ca(), true));
        listening = listen(loops, anyPort(), this::accept);
        refusal(clientTls, "127.0.0.1");
        assertThat(accepted).isEmpty();
        await().until(() -> events.tlsFailures.get() == 1);
        X509Bundle stranger = new CertificateBuilder()
                .subject("CN=alice")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        TlsFiles forged = certificates.files("forged", stranger);
        refusal(ClientTls.load(certificates.ca(), forged.certificates(), forged.key(), null), "127.0.0.1");
        assertThat(accepted).isEmpty();
        clientTls = ClientTls.load(certificates.ca(), alice.certificates(), alice.key(), null);
        connected();
        onlyAccepted();
    }

    @Test
    void newLinksGetTheNewCertificateAndOldOnesStay() throws Exception {
        RecordingHandler before = connected();
        RecordingHandler serverBefore = onlyAccepted();
        assertThat(serverTls.reloadIfChanged()).isFalse();
        certificates.server("server", "CN=renewed");
        assertThat(serverTls.reloadIfChanged()).isTrue();
        accepted.clear();
        RecordingHandler after = connected();
        assertThat(Objects.requireNonNull(after.connection.peerCertificate())
                        .getSubjectX500Principal()
                        .getName())
                .isEqualTo("CN=renewed");
        send(before, Lane.CHAT, numbered(0, 31));
        await().until(() -> serverBefore.frames.size() == 1);
    }

    @Test
    void aBrokenNewFileKeepsTheOldCertificate() throws Exception {
        certificates.write("server.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertThatThrownBy(serverTls::reloadIfChanged)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("server.pem");
        assertThat(serverTls.reloadIfChanged()).as("looked at once").isFalse();
        Files.delete(Objects.requireNonNull(directory).resolve("server.pem"));
        assertThatThrownBy(serverTls::reloadIfChanged).hasMessageContaining("server.pem: there is no such file");
        assertThat(serverTls.reloadIfChanged()).as("looked at once").isFalse();
        connected();
        certificates.server("server", "CN=mended");
        assertThat(serverTls.reloadIfChanged()).isTrue();
    }

    @Test
    void aCertificateWrittenBeforeItsKeyIsNotTaken() throws Exception {
        TlsFiles other = certificates.server("other");
        certificates.write("server.pem", Files.readString(other.certificates()));
        assertThatThrownBy(serverTls::reloadIfChanged).hasMessageContaining("not that of the certificate");
        connected();
        certificates.write("server.key", Files.readString(other.key()));
        assertThat(serverTls.reloadIfChanged()).isTrue();
        connected();
    }

    @Test
    void aHandshakeThatDoesNotEndIsClosedInTime() throws IOException {
        StreamOptions impatient = StreamOptions.builder()
                .firstBytesTimeoutMillis(50)
                .prefaceTimeoutMillis(150)
                .build();
        Entrance entrance = new Entrance(serverTls, false, Networks.NONE, ConnectionGate.OPEN, events);
        TcpListener bound = TcpListener.bind(loops, anyPort(), impatient, entrance, this::accept);
        try (Socket socket = new Socket(
                bound.localAddress().getAddress(), bound.localAddress().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xFC});
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        await().until(() -> events.refused.contains(ReasonCode.HANDSHAKE_TIMEOUT));
    }

    @Test
    void bytesThatAreNoTlsBehindItsFirstOnesEndTheLink() throws IOException {
        try (Socket socket =
                new Socket(listening.address().getAddress(), listening.address().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(new byte[] {0x16, 3, 1, 0, 4, 9, 9, 9, 9});
            socket.getInputStream().readAllBytes();
        }
        await().until(() -> events.tlsFailures.get() == 1);
        assertThat(accepted).isEmpty();
    }

    @Test
    void aPrefaceWithinTlsIsJudgedAsWithout() throws Exception {
        try (Socket socket = clientSocket()) {
            socket.getOutputStream().write(new byte[] {'H', 'Y', 'I', 'M', 0, 0, 0, 0});
            socket.getOutputStream().flush();
            assertThat(socket.getInputStream().readNBytes(Preface.BYTES)).isEqualTo(Preface.answer(0));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        try (Socket socket = clientSocket()) {
            socket.getOutputStream().write(new byte[] {0x16, 3, 1, 0, 4, 9, 9, 9, 9});
            socket.getOutputStream().flush();
            assertThat(socket.getInputStream().readNBytes(Preface.BYTES)).isEqualTo(Preface.answer(0));
        }
        assertThat(accepted).isEmpty();
    }

    /** The JDK's own client, which knows none of our code. */
    private Socket clientSocket() throws Exception {
        KeyStore trust = KeyStore.getInstance(KeyStore.getDefaultType());
        trust.load(null, null);
        trust.setCertificateEntry("ca", PemFile.read(certificates.ca()).certificates()[0]);
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trust);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        Socket socket = context.getSocketFactory()
                .createSocket(
                        listening.address().getAddress(), listening.address().getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private ConnectFailedException refusal(@Nullable ClientTls tls, String host) {
        try {
            connect(listening.address(), tls, host, RecordingHandler::new)
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(ConnectFailedException.class);
            return (ConnectFailedException) e.getCause();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("it connected");
    }
}
