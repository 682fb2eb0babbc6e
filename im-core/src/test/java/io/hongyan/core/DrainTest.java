// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.listener.SessionInfo;
import io.hongyan.core.listener.SessionListener;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.store.InMemoryMessageStore;
import io.hongyan.core.world.LateStore;
import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.core.world.TestWorld;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Chunker;
import io.hongyan.protocol.packet.GoAway;
import io.hongyan.protocol.packet.Kick;
import io.hongyan.protocol.packet.Logout;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How sessions leave a node that stops, and what becomes of what is under way meanwhile. */
final class DrainTest {
    private static final Drain DRAIN = Drain.within(Duration.ofSeconds(10)).leavingOver(Duration.ZERO);

    private final NodeFixture fixture = new NodeFixture();

    @Test
    void sessionsAreToldToGoEvenlyOverTheWindowAndComeBackBehindItWhenThereIsNoOtherServer() {
        fixture.open(limits -> limits);
        List<TestClient> clients = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            clients.add(fixture.in("u" + i, i % 2));
        }
        fixture.node()
                .stop(Drain.within(Duration.ofSeconds(30))
                        .leavingOver(Duration.ofSeconds(10))
                        .comingBackAfter(Duration.ofSeconds(4)));
        for (int second = 1; second <= 10; second++) {
            fixture.world.advanceMillis(1_000);
            assertThat(told(clients)).as("after %s s", second).isBetween(20L * second - 2, 20L * second + 4);
        }
        for (TestClient client : clients) {
            GoAway told = client.heard(GoAway.class).get(0);
            assertThat(told.endpoints()).isEmpty();
            long toldMillis = 30_000 - told.leaveWithinMillis();
            assertThat(toldMillis + told.retryAfterMillis()).isBetween(14_000L - 1, 24_000L + 1);
        }
    }

    @Test
    void clientsThatGoElsewhereComeAsSpreadAsTheyLeave() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        fixture.node()
                .stop(DRAIN.elsewhere("tcp://im2.example.org:7901", "udp://[::1]:7901")
                        .saying("upgrade"));
        fixture.world.advanceMillis(20);
        GoAway told = alice.heard(GoAway.class).get(0);
        assertThat(told.code()).isEqualTo(ReasonCode.SERVER_STOPPING);
        assertThat(told.endpoints()).containsExactly("tcp://im2.example.org:7901", "udp://[::1]:7901");
        assertThat(told.retryAfterMillis()).isZero();
        assertThat(told.text()).isEqualTo("upgrade");
    }

    @Test
    void whoDoesNotSayWhenIsSpreadByNumber() {
        assertThat(Drain.within(Duration.ofSeconds(10)).leavingNanos(10_000)).isEqualTo(5_000_000_000L);
        assertThat(Drain.within(Duration.ofSeconds(60)).leavingNanos(10_000)).isEqualTo(10_000_000_000L);
        assertThat(Drain.within(Duration.ofSeconds(60)).leavingNanos(1)).isEqualTo(1_000_000L);
        assertThat(Drain.within(Duration.ZERO).leavingNanos(1_000)).isZero();
    }

    @Test
    void whatIsUnderWayWhenTheClientIsToldIsTaken() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        fixture.node().stop(DRAIN);
        fixture.world.advanceMillis(400);
        alice.text("bob", "sent before it was heard");
        fixture.world.settle();
        assertThat(alice.results).containsEntry(1L, ReasonCode.OK);
        assertThat(bob.texts()).hasSize(1);
        fixture.world.advanceMillis(90);
        bob.stopCounting();
        alice.text("bob", "still");
        fixture.world.advanceMillis(100);
        alice.text("bob", "too late");
        fixture.world.settle();
        assertThat(alice.results).containsEntry(2L, ReasonCode.OK).doesNotContainEntry(3L, ReasonCode.OK);
        bob.run(bob::countNow);
        fixture.world.settle();
        assertThat(alice.unanswered()).as("sent again elsewhere").containsExactly(3L);
    }

    @Test
    void clientThatIsReadyIsEndedAtOnce() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        fixture.node().stop(DRAIN);
        fixture.world.advanceMillis(20);
        alice.send(new Logout());
        fixture.world.advanceMillis(20);
        assertThat(alice.heard(Kick.class)).extracting(Kick::code).containsExactly(ReasonCode.SERVER_STOPPING);
        assertThat(fixture.node().whenStopped().toCompletableFuture()).isDone();
    }

    @Test
    void readyClientStillGetsAndCountsWhatWasAcceptedForIt() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.stopCounting();
        alice.text("bob", "hi");
        fixture.world.settle();
        fixture.node().stop(DRAIN);
        fixture.world.advanceMillis(20);
        bob.send(new Logout());
        fixture.world.advanceMillis(5_000);
        assertThat(bob.isOpen()).isTrue();
        bob.run(bob::countNow);
        fixture.world.advanceMillis(20);
        assertThat(bob.closes).containsExactly(ReasonCode.SERVER_STOPPING);
    }

    @Test
    void receiptsReachSendersThatAreStillHere() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.stopCounting();
        alice.stopCounting();
        alice.text("bob", "hi");
        bob.text("alice", "keeps her here");
        fixture.world.settle();
        fixture.node().stop(DRAIN);
        fixture.world.advanceMillis(5_000);
        bob.run(bob::countNow);
        fixture.world.advanceMillis(20);
        assertThat(bob.isOpen()).isFalse();
        assertThat(alice.delivered).containsExactly(1L);
    }

    @Test
    void nothingIsAcceptedInMemoryForWhoHasLeft() {
        fixture.open(limits -> limits);
        List<TestClient> clients = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            clients.add(fixture.in("u" + i, i % 2));
        }
        fixture.node().stop(Drain.within(Duration.ofSeconds(30)).leavingOver(Duration.ofSeconds(20)));
        fixture.world.advanceMillis(10_000);
        TestClient gone =
                clients.stream().filter(client -> !client.isOpen()).findFirst().orElseThrow();
        TestClient here = clients.stream()
                .filter(client -> client.heard(GoAway.class).isEmpty())
                .findFirst()
                .orElseThrow();
        here.text(gone.user(), "for later");
        here.send(Address.device(gone.user(), "phone"), "for later", Lane.CHAT);
        fixture.world.settle();
        assertThat(here.results)
                .containsEntry(1L, ReasonCode.SERVER_STOPPING)
                .containsEntry(2L, ReasonCode.RECIPIENT_OFFLINE);
        assertThat(sendTo(gone.user())).isEqualTo(ReasonCode.SERVER_STOPPING);
        assertThat(sendTo(here.user())).as("until the end").isEqualTo(ReasonCode.OK);
    }

    @Test
    void durableStoreTakesWhatIsForWhoHasLeft() {
        LateStore store = store().durably();
        fixture.start(builder -> builder.allowAnyone().messageStore(store));
        TestClient alice = fixture.in("alice", 0);
        fixture.node().stop(Drain.within(Duration.ofSeconds(30)).leavingOver(Duration.ofSeconds(20)));
        alice.text("bob", "for later");
        fixture.world.settle();
        assertThat(alice.results).containsEntry(1L, ReasonCode.OK);
    }

    @Test
    void sessionStaysUntilWhatTheStoreHasForItIsDelivered() {
        ServerLimits limits = ServerLimits.builder()
                .sessionBytes(16_384)
                .catchUpMessages(1)
                .noRateLimits()
                .build();
        LateStore store = store();
        fixture.start(builder -> builder.allowAnyone().limits(limits).messageStore(store));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.stopCounting();
        for (int i = 0; i < 60; i++) {
            alice.text("bob", "m".repeat(1_000));
        }
        fixture.world.settle();
        assertThat(alice.results).hasSize(60).doesNotContainValue(ReasonCode.BACKPRESSURED);
        assertThat(bob.messages).as("the rest waits in the store").hasSizeLessThan(60);
        fixture.node().stop(DRAIN);
        fixture.world.advanceMillis(1_000);
        bob.run(bob::countNow);
        fixture.world.advanceMillis(1_000);
        assertThat(bob.messages).hasSize(60);
        assertThat(bob.isOpen()).isFalse();
    }

    @Test
    void messageInChunksThatHasBegunIsTakenWhole() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        Chunker photo = photoOf(alice, 1);
        alice.sendFrame(photo.next(), Lane.BULK);
        fixture.world.settle();
        fixture.node().stop(DRAIN);
        fixture.world.advanceMillis(3_000);
        assertThat(alice.isOpen()).isTrue();
        assertThat(bob.isOpen()).as("has nothing under way").isFalse();
        while (photo.hasNext()) {
            alice.sendFrame(photo.next(), Lane.BULK);
        }
        fixture.world.advanceMillis(20);
        assertThat(alice.results).as("its recipient has left").containsEntry(1L, ReasonCode.SERVER_STOPPING);
        assertThat(alice.closes).containsExactly(ReasonCode.SERVER_STOPPING);
    }

    @Test
    void messageInChunksThatBeginsTooLateIsAnsweredByItsFirst() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.stopCounting();
        bob.text("alice", "keeps her here");
        alice.stopCounting();
        fixture.world.settle();
        fixture.node().stop(DRAIN);
        fixture.world.advanceMillis(1_000);
        Chunker photo = photoOf(alice, 1);
        alice.sendFrame(photo.next(), Lane.BULK);
        fixture.world.settle();
        assertThat(alice.results).containsEntry(1L, ReasonCode.SERVER_STOPPING);
        assertThat(fixture.node().holdings().reassemblyBytes()).isZero();
        alice.sendFrame(photo.next(), Lane.BULK);
        fixture.world.settle();
        assertThat(alice.isOpen()).isTrue();
    }

    @Test
    void stopWaitsForWhatTheStoreWasAskedWhenTheDrainIsOver() {
        TestWorld.TaskQueue disk = fixture.world.queue();
        LateStore store = new LateStore(new InMemoryMessageStore(), disk).neverExpiring();
        fixture.start(builder -> builder.allowAnyone().messageStore(store));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.stopCounting();
        alice.texts("bob", 3);
        fixture.world.settle();
        disk.hold();
        alice.text("bob", "under way");
        fixture.node().stop(Drain.within(Duration.ofSeconds(2)));
        fixture.world.advanceMillis(3_000);
        assertThat(bob.closes).containsExactly(ReasonCode.SERVER_STOPPING);
        assertThat(fixture.node().whenStopped().toCompletableFuture())
                .as("not yet answered")
                .isNotDone();
        disk.release();
        fixture.world.advanceMillis(20);
        assertThat(fixture.node().whenStopped().toCompletableFuture()).isDone();
        assertThat(fixture.counts.of(Metric.DRAIN_CONNECTIONS_LEFT)).isEqualTo(2);
        assertThat(fixture.counts.of(Metric.DRAIN_MESSAGES_LEFT)).isEqualTo(3);
    }

    @Test
    void storeThatNeverAnswersIsWaitedForInBounds() {
        TestWorld.TaskQueue disk = fixture.world.queue();
        LateStore store = new LateStore(new InMemoryMessageStore(), disk).neverExpiring();
        fixture.start(builder -> builder.allowAnyone().messageStore(store));
        TestClient alice = fixture.in("alice", 0);
        disk.hold();
        alice.text("bob", "hi");
        fixture.world.settle();
        fixture.node().stop(Drain.within(Duration.ofSeconds(2)));
        fixture.world.advanceMillis(3_900);
        assertThat(fixture.node().whenStopped().toCompletableFuture()).isNotDone();
        fixture.world.advanceMillis(200);
        assertThat(fixture.node().whenStopped().toCompletableFuture()).isDone();
    }

    @Test
    void stopWaitsForListenersForAllOfTheDrain() {
        fixture.start(builder -> builder.allowAnyone().onMessage((sender, message) -> {}));
        TestClient alice = fixture.in("alice", 0);
        fixture.world.holdWorkers(true);
        alice.send(Address.server(), "hi", Lane.CHAT);
        fixture.world.settle();
        fixture.node().stop(Drain.within(Duration.ofSeconds(10)));
        fixture.world.advanceMillis(8_000);
        assertThat(alice.isOpen()).as("its message is with the application").isTrue();
        fixture.world.holdWorkers(false);
        fixture.world.advanceMillis(20);
        assertThat(alice.delivered).containsExactly(1L);
        assertThat(fixture.node().whenStopped().toCompletableFuture()).isDone();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void listenersHearWhyWhoeverEndsTheConnection(boolean byClient) {
        List<String> heard = new ArrayList<>();
        fixture.start(builder -> builder.allowAnyone().sessionListener(new SessionListener() {
            @Override
            public void onClosing(SessionInfo session, ReasonCode reason) {
                heard.add("closing " + reason);
            }

            @Override
            public void onClosed(SessionInfo session, ReasonCode reason) {
                heard.add("closed " + reason);
            }
        }));
        TestClient alice = fixture.in("alice", 0);
        fixture.node().stop(DRAIN);
        fixture.world.advanceMillis(20);
        if (byClient) {
            alice.cut();
        }
        fixture.world.advanceMillis(1_000);
        assertThat(heard).containsExactly("closing SERVER_STOPPING", "closed SERVER_STOPPING");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aThousandSessionsGoElsewhereOverTheWindowWhileTheyTalkAndNothingIsLost(long seed) {
        ManySessions many = new ManySessions(TestWorld.shuffled(seed, 3), 1_000);
        many.talkFor(500);
        long begin = many.world.nanoTime();
        CompletableFuture<Void> stop = many.first
                .stop(Drain.within(Duration.ofSeconds(20))
                        .leavingOver(Duration.ofSeconds(10))
                        .elsewhere("tcp://second:7901"))
                .toCompletableFuture();
        many.talkFor(12_000);
        assertThat(stop).as("seed %s", seed).isDone();
        many.talkFor(500);
        many.world.advanceMillis(5_000);

        assertThat(many.second.sessionCount()).isEqualTo(1_000);
        many.requireAllShownOnceInOrder();
        int[] perSecond = many.backPerSecond(begin);
        for (int second = 1; second <= 9; second++) {
            assertThat(perSecond[second])
                    .as("back in second %s, seed %s", second, seed)
                    .isBetween(70, 130);
        }
    }

    @Test
    void aThousandSessionsComeBackToTheRestartedServerBehindTheWindow() {
        ManySessions many = new ManySessions(TestWorld.shuffled(4, 3), 1_000);
        many.talkFor(500);
        long begin = many.world.nanoTime();
        many.first.stop(Drain.within(Duration.ofSeconds(10))
                .leavingOver(Duration.ofSeconds(5))
                .comingBackAfter(Duration.ofSeconds(3)));
        many.talkFor(14_000);
        many.world.advanceMillis(5_000);
        assertThat(many.second.sessionCount()).isEqualTo(1_000);
        many.requireAllShownOnceInOrder();
        int[] perSecond = many.backPerSecond(begin);
        for (int second = 0; second < 8; second++) {
            assertThat(perSecond[second])
                    .as("still stopping, second %s", second)
                    .isZero();
        }
        for (int second = 9; second <= 12; second++) {
            assertThat(perSecond[second]).as("second %s", second).isBetween(140, 260);
        }
    }

    @Test
    void drainThatCannotBeIsRefused() {
        Drain drain = Drain.within(Duration.ofSeconds(10));
        assertThatIllegalArgumentException().isThrownBy(() -> Drain.within(Duration.ofMillis(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> drain.leavingOver(Duration.ofSeconds(11)));
        assertThatIllegalArgumentException().isThrownBy(() -> drain.comingBackAfter(Duration.ofHours(2)));
        for (String wrong : new String[] {
            "im2:7901",
            "http://im2:7901",
            "tcp://",
            "tcp://im2:0",
            "tcp://im2:",
            "tcp://im2:65536",
            "tcp://im2/path",
            "tcp://a@im2",
            "x y"
        }) {
            assertThatIllegalArgumentException()
                    .as(wrong)
                    .isThrownBy(() -> drain.elsewhere(wrong))
                    .withMessageContaining(wrong);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> drain.elsewhere(
                        "tcp://a", "tcp://b", "tcp://c", "tcp://d", "tcp://e", "tcp://f", "tcp://g", "tcp://h",
                        "tcp://i"));
    }

    private LateStore store() {
        return new LateStore(new InMemoryMessageStore(), fixture.world.queue()).neverExpiring();
    }

    private ReasonCode sendTo(String user) {
        CompletableFuture<Receipt> receipt = fixture.node()
                .send(Address.user(user), Content.text("hi"), ReceiptLevel.ACCEPTED)
                .toCompletableFuture();
        fixture.world.settle();
        return receipt.join().code();
    }

    private static long told(List<TestClient> clients) {
        return clients.stream()
                .filter(client -> !client.heard(GoAway.class).isEmpty())
                .count();
    }

    private static Chunker photoOf(TestClient sender, long counter) {
        Message photo = Message.of(
                        new MessageId(sender.instance(), counter), Address.user("bob"), Payload.of(new byte[20_000]))
                .withLane(Lane.BULK);
        return new Chunker(photo, 4_096);
    }

    /** Two nodes in one world, and clients that talk in a ring and come back to the second when the first sends them away. */
    private static final class ManySessions {
        private final TestWorld world;
        private final ImNode first;
        private final ImNode second;
        private final List<TestClient> clients = new ArrayList<>();
        private final List<Long> backNanos = new ArrayList<>();
        private int round;

        ManySessions(TestWorld world, int sessions) {
            this.world = world;
            this.first = node();
            this.second = node();
            for (int i = 0; i < sessions; i++) {
                TestClient client = new TestClient("u" + i, "phone", i + 1, world.queue());
                int loop = i % world.loops();
                client.onClosed(() -> world.owner(loop)
                        .schedule(
                                client.heard(GoAway.class).get(0).retryAfterMillis() * 1_000_000L,
                                () -> client.run(() -> comeBack(client, loop))));
                client.connect(first, world.owner(loop), false).login();
                clients.add(client);
            }
            world.settle();
        }

        private ImNode node() {
            ImNode node = ImNode.builder()
                    .allowAnyone()
                    .limits(ServerLimits.builder().noRateLimits().build())
                    .clock(world)
                    .wallClock(world)
                    .housekeeper(new SharedHousekeeper(world))
                    .executor(world.workers())
                    .build();
            node.start();
            return node;
        }

        private void comeBack(TestClient client, int loop) {
            client.comeBack(second, world.owner(loop), false);
            backNanos.add(world.nanoTime());
        }

        /** A tenth of them say something to their neighbour every 100 ms. */
        void talkFor(long millis) {
            for (long spent = 0; spent < millis; spent += 100) {
                for (int i = round++ % 10; i < clients.size(); i += 10) {
                    TestClient client = clients.get(i);
                    client.text("u" + (i + 1) % clients.size(), "m" + client.nextCounter());
                }
                world.advanceMillis(100);
            }
        }

        void requireAllShownOnceInOrder() {
            for (int i = 0; i < clients.size(); i++) {
                TestClient sender = clients.get(i);
                TestClient reader = clients.get((i + 1) % clients.size());
                List<String> sent = new ArrayList<>();
                for (long counter = 1; counter < sender.nextCounter(); counter++) {
                    sent.add("m" + counter);
                }
                assertThat(reader.texts()).as("from u%s", i).isEqualTo(sent);
                assertThat(sender.unanswered()).isEmpty();
            }
        }

        int[] backPerSecond(long beginNanos) {
            int[] perSecond = new int[60];
            backNanos.forEach(at -> perSecond[(int) ((at - beginNanos) / 1_000_000_000L)]++);
            return perSecond;
        }
    }

    /** The world's, which outlives each node. */
    private record SharedHousekeeper(TestWorld world) implements io.hongyan.core.time.Housekeeper {
        @Override
        public Runnable schedule(long delayNanos, Runnable task) {
            return world.schedule(delayNanos, task);
        }

        @Override
        public void close() {}
    }
}
