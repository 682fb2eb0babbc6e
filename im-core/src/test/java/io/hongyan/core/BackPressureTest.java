// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.metrics.Metric;
import io.hongyan.core.store.InMemoryMessageStore;
import io.hongyan.core.store.InboxPage;
import io.hongyan.core.store.MessageStore;
import io.hongyan.core.world.LateStore;
import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.core.world.TestWorld;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.Ping;
import io.hongyan.protocol.packet.Pong;
import io.hongyan.protocol.packet.UserId;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is full, and what happens then. */
final class BackPressureTest {
    private static final int KIB = 1024;

    private final NodeFixture fixture = new NodeFixture();

    @Test
    void spillsToTheStoreWhenTheOnlyReaderStopsAndCatchesUpInOrder() {
        fixture.open(limits -> limits.sessionBytes(16 * KIB));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.connection().block(Lane.CHAT, true);
        for (int i = 0; i < 10; i++) {
            alice.texts("bob", 20);
        }
        fixture.world.settle();
        assertThat(bob.texts()).isEmpty();
        assertThat(alice.results)
                .hasSize(200)
                .allSatisfy((id, code) -> assertThat(code).isEqualTo(ReasonCode.OK));
        assertThat(fixture.counts.of(Metric.SPILLS)).isEqualTo(1);
        assertThat(fixture.counts.of(Metric.MESSAGES_STORED)).isGreaterThan(100);

        bob.connection().block(Lane.CHAT, false);
        fixture.world.settle();
        assertThat(bob.texts()).hasSize(200).startsWith("m1", "m2", "m3").endsWith("m199", "m200");
        assertThat(alice.delivered).hasSize(200);
        alice.text("bob", "live again");
        fixture.world.settle();
        assertThat(bob.texts()).hasSize(201).endsWith("live again");
    }

    @Test
    void ephemeralMessagesTakeNoRoomFromOthers() {
        fixture.open(limits -> limits.sessionBytes(16 * KIB));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.connection().block(Lane.CHAT, true);
        for (int i = 0; i < 40; i++) {
            alice.send(Address.user("bob"), "x".repeat(1000), Lane.EPHEMERAL);
        }
        alice.text("bob", "hello");
        fixture.world.settle();
        bob.connection().block(Lane.CHAT, false);
        fixture.world.settle();
        assertThat(bob.texts()).contains("hello").hasSizeLessThan(20);
        assertThat(alice.delivered).containsExactly(41L);
        assertThat(fixture.counts.of(Metric.SPILLS)).isZero();
        assertThat(fixture.counts.of(Metric.EPHEMERAL_DROPPED)).isGreaterThan(20);
    }

