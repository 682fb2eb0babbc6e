// SPDX-License-Identifier: Apache-2.0
package io.hongyan.server.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hongyan.core.auth.AuthResult;
import io.hongyan.core.auth.LoginRequest;
import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.metrics.Metric;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.UserId;
import io.hongyan.protocol.rudp.CongestionControl;
import io.hongyan.transport.netty.ClientTls;
import io.hongyan.transport.netty.ConnectFailedException;
import io.hongyan.transport.netty.IoLoops;
import io.hongyan.transport.netty.ServerTls;
import io.hongyan.transport.netty.TlsFiles;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who comes into a server, and who is told what. */
@Timeout(60)
class EntranceTest {
    @TempDir
    @Nullable
    Path directory;

    private final IoLoops clientLoops =
            IoLoops.builder().threads(1).name("test-client").build();
    private final List<LoginRequest> logins = new CopyOnWriteArrayList<>();
    private final Counts counts = new Counts();
    private final List<Path> written = new ArrayList<>();
    private @Nullable ImServer server;

    @AfterEach
    void stop() {
        clientLoops.close();
        if (server != null) {
            server.stop(Duration.ZERO);
            server.awaitStop();
        }
    }

    @Test
    void anAddressHasItsConnectionsAndNoMoreOverBothCarriers() {
        start(builder().limits(ServerLimits.builder().connectionsPerAddress(2).build()));
        TestClient tcp = client("tcp");
        client("udp");
        assertThatThrownBy(() -> client("tcp"))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(ConnectFailedException.class);
        assertThat(refusal("udp")).isEqualTo(ReasonCode.TOO_MANY_CONNECTIONS);
        assertThat(counts.of(Metric.CONNECTIONS_REFUSED, ReasonCode.TOO_MANY_CONNECTIONS))
                .isEqualTo(2);
        tcp.close();
        await().until(() -> counts.of(Metric.CONNECTIONS_CLOSED) == 1);
        assertThat(client("tcp").login("alice", "").isAccepted()).isTrue();
    }

