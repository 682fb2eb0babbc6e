// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hongyan.client.ClientRuntime;
import io.hongyan.client.ConnectionListener;
import io.hongyan.client.ImClient;
import io.hongyan.client.ImClientException;
import io.hongyan.client.IncomingMessage;
import io.hongyan.client.Receipt;
import io.hongyan.client.ReceiptLevel;
import io.hongyan.client.SendOptions;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.UserId;
import io.hongyan.simnet.DeliveryChecker;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ClientAndServerTest {

    private static RealServer server;

    private final ClientRuntime runtime = ClientRuntime.create();

    @BeforeAll
    static void startServer() {
        server = new RealServer();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @AfterEach
    void closeRuntime() {
        runtime.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void peopleTalk(String transport) {
        Queue<IncomingMessage> heard = new ConcurrentLinkedQueue<>();
        try (ImClient alice = client(transport, "alice").connect().join();
                ImClient bob =
                        client("tcp", "bob").onMessage(heard::add).connect().join()) {
            assertThat(receipt(alice.send("bob", "hi", ReceiptLevel.DELIVERED)))
                    .isEqualTo(new Receipt(1, ReasonCode.OK, ReceiptLevel.DELIVERED));
            IncomingMessage message = heard.remove();
            assertThat(message.from()).isEqualTo("alice");
            assertThat(message.text()).isEqualTo("hi");
            assertThat(message.id().instance()).isEqualTo(alice.instance());
            assertThat(message.time()).isAfter("2020-01-01T00:00:00Z");
            assertThat(bob.isConnected()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void whatWaitedForTheLoginComesThroughTheDefaultLimitsInOrder(String transport) {
        int messages = 250;
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        try (RealServer limited = new RealServer(true);
                ImClient bob = ImClient.builder()
                        .server(limited.url("tcp"))
                        .user("bob")
                        .runtime(runtime)
                        .onMessage(message -> heard.add(message.text()))
                        .connect()
                        .join();
                ImClient alice = ImClient.builder()
                        .server(limited.url(transport))
                        .user("alice")
                        .runtime(runtime)
                        .build()) {
            List<CompletionStage<Receipt>> sent = new ArrayList<>();
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < messages; i++) {
                texts.add("m" + i);
                sent.add(alice.send("bob", "m" + i, ReceiptLevel.DELIVERED));
            }
            alice.connect().join();
            sent.forEach(stage -> assertThat(receipt(stage).code()).isEqualTo(ReasonCode.OK));
            assertThat(heard).containsExactlyElementsOf(texts);
            assertThat(bob.isConnected()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void refusedLoginFailsTheConnect(String transport) {
        assertThatThrownBy(
                        () -> client(transport, "eve").token("wrong").connect().join())
                .cause()
                .isInstanceOfSatisfying(
                        ImClientException.class, e -> assertThat(e.code()).isEqualTo(ReasonCode.LOGIN_REFUSED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void nobodyThereFailsTheConnect(String transport) {
        assertThatThrownBy(() -> ImClient.builder()
                        .server(transport + "://127.0.0.1:1")
                        .user("alice")
                        .connectTimeout(Duration.ofMillis(500))
                        .runtime(runtime)
                        .connect()
                        .join())
                .hasCauseInstanceOf(ImClientException.class);
    }

    @Test
    void tcpWinsTheRaceWhereUdpIsNotAnswered() throws IOException {
        try (DatagramSocket mute = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0));
                ImClient alice = ImClient.builder()
                        .server("udp://127.0.0.1:" + mute.getLocalPort(), server.url("tcp"))
                        .user("alice")
                        .runtime(runtime)
                        .connect()
                        .join()) {
            assertThat(Objects.requireNonNull(alice.server()).transport()).isEqualTo("tcp");
            assertThat(receipt(alice.send("alice", "hi", ReceiptLevel.ACCEPTED)).code())
                    .isEqualTo(ReasonCode.OK);
        }
    }

    @Test
    void oneOfSeveralServersIsEnough() {
        try (ImClient alice = ImClient.builder()
                .server(server.url("udp"), server.url("tcp"))
                .user("alice")
                .runtime(runtime)
                .connect()
                .join()) {
            assertThat(receipt(alice.send("alice", "hi", ReceiptLevel.ACCEPTED)).code())
                    .isEqualTo(ReasonCode.OK);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void largeMessageArrivesWhole(String transport) {
        byte[] content = new byte[1_500_000];
        new Random(1).nextBytes(content);
        Queue<IncomingMessage> heard = new ConcurrentLinkedQueue<>();
        try (ImClient alice = client(transport, "alice").connect().join();
                ImClient bob =
                        client(transport, "bob").onMessage(heard::add).connect().join()) {
            assertThat(bob.isConnected()).isTrue();
            Receipt receipt = receipt(alice.send(
                    Address.user("bob"),
                    Payload.of(content),
                    SendOptions.binary().lane(Lane.BULK).awaiting(ReceiptLevel.DELIVERED)));
            assertThat(receipt.code()).isEqualTo(ReasonCode.OK);
            assertThat(heard.remove().payload().toByteArray()).isEqualTo(content);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void messagesForWhoIsAwayWaitForHim(String transport) {
        Queue<IncomingMessage> heard = new ConcurrentLinkedQueue<>();
        try (ImClient alice = client(transport, "alice").connect().join()) {
            var delivered = alice.send("dave-" + transport, "later", ReceiptLevel.DELIVERED);
            assertThat(receipt(alice.send("dave-" + transport, "much later")).succeeded())
                    .isTrue();
            try (ImClient dave = client(transport, "dave-" + transport)
                    .onMessage(heard::add)
                    .connect()
                    .join()) {
                assertThat(receipt(delivered).level()).isEqualTo(ReceiptLevel.DELIVERED);
                await().until(() -> heard.size() == 2);
                assertThat(dave.isConnected()).isTrue();
            }
        }
        assertThat(heard.stream().map(IncomingMessage::text)).containsExactly("later", "much later");
    }

    @Test
    void sameDeviceReplacesItselfAndTheOldOneStaysAway() {
        Queue<ReasonCode> closed = new ConcurrentLinkedQueue<>();
        try (ImClient first = client("tcp", "alice")
                        .device("phone")
                        .connectionListener(new ConnectionListener() {
                            @Override
                            public void closed(ReasonCode reason) {
                                closed.add(reason);
                            }
                        })
                        .connect()
                        .join();
                ImClient second =
                        client("udp", "alice").device("phone").connect().join()) {
            await().until(() -> !closed.isEmpty());
            assertThat(closed).containsExactly(ReasonCode.REPLACED);
            assertThat(first.isClosed()).isTrue();
            assertThat(second.isConnected()).isTrue();
        }
    }

    @Test
    void kickedClientStaysAway() {
        try (ImClient mallory = client("tcp", "mallory").connect().join()) {
            server.get().kick(new UserId("mallory"), ReasonCode.KICKED, "bye");
            await().until(mallory::isClosed);
        }
    }

    @Test
    void closeAcknowledgesWhatWasShownAndTheRestComesNextTime() {
        Queue<String> first = new ConcurrentLinkedQueue<>();
        Queue<String> second = new ConcurrentLinkedQueue<>();
        try (ImClient alice = client("tcp", "alice").connect().join()) {
            ImClient[] closing = new ImClient[1];
            closing[0] = client("tcp", "frank")
                    .device("one")
                    .onMessage(message -> {
                        first.add(message.text());
                        if (first.size() == 3) {
                            closing[0].close();
                        }
                    })
                    .build();
            closing[0].connect().join();
            for (int i = 1; i <= 10; i++) {
                alice.send("frank", "m" + i);
            }
            await().until(closing[0]::isClosed);
            closing[0].close();
            try (ImClient again = client("tcp", "frank")
                    .device("one")
                    .onMessage(message -> second.add(message.text()))
                    .connect()
                    .join()) {
                await().until(() -> second.contains("m10"));
                assertThat(again.isConnected()).isTrue();
            }
        }
        assertThat(first).containsExactly("m1", "m2", "m3");
        assertThat(second).containsExactly("m4", "m5", "m6", "m7", "m8", "m9", "m10");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void listenerMayWaitForAReceipt(String transport) {
        Queue<Receipt> answers = new ConcurrentLinkedQueue<>();
        ImClient[] echo = new ImClient[1];
        echo[0] = client(transport, "echo")
                .onMessage(message -> answers.add(receipt(echo[0].send(message.from(), "echo"))))
                .build();
        echo[0].connect().join();
        try (ImClient alice = client(transport, "alice").connect().join()) {
            alice.send("echo", "hi");
            await().until(() -> !answers.isEmpty());
        }
        assertThat(answers).allMatch(Receipt::succeeded);
        echo[0].close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void manyThreadsSendOverOneClientEachInItsOrder(String transport) throws InterruptedException {
        int threads = 6;
        int each = 1_500;
        SendOptions delivered = SendOptions.text().awaiting(ReceiptLevel.DELIVERED);
        DeliveryChecker checker = new DeliveryChecker();
        Semaphore writable = new Semaphore(0);
        try (ImClient alice = client(transport, "alice")
                        .window(500, 1 << 20)
                        .onWritable(() -> writable.release(threads))
                        .connect()
                        .join();
                ImClient bob = client(transport, "bob")
                        .onMessage(message -> {
                            String[] part = message.text().split(" ");
                            checker.received(part[0], "bob", "CHAT", part[1]);
                        })
                        .connect()
                        .join()) {
            CountDownLatch done = new CountDownLatch(threads);
            for (int t = 0; t < threads; t++) {
                String name = "thread" + t;
                Thread thread = new Thread(() -> {
                    for (int i = 0; i < each; i++) {
                        checker.sent(name, "bob", "CHAT", Integer.toString(i));
                        Payload payload = Payload.text(name + " " + i);
                        while (alice.post(Address.user("bob"), payload, delivered) < 0) {
                            writable.acquireUninterruptibly();
                        }
                    }
                    done.countDown();
                });
                thread.start();
            }
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
            await().atMost(Duration.ofSeconds(30)).until(checker::allSentReceived);
            checker.checkEverySent().requireClean();
            assertThat(bob.isConnected()).isTrue();
        }
    }

    @Test
    void tokensThatAreSlowDoNotHoldUpStages() {
        CountDownLatch tokens = new CountDownLatch(1);
        List<ImClient> waiting = new ArrayList<>();
        try (ImClient alice = client("tcp", "alice").connect().join()) {
            for (int i = 0; i < 8; i++) {
                ImClient slow = client("tcp", "slow" + i)
                        .token(() -> {
                            await().until(() -> tokens.getCount() == 0);
                            return "";
                        })
                        .build();
                slow.connect();
                waiting.add(slow);
            }
            assertThat(receipt(alice.send("nobody", "x")).succeeded()).isTrue();
        } finally {
            tokens.countDown();
            waiting.forEach(ImClient::closeAsync);
        }
    }

    @Test
    void nothingIsLeftOfAClosedClient() {
        runtime.close();
        for (int i = 0; i < 5; i++) {
            try (ImClient own = ImClient.builder()
                    .server(server.url("tcp"), server.url("udp"))
                    .user("own")
                    .connect()
                    .join()) {
                receipt(own.send("nobody", "x"));
            }
            assertNoClientThread();
        }
    }

    @Test
    void nothingIsLeftOfAClientThatNeverCameInOrWasSentAway() {
        runtime.close();
        assertThatThrownBy(() -> ImClient.builder()
                        .server(server.url("tcp"))
                        .user("eve")
                        .token("wrong")
                        .connect()
                        .join())
                .hasCauseInstanceOf(ImClientException.class);
        assertNoClientThread();
        ImClient mallory = ImClient.builder()
                .server(server.url("udp"))
                .user("mallory")
                .connect()
                .join();
        server.get().kick(new UserId("mallory"), ReasonCode.KICKED, "bye");
        await().until(mallory::isClosed);
        assertNoClientThread();
        mallory.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void runtimeClosesItsClientsTogether(boolean sharedUdpSockets) {
        runtime.close();
        ClientRuntime.Builder builder = ClientRuntime.builder().loops(2);
        ClientRuntime shared = (sharedUdpSockets ? builder.sharedUdpSockets() : builder).build();
        List<ImClient> clients = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            clients.add(ImClient.builder()
                    .server(server.url(i % 2 == 0 ? "tcp" : "udp"))
                    .user("many" + i)
                    .runtime(shared)
                    .connect()
                    .join());
            receipt(clients.get(i).send("many0", "x"));
        }
        shared.close();
        assertThat(clients).allMatch(ImClient::isClosed);
        assertNoClientThread();
        assertThatThrownBy(() -> ImClient.builder()
                        .server(server.url("tcp"))
                        .user("late")
                        .runtime(shared)
                        .connect())
                .isInstanceOf(IllegalStateException.class);
        await().until(() -> server.get().sessions(new UserId("many0")).isEmpty());
    }

    @Test
    void listenerThatNeverReturnsIsInterruptedAtTheEnd() throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        try (ImClient alice = client("tcp", "alice").connect().join()) {
            ClientRuntime blocked = ClientRuntime.create();
            ImClient bob = ImClient.builder()
                    .server(server.url("tcp"))
                    .user("blocked")
                    .closeTimeout(Duration.ofMillis(100))
                    .runtime(blocked)
                    .onMessage(message -> {
                        entered.countDown();
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException e) {
                            interrupted.countDown();
                        }
                    })
                    .connect()
                    .join();
            alice.send("blocked", "x");
            assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
            bob.close();
            blocked.close();
            assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void assertNoClientThread() {
        await().untilAsserted(() -> assertThat(
                        Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
                .noneMatch(name -> name.startsWith("hongyan-client")));
    }

    private ImClient.Builder client(String transport, String user) {
        return ImClient.builder().server(server.url(transport)).user(user).runtime(runtime);
    }

    private static Receipt receipt(CompletionStage<Receipt> stage) {
        return stage.toCompletableFuture().join();
    }
}