    @Test
    void countsEphemeralMessagesToADeviceThatAreDropped() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        alice.send(Address.device("bob", "phone"), "typing", Lane.EPHEMERAL);
        alice.send(Address.user("bob"), "typing", Lane.EPHEMERAL);
        fixture.world.settle();
        assertThat(fixture.counts.of(Metric.EPHEMERAL_DROPPED)).isEqualTo(2);
    }

    @Test
    void aSlowDeviceFallsBehindWithoutHoldingUpAnotherOne() {
        fixture.open(limits -> limits.sessionBytes(16 * KIB));
        TestClient alice = fixture.in("alice", 0);
        TestClient slow = fixture.in("bob", "slow", 1);
        TestClient quick = fixture.in("bob", "quick", 0);
        slow.connection().block(Lane.CHAT, true);
        for (int i = 0; i < 10; i++) {
            alice.texts("bob", 20);
            fixture.world.settle();
        }
        assertThat(quick.texts()).hasSize(200);
        assertThat(slow.closes).isEmpty();
        assertThat(slow.texts()).isEmpty();
        assertThat(fixture.counts.of(Metric.SPILLS)).isPositive();
        assertThat(alice.delivered).hasSize(200);

        slow.connection().block(Lane.CHAT, false);
        fixture.world.settle();
        assertThat(slow.texts()).isEqualTo(quick.texts());
        assertThat(alice.delivered).as("told once").hasSize(200);
    }

    @Test
    void refusesWhatTheStoreCannotKeep() {
        fixture.start(
                builder -> builder.allowAnyone().messageStore(new InMemoryMessageStore(10, KIB * KIB, KIB * KIB)));
        TestClient alice = fixture.in("alice", 0);
        alice.texts("bob", 12);
        fixture.world.settle();
        assertThat(alice.results)
                .containsEntry(10L, ReasonCode.OK)
                .containsEntry(11L, ReasonCode.INBOX_FULL)
                .containsEntry(12L, ReasonCode.INBOX_FULL);
        assertThat(fixture.counts.of(Metric.MESSAGES_REFUSED, ReasonCode.INBOX_FULL))
                .isEqualTo(2);

        TestClient bob = fixture.in("bob", 1);
        assertThat(bob.texts()).hasSize(10);
        alice.send(Message.text(new MessageId(alice.instance(), 11), Address.user("bob"), "again"));
        fixture.world.settle();
        assertThat(alice.results).as("refused, so it may come again").containsEntry(11L, ReasonCode.OK);
        assertThat(bob.texts()).hasSize(11).endsWith("again");
    }

    @Test
    void refusesWithItsCodeWhenTheStoreFailsAndRecovers() {
        TestWorld world = fixture.world;
        LateStore store = new LateStore(new InMemoryMessageStore(), world.queue());
        fixture.start(builder -> builder.allowAnyone().messageStore(store));
        TestClient alice = fixture.in("alice", 0);
        store.failing(true);
        alice.text("bob", "one");
        world.settle();
        assertThat(alice.results).containsEntry(1L, ReasonCode.STORE_UNAVAILABLE);
        assertThat(fixture.counts.of(Metric.STORE_FAILURES)).isPositive();

        TestClient bob = fixture.in("bob", 1);
        alice.text("bob", "two");
        world.settle();
        assertThat(alice.results).containsEntry(2L, ReasonCode.STORE_UNAVAILABLE);

        store.failing(false);
        world.advanceMillis(1_500);
        alice.text("bob", "three");
        world.settle();
        assertThat(bob.texts()).containsExactly("three");
        assertThat(fixture.node().holdings().mailboxes()).isEqualTo(2);
    }

    /** Its page completes at once, is not the last and holds nothing to deliver: to read on would never end. */
    @Test
    void takesAStoreThatDoesNotReadOnAsFailing() {
        InMemoryMessageStore memory = new InMemoryMessageStore();
        int[] reads = {0};
        MessageStore stuck = (MessageStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {MessageStore.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "advance", "expire" -> {
                            return CompletableFuture.failedStage(new IllegalStateException("planted"));
                        }
                        case "read" -> {
                            long after = (Long) arguments[1];
                            return ++reads[0] > 1000
                                    ? CompletableFuture.failedStage(new IllegalStateException("for ever"))
                                    : arguments[0].equals(new UserId("bob"))
                                            ? CompletableFuture.completedStage(
                                                    new InboxPage(List.of(), after, after, false))
                                            : method.invoke(memory, arguments);
                        }
                        default -> {
                            return method.invoke(memory, arguments);
                        }
                    }
                });
        fixture.start(builder -> builder.allowAnyone().messageStore(stuck));
        TestClient alice = fixture.in("alice", 0);
        alice.message(
                Message.text(new MessageId(1, 1), Address.user("bob"), "old").withTtlSeconds(1));
        alice.message(Message.text(new MessageId(1, 1), Address.user("carol"), "new"));
        fixture.world.advanceMillis(5_000);
        fixture.in("bob", 1);
        TestClient carol = fixture.in("carol", 1);
        assertThat(reads[0]).isLessThan(10);
        assertThat(carol.texts()).containsExactly("new");
        assertThat(carol.doubles()).isZero();
        fixture.world.advanceMillis(10_000);
        assertThat(reads[0]).as("tried again, once a second").isBetween(10, 20);
        assertThat(fixture.counts.of(Metric.STORE_FAILURES)).isGreaterThan(10);
    }

    @Test
    void refusesBulkBeyondItsOwnBoundAndLetsChatPass() {
        fixture.open(limits -> limits.sessionBulkBytes(64 * KIB));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.connection().room(Lane.BULK, 1);
        for (int i = 0; i < 3; i++) {
            alice.message(Message.of(new MessageId(1, 1), Address.user("bob"), Payload.of(new byte[30 * KIB]))
                    .withLane(Lane.BULK));
        }
        alice.text("bob", "chat");
        fixture.world.settle();
        assertThat(alice.results)
                .containsEntry(1L, ReasonCode.OK)
                .containsEntry(2L, ReasonCode.OK)
                .containsEntry(3L, ReasonCode.BACKPRESSURED)
                .containsEntry(4L, ReasonCode.OK);
        assertThat(bob.texts()).containsExactly("chat");
        assertThat(fixture.node().holdings().bulkBytes()).isEqualTo(2 * (30 * KIB + 256));

        bob.connection().room(Lane.BULK, Integer.MAX_VALUE);
        fixture.world.settle();
        assertThat(bob.messages).hasSize(3);
        assertThat(fixture.node().holdings().bulkBytes()).isZero();
    }

    @Test
    void restsTheSenderWhileTheOtherLoopIsBehind() {
        fixture.open(limits -> limits.loopPairBytes(64 * KIB).sessionBytes(KIB * KIB));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        fixture.world.owner(1).queue().hold();
        for (int i = 0; i < 40; i++) {
            alice.texts("bob", 20);
        }
        fixture.world.settle();
        assertThat(alice.connection().isPaused()).isTrue();
        assertThat(alice.results.size()).as("read until the pair was full").isBetween(200, 400);

        fixture.world.owner(1).queue().release();
        fixture.world.settle();
        assertThat(alice.connection().isPaused()).isFalse();
        assertThat(bob.texts()).hasSize(800);
    }

    @Test
    void keepsNothingForAPeerThatSendsAndReadsNothing() {
        fixture.open(limits -> limits.sessionBytes(16 * KIB));
        TestClient rude = fixture.in("rude", 0);
        TestClient bob = fixture.in("bob", 1);
        rude.connection().block(Lane.CHAT, true);
        for (int i = 0; i < 50; i++) {
            rude.texts("bob", 20);
            rude.send(new Ping(i));
        }
        fixture.world.settle();
        assertThat(bob.texts()).hasSize(1000);
        assertThat(rude.packets).as("behind the answer to LOGIN").hasSize(1);

        rude.connection().block(Lane.CHAT, false);
        fixture.world.settle();
        assertThat(rude.heard(Pong.class)).as("one answer for all").containsExactly(new Pong(49));
        assertThat(rude.results).hasSize(1000);
    }

    /** It is not read any more, so no timer of silence runs; and no count is due from it. */
    @Test
    void closesAPeerThatReadsNothingUntilItsAnswersCrowd() {
        fixture.open(limits -> limits.openMessages(64));
        TestClient rude = fixture.in("rude", 0);
        rude.connection().block(Lane.CHAT, true);
        crowd(rude);
        assertThat(rude.connection().isPaused()).isTrue();
        fixture.world.advanceMillis(29_000);
        assertThat(rude.connection().isClosed()).isFalse();
        fixture.world.advanceMillis(2_000);
        assertThat(rude.closes).containsExactly(ReasonCode.NO_PROGRESS);
    }

    /** Nothing that is counted was ever written to it, and it says that it is alive. */
    @Test
    void closesAPeerThatReadsNothingThoughItIsOwedNoCount() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient rude = fixture.in("rude", 0);
        rude.connection().block(Lane.CHAT, true);
        alice.text("rude", "hi");
        for (int i = 0; i < 29; i++) {
            fixture.world.advanceMillis(1_000);
            rude.send(new Ping(i));
        }
        assertThat(rude.closes).isEmpty();
        fixture.world.advanceMillis(2_000);
        assertThat(rude.closes).containsExactly(ReasonCode.NO_PROGRESS);
    }

    @Test
    void goesOnWithAPeerThatReadsItsCrowdOfAnswersNowAndThen() {
        fixture.open(limits -> limits.openMessages(64));
        TestClient slow = fixture.in("slow", 0);
        slow.connection().block(Lane.CHAT, true);
        for (int i = 0; i < 5; i++) {
            crowd(slow);
            assertThat(slow.connection().isPaused()).isTrue();
            fixture.world.advanceMillis(20_000);
            slow.connection().block(Lane.CHAT, false);
            fixture.world.settle();
            assertThat(slow.connection().isPaused()).isFalse();
            slow.connection().block(Lane.CHAT, true);
        }
        assertThat(slow.closes).isEmpty();
    }

    /** Refused and taken by turns, so that no answers merge. */
    private void crowd(TestClient client) {
        for (int i = 0; i < 20_000 && !client.connection().isPaused(); i++) {
            client.send(Address.user("bob"), "hi", Lane.CHAT);
            client.send(Address.group("none"), "hi", Lane.CHAT);
            fixture.world.settle();
        }
    }

    @Test
    void closesWhoCountsNothingAndSaysNothing() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.stopCounting();
        alice.text("bob", "hi");
        fixture.world.settle();
        fixture.world.advanceMillis(35_000);
        assertThat(bob.closes).containsExactly(ReasonCode.NO_PROGRESS);
    }

    @Test
    void waitsForADeadLinkAsLongAsForAnIdleOne() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.stopCounting();
        bob.cutOff();
        alice.text("bob", "hi");
        fixture.world.settle();
        fixture.world.advanceMillis(100_000);
        assertThat(bob.closes).isEmpty();
        fixture.world.advanceMillis(60_000);
        assertThat(bob.closes).containsExactly(ReasonCode.IDLE_TIMEOUT);
    }

    /** A NAT had forgotten it: what was written while it was silent reaches it only now. */
    @Test
    void aLinkThatWasDeadHasAllItsPatienceWhenItLivesAgain() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.cutOff();
        alice.text("bob", "hi");
        fixture.world.settle();
        fixture.world.advanceMillis(45_000);
        bob.connection().speakAgain();
        fixture.world.advanceMillis(25_000);
        assertThat(bob.closes).isEmpty();
        fixture.world.advanceMillis(10_000);
        assertThat(bob.closes).containsExactly(ReasonCode.NO_PROGRESS);
    }

    @Test
    void closesWhoCountsNothingOnALiveLink() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.stopCounting();
        alice.text("bob", "hi");
        for (int i = 0; i < 35; i++) {
            fixture.world.advanceMillis(1_000);
            bob.send(new Ping(i));
        }
        fixture.world.settle();
        assertThat(bob.closes).containsExactly(ReasonCode.NO_PROGRESS);
        TestClient again = fixture.in("bob", 0);
        assertThat(again.texts()).containsExactly("hi");
    }

    @Test
    void closesWhoIsSilentForTwoAndAHalfKeepAlives() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        fixture.world.advanceMillis(149_000);
        assertThat(alice.isOpen()).isTrue();
        alice.send(new Ping(1));
        fixture.world.advanceMillis(149_000);
        assertThat(alice.isOpen()).isTrue();
        fixture.world.advanceMillis(2_000);
        assertThat(alice.closes).containsExactly(ReasonCode.IDLE_TIMEOUT);
        assertThat(fixture.node().sessions(new UserId("alice"))).isEmpty();
    }

    @Test
    void throttlesMessagesOfOneSessionOnly() {
        fixture.openRated(limits -> limits.messagesPerSecond(10).messageBurst(20));
        TestClient alice = fixture.in("alice", 0);
        TestClient carol = fixture.in("carol", 0);
        TestClient bob = fixture.in("bob", 1);
        alice.texts("bob", 30);
        carol.texts("bob", 5);
        fixture.world.settle();
        assertThat(alice.results.values().stream().filter(ReasonCode.OK::equals))
                .hasSize(20);
        assertThat(alice.results).containsEntry(30L, ReasonCode.THROTTLED);
        assertThat(carol.results).hasSize(5).doesNotContainValue(ReasonCode.THROTTLED);
        fixture.world.advanceMillis(1_000);
        alice.text("bob", "later");
        fixture.world.settle();
        assertThat(bob.texts()).hasSize(26).endsWith("later");
    }
}
