// SPDX-License-Identifier: Apache-2.0
package io.hongyan.server.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.hongyan.core.Content;
import io.hongyan.core.Drain;
import io.hongyan.core.Health;
import io.hongyan.core.NodeStats;
import io.hongyan.core.ReceiptLevel;
import io.hongyan.core.auth.AuthResult;
import io.hongyan.core.listener.SessionInfo;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.metrics.MetricCounts;
import io.hongyan.core.transport.Bound;
import io.hongyan.core.transport.Transport;
import io.hongyan.core.transport.TransportContext;
import io.hongyan.core.transport.TransportStats;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.Logout;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.UserId;
import io.hongyan.transport.netty.IoChoice;
import io.hongyan.transport.netty.IoLoops;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ImServerTest {
    private static final IoLoops CLIENTS =
            IoLoops.builder().threads(1).name("test-clients").build();

    @BeforeAll
    static void lookOften() {
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(Duration.ofMillis(5));
    }

    @AfterAll
    static void closeClients() {
        CLIENTS.close();
    }

    @ParameterizedTest
    @CsvSource({"tcp,tcp", "tcp,udp", "udp,tcp", "udp,udp"})
    void peopleTalkWhateverTheyCameOn(String hers, String his) {
        try (ImServer server = open().start()) {
            TestClient alice = TestClient.connect(CLIENTS, hers, server.port(hers));
            TestClient bob = TestClient.connect(CLIENTS, his, server.port(his));
            assertThat(alice.login("alice", "").code()).isEqualTo(ReasonCode.OK);
            assertThat(bob.login("bob", "").code()).isEqualTo(ReasonCode.OK);
            for (int i = 0; i < 100; i++) {
                alice.say("bob", "hi " + i);
                bob.say("alice", "yo " + i);
            }
            await().until(() -> alice.delivered() == 100 && bob.delivered() == 100);
            assertThat(bob.texts()).hasSize(100).startsWith("hi 0").endsWith("hi 99");
            assertThat(alice.texts()).hasSize(100).startsWith("yo 0").endsWith("yo 99");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"EPOLL", "NIO"})
    void worksWithEitherKindOfLoop(IoChoice io) {
        if (io == IoChoice.EPOLL && !IoChoice.isEpollAvailable()) {
            return;
        }
        try (ImServer server = open().io(io).ioThreads(2).start()) {
            TestClient alice = TestClient.connect(CLIENTS, "udp", server.port("udp"));
            alice.login("alice", "");
            alice.say("alice", "to myself");
            await().until(() -> alice.texts().equals(List.of("to myself")));
        }
    }

    @Test
    void tellsItsFiguresAndItsHealth() throws Exception {
        MetricCounts counts = new MetricCounts();
        ImServer server = open().metrics(counts).start();
        try (server) {
            TestClient alice = TestClient.connect(CLIENTS, "tcp", server.port("tcp"));
            TestClient bob = TestClient.connect(CLIENTS, "udp", server.port("udp"));
            alice.login("alice", "");
            bob.login("bob", "");
            alice.say("bob", "hi");
            await().until(() -> alice.delivered() == 1);
            assertThat(server.health().toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .isEqualTo(new Health(true, true, List.of()));
            await().until(() -> counts.of(Metric.DATAGRAMS_IN) > 0 && counts.of(Metric.HANDSHAKES) == 1);
            assertThat(counts.of(Metric.DATAGRAMS_OUT)).isPositive();
            NodeStats stats = server.stats();
            assertThat(stats.connections()).isEqualTo(2);
            assertThat(stats.sessions()).isEqualTo(2);
            assertThat(stats.transports())
                    .extracting(TransportStats::transport, TransportStats::connections)
                    .containsExactlyInAnyOrder(tuple("tcp", 1), tuple("udp", 1));
            try (DatagramSocket stranger = new DatagramSocket()) {
                stranger.send(new DatagramPacket(
                        new byte[] {(byte) 0x80, 1, 2, 3}, 4, InetAddress.getLoopbackAddress(), server.port("udp")));
            }
            await().until(() -> counts.of(Metric.DATAGRAMS_DROPPED) == 1);
        }
        assertThat(server.health()
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS)
                        .alive())
                .isFalse();
    }

    @Test
    void theApplicationHearsAnswersAndKicks() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (ImServer server = open().onMessage((sender, message) ->
                        heard.add(sender.user() + ": " + message.payload().text()))
                .start()) {
            TestClient alice = TestClient.connect(CLIENTS, "tcp", server.port("tcp"));
            alice.login("alice", "");
            alice.sayToServer("hello");
            await().until(() -> heard.size() == 1);
            UserId user = new UserId("alice");
            assertThat(server.presence(user).online()).isTrue();
            assertThat(server.sessionCount()).isEqualTo(1);
            SessionInfo session = server.sessions(user).get(0);
            assertThat(session.transport()).isEqualTo("tcp");
            assertThat(server.send(Address.user("alice"), Payload.text("welcome"), ReceiptLevel.DELIVERED)
                            .toCompletableFuture()
                            .get(10, TimeUnit.SECONDS)
                            .code())
                    .isEqualTo(ReasonCode.OK);
            assertThat(server.broadcast(Content.text("all"))).isEqualTo(1);
            await().until(() -> alice.texts().equals(List.of("welcome", "all")));
            assertThat(server.kick(session.id(), ReasonCode.KICKED, "enough")).isTrue();
            await().until(() -> alice.closed != null && server.sessionCount() == 0);
        }
    }

    @Test
    void anAuthenticatorDecides() {
        try (ImServer server = ImServer.builder()
                .listen(Transports.tcp("127.0.0.1", 0))
                .authenticator(login -> CompletableFuture.completedStage(
                        login.token().equals("secret") ? AuthResult.accept() : AuthResult.reject("wrong token")))
                .start()) {
            TestClient mallory = TestClient.connect(CLIENTS, "tcp", server.port("tcp"));
            LoginResult refused = mallory.login("alice", "guess");
            assertThat(refused.code()).isEqualTo(ReasonCode.LOGIN_REFUSED);
            TestClient alice = TestClient.connect(CLIENTS, "tcp", server.port("tcp"));
            assertThat(alice.login("alice", "secret").code()).isEqualTo(ReasonCode.OK);
        }
    }

    @Test
    void stoppingTellsClientsToComeBackAndLeavesNothing() throws Exception {
        long filesBefore = openFiles();
        ImServer server = open().start();
        TestClient alice = TestClient.connect(CLIENTS, "tcp", server.port("tcp"));
        TestClient bob = TestClient.connect(CLIENTS, "udp", server.port("udp"));
        alice.login("alice", "");
        bob.login("bob", "");
        assertThat(server.stop(Duration.ofSeconds(2)).toCompletableFuture()).succeedsWithin(20, TimeUnit.SECONDS);
        server.stop(Duration.ofSeconds(2));
        server.awaitStop();
        await().until(() -> alice.closed != null && bob.closed != null);
        assertThat(bob.closed.retry()).isEqualTo(ReasonCode.Retry.COME_BACK);
        await().untilAsserted(() -> {
            assertThat(serverThreads()).isEmpty();
            assertThat(openFiles()).isLessThanOrEqualTo(filesBefore);
        });
    }

    @Test
    void startingAndStoppingMayBeSaidAgain() {
        ImServer server = open().build();
        assertThat(server.addresses()).isEmpty();
        assertThat(server.start()).isSameAs(server);
        List<Bound> addresses = server.addresses();
        server.start();
        assertThat(server.addresses()).isEqualTo(addresses).hasSize(2);
        server.close();
        server.close();
        assertThatThrownBy(server::start).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whoStartsItWhileItStartsWaitsToo() {
        Waiting transport = new Waiting();
        try (ImServer server =
                ImServer.builder().allowAnyone().listen(transport).build()) {
            CompletableFuture<List<Bound>> first = startedOn(server, "starter-1");
            await().until(transport.asked::isDone);
            CompletableFuture<List<Bound>> second = startedOn(server, "starter-2");
            await().until(() -> second.isDone() || isWaiting("starter-2"));
            assertThat(second).isNotDone();
            Bound bound = new Bound("own", new InetSocketAddress("127.0.0.1", 1));
            transport.bound.complete(List.of(bound));
            assertThat(first.join()).containsExactly(bound);
            assertThat(second.join()).containsExactly(bound);
        }
    }

    @Test
    void aServerThatIsStoppedWhileItStartsLeavesNothing() {
        Waiting transport = new Waiting();
        ImServer server = open().listen(transport).build();
        CompletableFuture<List<Bound>> starting = startedOn(server, "starter");
        await().until(transport.asked::isDone);
        server.stop(Duration.ZERO);
        server.awaitStop();
        assertThat(starting)
                .failsWithin(10, TimeUnit.SECONDS)
                .withThrowableThat()
                .withRootCauseInstanceOf(CancellationException.class);
        await().untilAsserted(() -> assertThat(serverThreads()).isEmpty());
    }

    @Test
    void loopsAreNotOpenedOnceTheServerWasStopped() {
        LoopsOfServer loops = new LoopsOfServer();
        loops.close();
        assertThatThrownBy(loops::open).isInstanceOf(IllegalStateException.class);
        assertThat(serverThreads()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aListenerMayStopTheServer(boolean onTheEventLoop) {
        ImServer[] itself = new ImServer[1];
        ImServer.Builder builder = open().onMessage((sender, message) -> {
            if (onTheEventLoop) {
                itself[0].close();
            } else {
                itself[0].stop(Duration.ofSeconds(1));
            }
        });
        if (onTheEventLoop) {
            builder.executor(Runnable::run);
        }
        itself[0] = builder.start();
        TestClient alice = TestClient.connect(CLIENTS, "tcp", itself[0].port("tcp"));
        alice.login("alice", "");
        alice.sayToServer("stop");
        await().until(() -> alice.closed != null);
        itself[0].awaitStop();
        await().untilAsserted(() -> assertThat(serverThreads()).isEmpty());
    }

    @Test
    void anEventLoopCannotWaitForItsServer() {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        ImServer[] itself = new ImServer[1];
        try (ImServer server = open().executor(Runnable::run)
                .onMessage((sender, message) -> thrown.complete(catchThrowable(itself[0]::awaitStop)))
                .build()) {
            itself[0] = server;
            server.start();
            TestClient alice = TestClient.connect(CLIENTS, "tcp", server.port("tcp"));
            alice.login("alice", "");
            alice.sayToServer("hello");
            assertThat(thrown.orTimeout(10, TimeUnit.SECONDS).join()).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aDrainThatIsNoneLeavesTheServerAsItIs() throws Exception {
        ImServer server = open().start();
        assertThatThrownBy(() -> server.stop(Duration.ofSeconds(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> server.stop((Drain) null)).isInstanceOf(NullPointerException.class);
        TestClient alice = TestClient.connect(CLIENTS, "tcp", server.port("tcp"));
        assertThat(alice.login("alice", "").code()).isEqualTo(ReasonCode.OK);
        alice.send(new Logout());
        await().until(() -> server.sessionCount() == 0);
        assertThat(server.stop(Duration.ofSeconds(Long.MAX_VALUE)).toCompletableFuture())
                .succeedsWithin(20, TimeUnit.SECONDS);
    }

    @Test
    void oneServerListensOnSeveralPortsOfACarrier() {
        try (ImServer server = open().listen(Transports.tcp("127.0.0.1", 0)).start()) {
            List<Integer> ports = server.addresses().stream()
                    .filter(bound -> bound.transport().equals("tcp"))
                    .map(Bound::port)
                    .toList();
            assertThat(ports).hasSize(2).doesNotHaveDuplicates().startsWith(server.port("tcp"));
            TestClient alice = TestClient.connect(CLIENTS, "tcp", ports.get(0));
            TestClient bob = TestClient.connect(CLIENTS, "tcp", ports.get(1));
            alice.login("alice", "");
            bob.login("bob", "");
            alice.say("bob", "hi");
            await().until(() -> bob.texts().equals(List.of("hi")));
        }
    }

    @Test
    void aBuilderBuildsOneServer() {
        ImServer.Builder builder = open();
        try (ImServer server = builder.build()) {
            assertThat(server.addresses()).isEmpty();
            assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aServerThatNeverStartedIsClosedWithoutATrace() {
        open().build().close();
        await().untilAsserted(() -> assertThat(serverThreads()).isEmpty());
    }

    @Test
    void manyServersLiveSideBySide() {
        try (ImServer first = open().start();
                ImServer second = open().start()) {
            TestClient alice = TestClient.connect(CLIENTS, "tcp", first.port("tcp"));
            TestClient bob = TestClient.connect(CLIENTS, "tcp", second.port("tcp"));
            alice.login("alice", "");
            bob.login("bob", "");
            assertThat(first.sessionCount()).isEqualTo(1);
            assertThat(second.presence(new UserId("alice")).online()).isFalse();
        }
    }

    @Test
    void aPortJustUsedCanBeBoundAgain() {
        int tcp;
        int udp;
        try (ImServer server = open().start()) {
            tcp = server.port("tcp");
            udp = server.port("udp");
            TestClient.connect(CLIENTS, "tcp", tcp).login("alice", "");
        }
        try (ImServer again = ImServer.builder()
                .allowAnyone()
                .listen(Transports.tcp(tcp))
                .listen(Transports.udp(udp))
                .start()) {
            assertThat(again.port("tcp")).isEqualTo(tcp);
            assertThat(again.port("udp")).isEqualTo(udp);
        }
    }

    @Test
    void aPortInUseIsNamedAndNothingStaysBehind() throws Exception {
        long filesBefore = openFiles();
        try (ServerSocket taken = new ServerSocket(0)) {
            ImServer server = ImServer.builder()
                    .allowAnyone()
                    .listen(Transports.udp(0))
                    .listen(Transports.tcp(taken.getLocalPort()))
                    .build();
            assertThatThrownBy(server::start)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("tcp")
                    .hasMessageContaining("port " + taken.getLocalPort())
                    .hasMessageContaining("in use")
                    .hasCauseInstanceOf(BindException.class);
            assertThatCode(server::close).doesNotThrowAnyException();
        }
        await().untilAsserted(() -> {
            assertThat(serverThreads()).isEmpty();
            assertThat(openFiles()).isLessThanOrEqualTo(filesBefore);
        });
    }

    @Test
    void allMistakesAreReportedAtOnce() {
        assertThatThrownBy(() -> ImServer.builder()
                        .listen(Transports.tcp(70_000))
                        .listen(Transports.udp("10.0.0.1", 7901))
                        .listen(Transports.udp(7901))
                        .ioThreads(0)
                        .serverSecret(new byte[3])
                        .start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("tcp port 70000")
                .hasMessageContaining("udp port 7901 is listened on twice")
                .hasMessageContaining("ioThreads")
                .hasMessageContaining("serverSecret")
                .hasMessageContaining("allowAnyone()");
        assertThatThrownBy(() -> ImServer.builder().allowAnyone().start()).hasMessageContaining("nothing to listen on");
    }

    @Test
    void askingForACarrierThatIsNotThereIsAMistake() {
        try (ImServer server = ImServer.builder()
                .allowAnyone()
                .listen(Transports.tcp("127.0.0.1", 0))
                .start()) {
            assertThatThrownBy(() -> server.port("udp")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void anUnknownHostIsNamed() {
        assertThatThrownBy(() -> ImServer.builder()
                        .allowAnyone()
                        .listen(Transports.tcp("no.such.host.invalid", 0))
                        .start())
                .hasMessageContaining("no.such.host.invalid");
    }

    @Test
    void awaitStopReturnsWhenSomebodyElseStops() {
        ImServer server = open().start();
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(server::awaitStop);
        server.stop(Duration.ZERO);
        assertThat(waiting).succeedsWithin(20, TimeUnit.SECONDS);
    }

    private static ImServer.Builder open() {
        return ImServer.builder()
                .allowAnyone()
                .listen(Transports.tcp("127.0.0.1", 0))
                .listen(Transports.udp("127.0.0.1", 0));
    }

    private static CompletableFuture<List<Bound>> startedOn(ImServer server, String threadName) {
        CompletableFuture<List<Bound>> addresses = new CompletableFuture<>();
        Thread starter = new Thread(
                () -> {
                    try {
                        addresses.complete(server.start().addresses());
                    } catch (RuntimeException e) {
                        addresses.completeExceptionally(e);
                    }
                },
                threadName);
        starter.start();
        return addresses;
    }

    private static boolean isWaiting(String threadName) {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals(threadName) && thread.getState() == Thread.State.WAITING);
    }

    /** Is bound when the test says so. */
    private static final class Waiting implements Transport {
        private final CompletableFuture<Void> asked = new CompletableFuture<>();
        private final CompletableFuture<List<Bound>> bound = new CompletableFuture<>();

        @Override
        public String name() {
            return "own";
        }

        @Override
        public CompletionStage<List<Bound>> start(TransportContext context) {
            asked.complete(null);
            return bound;
        }

        @Override
        public void stopAccepting() {}

        @Override
        public CompletionStage<Void> close() {
            return CompletableFuture.completedStage(null);
        }
    }

    private static List<String> serverThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("hongyan-"))
                .toList();
    }

    private static long openFiles() throws Exception {
        Path files = Path.of("/proc/self/fd");
        if (!Files.isDirectory(files)) {
            return 0;
        }
        try (Stream<Path> open = Files.list(files)) {
            return open.count();
        }
    }
}