    @Test
    void anAddressHasItsRateAndNoMore() {
        start(builder()
                .limits(ServerLimits.builder()
                        .connectionBurst(3)
                        .connectionsPerSecond(1)
                        .build()));
        for (int i = 0; i < 3; i++) {
            client("tcp");
        }
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 20; i++) {
                        client("tcp");
                    }
                })
                .hasCauseInstanceOf(ConnectFailedException.class);
        assertThat(counts.of(Metric.CONNECTIONS_REFUSED, ReasonCode.RATE_LIMITED))
                .isEqualTo(1);
    }

    @Test
    void withoutRateLimitsNoAddressIsCounted() {
        start(builder()
                .limits(ServerLimits.builder()
                        .connectionsPerAddress(1)
                        .connectionBurst(1)
                        .connectionsPerSecond(1)
                        .build())
                .noRateLimits());
        for (int i = 0; i < 10; i++) {
            client(i % 2 == 0 ? "tcp" : "udp");
        }
    }

    @Test
    void aBlockedAddressIsNotHeardOnEitherCarrier() {
        List<InetAddress> asked = new CopyOnWriteArrayList<>();
        start(builder().connectionFilter(address -> {
            asked.add(address);
            return false;
        }));
        assertThatThrownBy(() -> client("tcp")).hasCauseInstanceOf(ConnectFailedException.class);
        CompletableFuture<Connection> silence =
                TestClient.connecting(clientLoops, "udp", running().port("udp"), null);
        await().until(() -> counts.of(Metric.CONNECTIONS_REFUSED, ReasonCode.NOT_PERMITTED) >= 3);
        assertThat(silence).isNotDone();
        assertThat(asked).containsOnly(InetAddress.getLoopbackAddress());
        assertThat(counts.of(Metric.CONNECTIONS_OPENED)).isZero();
    }

    @Test
    void aFilterThatThrowsRefuses() {
        start(builder().connectionFilter(address -> {
            throw new IllegalStateException("on purpose");
        }));
        assertThatThrownBy(() -> client("tcp")).hasCauseInstanceOf(ConnectFailedException.class);
        assertThat(counts.of(Metric.CALLBACKS_FAILED)).isEqualTo(1);
    }

    @Test
    void theAuthenticatorSeesTheClientsCertificate() throws Exception {
        X509Bundle authority = authority();
        TlsFiles files = files("server", serverCertificate(authority, "CN=server"))
                .withClientCa(write("ca.pem", authority.getCertificatePEM()), true);
        TlsFiles alice = files(
                "alice",
                new CertificateBuilder()
                        .subject("CN=alice, O=Example")
                        .addExtendedKeyUsageClientAuth()
                        .buildIssuedBy(authority));
        start(ImServer.builder().listen(Transports.tcp("127.0.0.1", 0).tls(files)));
        ClientTls tls = ClientTls.load(path("ca.pem"), alice.certificates(), alice.key(), null);
        LoginResult result = client("tls", tls).login("alice", "");
        assertThat(result.isAccepted()).isTrue();
        assertThat(logins.get(0).certificateSubject()).isEqualTo("CN=alice,O=Example");
        assertThat(logins.get(0).transport()).isEqualTo("tls");
        assertThat(running().sessions(new UserId("alice")))
                .singleElement()
                .satisfies(session -> assertThat(session.transport()).isEqualTo("tls"));
    }

    @Test
    void reloadsItsCertificateOrKeepsTheOldOneAndCountsBoth() throws Exception {
        X509Bundle authority = authority();
        write("ca.pem", authority.getCertificatePEM());
        TlsFiles files = files("server", serverCertificate(authority, "CN=first"));
        start(ImServer.builder().listen(Transports.tcp("127.0.0.1", 0).tls(files)));
        ClientTls tls = ClientTls.load(path("ca.pem"), null, null, null);
        assertThat(running().reloadCertificates()).isZero();
        assertThat(nameOfServer(tls)).isEqualTo("CN=first");

        write("server.pem", "no certificate");
        assertThat(running().reloadCertificates()).isZero();
        assertThat(counts.of(Metric.CERTIFICATES_REFUSED)).isEqualTo(1);
        assertThat(nameOfServer(tls)).isEqualTo("CN=first");

        files("server", serverCertificate(authority, "CN=second"));
        assertThat(running().reloadCertificates()).isEqualTo(1);
        assertThat(counts.of(Metric.CERTIFICATES_RELOADED)).isEqualTo(1);
        assertThat(nameOfServer(tls)).isEqualTo("CN=second");
    }

    @Test
    void noticesByItselfThatAFileHasChanged() throws Exception {
        X509Bundle authority = authority();
        TlsFiles files = files("server", serverCertificate(authority, "CN=first"));
        try (CertificateWatch watch = new CertificateWatch(ServerTls.load(files), counts, 5)) {
            files("server", serverCertificate(authority, "CN=second"));
            await().until(() -> counts.of(Metric.CERTIFICATES_RELOADED) == 1);
            assertThat(watch.look()).isFalse();
        }
    }

    @Test
    void filesThatCannotBeUsedFailTheStartByTheirName() throws Exception {
        write("server.pem", "no certificate");
        TlsFiles files = TlsFiles.of(path("server.pem"), path("server.key"));
        ImServer.Builder broken = ImServer.builder()
                .listen(Transports.tcp("127.0.0.1", 0).tls(files))
                .allowAnyone();
        assertThatThrownBy(broken::start).hasMessageContaining("server.");
    }

    @Test
    void whatTlsAndProxiesCannotDoIsAMistake() {
        ImServer.Builder builder = ImServer.builder()
                .listen(Transports.udp(0).proxies("10.0.0.0/8"))
                .listen(Transports.tcp(0).proxies("10.0.0.0/99"))
                .allowAnyone();
        assertThatThrownBy(builder::build)
                .hasMessageContaining("for TCP")
                .hasMessageContaining("0 to 32 bits: 10.0.0.0/99");
    }

    @Test
    void whatTheEngineCannotDoIsAMistakeToldWithAllOthers() {
        ImServer.Builder builder = ImServer.builder()
                .listen(Transports.udp(0).ticketSeconds(604_801))
                .listen(Transports.udp(0).ticketSeconds(-1))
                .listen(Transports.udp(0).maxDatagramBytes(1_199))
                .listen(Transports.udp(0).maxDatagramBytes(1_453))
                .listen(Transports.tcp(0).ticketSeconds(0))
                .listen(Transports.tcp(1).congestionControl(CongestionControl.CUBIC))
                .allowAnyone();
        assertThatThrownBy(builder::build)
                .hasMessageContaining("ticketLifetimeSeconds is 0 to 604800, not 604801")
                .hasMessageContaining("ticketLifetimeSeconds is 0 to 604800, not -1")
                .hasMessageContaining("maxDatagramBytes is 1200 to 1452, not 1199")
                .hasMessageContaining("maxDatagramBytes is 1200 to 1452, not 1453")
                .hasMessageContaining("tcp port 0: tickets, redundancy, congestionControl and maxDatagramBytes are for")
                .hasMessageContaining(
                        "tcp port 1: tickets, redundancy, congestionControl and maxDatagramBytes are for");
        assertThat(ImServer.builder()
                        .listen(Transports.udp(0)
                                .ticketSeconds(0)
                                .redundancy(false)
                                .congestionControl(CongestionControl.CUBIC)
                                .maxDatagramBytes(1_200))
                        .allowAnyone()
                        .build())
                .isNotNull();
    }

    private ImServer.Builder builder() {
        return ImServer.builder().listen(Transports.tcp("127.0.0.1", 0)).listen(Transports.udp("127.0.0.1", 0));
    }

    private void start(ImServer.Builder builder) {
        server = builder.authenticator(login -> {
                    logins.add(login);
                    return CompletableFuture.completedStage(AuthResult.accept());
                })
                .metrics(counts)
                .ioThreads(2)
                .start();
    }

    private ImServer running() {
        return Objects.requireNonNull(server);
    }

    private TestClient client(String transport) {
        return TestClient.connect(clientLoops, transport, running().port(transport));
    }

    private TestClient client(String transport, ClientTls tls) {
        return TestClient.connect(clientLoops, transport, running().port("tcp"), tls);
    }

    /** Told with the answer to the handshake, or right behind it. */
    private ReasonCode refusal(String transport) {
        try {
            TestClient refused = client(transport);
            await().until(() -> refused.closed != null);
            return Objects.requireNonNull(refused.closed);
        } catch (CompletionException e) {
            return ((ConnectFailedException) e.getCause()).reason();
        }
    }

    private String nameOfServer(ClientTls tls) {
        Connection connection = TestClient.connecting(
                        clientLoops, "tls", running().port("tcp"), tls)
                .join();
        return Objects.requireNonNull(connection.peerCertificate())
                .getSubjectX500Principal()
                .getName();
    }

    private static X509Bundle authority() throws Exception {
        return new CertificateBuilder()
                .subject("CN=Test authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private static X509Bundle serverCertificate(X509Bundle authority, String subject) throws Exception {
        return new CertificateBuilder()
                .subject(subject)
                .addSanIpAddress("127.0.0.1")
                .buildIssuedBy(authority);
    }

    private TlsFiles files(String name, X509Bundle bundle) throws IOException {
        return TlsFiles.of(
                write(name + ".pem", bundle.getCertificatePathPEM()), write(name + ".key", bundle.getPrivateKeyPEM()));
    }

    /** Each writing has a later time than the one before. */
    private Path write(String name, String text) throws IOException {
        Path path = Files.writeString(path(name), text);
        written.add(path);
        Files.setLastModifiedTime(path, FileTime.fromMillis(1_000_000_000_000L + written.size() * 10_000L));
        return path;
    }

    private Path path(String name) {
        return Objects.requireNonNull(directory).resolve(name);
    }

    private static final class Counts implements ImMetrics {
        private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();

        @Override
        public void add(Metric metric, long amount) {
            counts.computeIfAbsent(metric.name(), any -> new AtomicLong()).addAndGet(amount);
        }

        @Override
        public void add(Metric metric, ReasonCode code, long amount) {
            add(metric, amount);
            counts.computeIfAbsent(metric.name() + code, any -> new AtomicLong())
                    .addAndGet(amount);
        }

        long of(Metric metric) {
            return counts.getOrDefault(metric.name(), new AtomicLong()).get();
        }

        long of(Metric metric, ReasonCode code) {
            return counts.getOrDefault(metric.name() + code, new AtomicLong()).get();
        }
    }
}
