// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.listener.DeliveryListener;
import io.hongyan.core.listener.SessionInfo;
import io.hongyan.core.listener.SessionListener;
import io.hongyan.core.listener.Verdict;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.store.InMemoryMessageStore;
import io.hongyan.core.world.LateStore;
import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.core.world.TestWorld;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.ContentKind;
import io.hongyan.protocol.packet.Count;
import io.hongyan.protocol.packet.Logout;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.Ping;
import io.hongyan.protocol.packet.Pong;
import io.hongyan.protocol.packet.UserId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Listeners and interceptors: that throw, that block, that decide. */
final class CallbacksTest {
    private final NodeFixture fixture = new NodeFixture();
    private final List<String> events = new ArrayList<>();

    @Test
    void survivesAListenerThatThrows() {
        fixture.start(builder -> builder.allowAnyone()
                .onMessage((sender, message) -> {
                    events.add(message.payload().text());
                    throw new IllegalStateException("planted");
                })
                .sessionListener(new SessionListener() {
                    @Override
                    public void onOpened(SessionInfo session) {
                        throw new AssertionError("planted");
                    }
                }));
        TestClient alice = fixture.in("alice", 0);
        alice.send(Address.server(), "one", Lane.CHAT);
        alice.send(Address.server(), "two", Lane.CHAT);
        fixture.world.settle();
        assertThat(events).containsExactly("one", "two");
        assertThat(alice.delivered)
                .as("it was delivered, to a listener that failed")
                .containsExactlyInAnyOrder(1L, 2L);
        assertThat(fixture.counts.of(Metric.CALLBACKS_FAILED)).isEqualTo(3);
    }

    @Test
    void refusesWhatAnInterceptorMadeTooLarge() {
        fixture.start(builder -> builder.allowAnyone()
                .limits(ServerLimits.builder().maxMessageBytes(1024).build())
                .interceptor((sender, message) -> Verdict.replace(
                        ContentKind.BINARY,
                        Payload.of(new byte[message.payload().size() * 1000]))));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        alice.text("bob", "1");
        alice.text("bob", "22");
        alice.text("bob", "x".repeat(1000) + "y".repeat(24));
        alice.message(Message.of(new MessageId(1, 1), Address.user("bob"), Payload.of(new byte[1024])));
        fixture.world.settle();
        assertThat(alice.results)
                .containsEntry(1L, ReasonCode.OK)
                .containsEntry(2L, ReasonCode.MESSAGE_TOO_LARGE)
                .containsEntry(3L, ReasonCode.MESSAGE_TOO_LARGE)
                .containsEntry(4L, ReasonCode.MESSAGE_TOO_LARGE);
        assertThat(bob.messages).hasSize(1);
        assertThat(fixture.counts.of(Metric.MESSAGES_REFUSED, ReasonCode.MESSAGE_TOO_LARGE))
                .isEqualTo(3);
    }

    @Test
    void answersAMessageThatAnInterceptorMadeLargerThanAnyCanBe() {
        fixture.start(builder -> builder.allowAnyone()
                .interceptor((sender, message) ->
                        Verdict.replace(ContentKind.BINARY, Payload.of(new byte[Message.MAX_PAYLOAD_BYTES + 1]))));
        TestClient alice = fixture.in("alice", 0);
        alice.text("bob", "grow");
        fixture.world.settle();
        assertThat(alice.results).containsEntry(1L, ReasonCode.MESSAGE_TOO_LARGE);
    }

    @Test
    void tellsOfAnAbsentRecipientOnlyWhenTheMessageIsKept() {
        fixture.start(builder -> builder.allowAnyone()
                .messageStore(new InMemoryMessageStore(1, 1 << 20, 1 << 20))
                .deliveryListener(new DeliveryListener() {
                    @Override
                    public void onRecipientOffline(UserId recipient, Message message) {
                        events.add("offline " + message.payload().text());
                    }

                    @Override
                    public void onStored(UserId recipient, Message message) {
                        events.add("stored " + message.payload().text());
                    }
                }));
        TestClient alice = fixture.in("alice", 0);
        alice.text("bob", "kept");
        alice.text("bob", "refused");
        fixture.world.settle();
        assertThat(alice.results).containsEntry(2L, ReasonCode.INBOX_FULL);
        assertThat(events).containsExactly("offline kept", "stored kept");
    }

    @Test
    void tellsOfTheNextSessionOfAnInstanceBehindTheOneBefore() {
        Deque<Runnable> tasks = new ArrayDeque<>();
        fixture.start(builder -> builder.allowAnyone().executor(tasks::push).sessionListener(new SessionListener() {
            @Override
            public void onOpened(SessionInfo session) {
                events.add("opened");
            }

            @Override
            public void onClosed(SessionInfo session, ReasonCode reason) {
                events.add("closed");
            }
        }));
        TestClient alice = fixture.in("alice", 0);
        runLastFirst(tasks);
        alice.cut();
        fixture.world.settle();
        alice.comeBack(fixture.node(), fixture.world.owner(1), false);
        fixture.world.settle();
        runLastFirst(tasks);
        assertThat(events).containsExactly("opened", "closed", "opened");
    }

    private void runLastFirst(Deque<Runnable> tasks) {
        while (!tasks.isEmpty()) {
            tasks.pop().run();
            fixture.world.settle();
        }
    }

    @Test
    void readsNoFurtherWhileADeliveryListenerBlocksBehindAnInterceptor() {
        TestWorld.TaskQueue lanes = fixture.world.queue();
        TestWorld.TaskQueue eventLanes = fixture.world.queue();
        fixture.start(builder -> builder.allowAnyone()
                .limits(ServerLimits.builder().laneTasks(8).build())
                .executor(task -> (lanes.isRunning() ? eventLanes : lanes).execute(task))
                .interceptor((sender, message) -> Verdict.pass())
                .deliveryListener(new DeliveryListener() {}));
        TestClient alice = fixture.in("alice", 0);
        eventLanes.hold();
        for (int i = 0; i < 20; i++) {
            alice.texts("bob", 2);
            fixture.world.settle();
        }
        assertThat(alice.connection().isPaused()).isTrue();
        assertThat(alice.results).hasSizeLessThan(20);

        eventLanes.release();
        fixture.world.settle();
        assertThat(alice.connection().isPaused()).isFalse();
        assertThat(alice.results).hasSize(40);
    }

    @Test
    void countsWhatTheStoreRefusesLate() {
        fixture.start(builder -> builder.allowAnyone()
                .messageStore(new LateStore(new InMemoryMessageStore(1, 1 << 20, 1 << 20), fixture.world.queue())));
        TestClient alice = fixture.in("alice", 0);
        alice.texts("bob", 3);
        fixture.world.settle();
        assertThat(fixture.counts.of(Metric.MESSAGES_REFUSED, ReasonCode.INBOX_FULL))
                .isEqualTo(2);
    }

    @Test
    void readsNoFurtherWhileAListenerBlocksButAnswersPings() {
        fixture.start(builder -> builder.allowAnyone()
                .limits(ServerLimits.builder().laneTasks(4).build())
                .onMessage((sender, message) -> events.add(message.payload().text())));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        fixture.world.holdWorkers(true);
        for (int i = 0; i < 8; i++) {
            alice.send(Address.server(), "m" + i, Lane.CHAT);
            alice.send(new Ping(i));
        }
        fixture.world.advanceMillis(10_000);
        assertThat(alice.connection().isPaused()).isTrue();
        assertThat(alice.heard(Pong.class))
                .as("what was read before the lane was full")
                .hasSizeBetween(2, 5);
        assertThat(alice.results)
                .as("accepted, the listener has not heard of them")
                .hasSize(4);
        assertThat(counts(alice)).as("counted when the listener has returned").isZero();
        bob.text("alice", "others go on");
        fixture.world.settle();
        assertThat(alice.texts()).containsExactly("others go on");

        fixture.world.advanceMillis(200_000);
        assertThat(alice.isOpen())
                .as("the idle timer rests while we do not read")
                .isTrue();
        fixture.world.holdWorkers(false);
        fixture.world.settle();
        assertThat(events).containsExactly("m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7");
        assertThat(alice.delivered).hasSize(8);
        assertThat(alice.connection().isPaused()).isFalse();
        assertThat(counts(alice)).isEqualTo(8);
    }

    @Test
    void letsInterceptorsPassReplaceRejectAndDivert() {
        fixture.start(builder -> builder.allowAnyone()
                .interceptor((sender, message) -> switch (message.payload().text()) {
                    case "bad" -> Verdict.reject();
                    case "ugly" -> Verdict.replace(ContentKind.TEXT, Payload.text("nice"));
                    case "lost" -> Verdict.divert(Address.user("carol"));
                    case "bug" -> throw new IllegalStateException("planted");
                    default -> Verdict.pass();
                })
                .interceptor((sender, message) -> {
                    events.add(sender.user() + " " + message.payload().text());
                    return Verdict.pass();
                }));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        TestClient carol = fixture.in("carol", 1);
        for (String text : List.of("good", "bad", "ugly", "lost", "bug", "end")) {
            alice.text("bob", text);
        }
        fixture.world.settle();
        assertThat(bob.texts()).containsExactly("good", "nice", "end");
        assertThat(carol.texts()).containsExactly("lost");
        assertThat(carol.messages.get(0).to()).isEqualTo(Address.user("carol"));
        assertThat(events).containsExactly("alice good", "alice nice", "alice lost", "alice end");
        assertThat(alice.results)
                .containsEntry(2L, ReasonCode.REJECTED)
                .containsEntry(5L, ReasonCode.HANDLER_FAILED)
                .containsEntry(6L, ReasonCode.OK);
        assertThat(alice.delivered).containsExactlyInAnyOrder(1L, 3L, 4L, 6L);
    }

    @Test
    void tellsTheLifeOfASessionOnceEachAndInOrder() {
        fixture.start(builder -> builder.allowAnyone()
                .onMessage((sender, message) ->
                        events.add("message " + message.payload().text()))
                .sessionListener(new SessionListener() {
                    @Override
                    public void onOpened(SessionInfo session) {
                        events.add("opened");
                    }

                    @Override
                    public void onClosing(SessionInfo session, ReasonCode reason) {
                        events.add("closing " + reason);
                    }

                    @Override
                    public void onClosed(SessionInfo session, ReasonCode reason) {
                        events.add("closed " + reason);
                    }
                }));
        TestClient alice = fixture.in("alice", 0);
        alice.send(Address.server(), "hi", Lane.CHAT);
        alice.send(new Logout());
        fixture.world.settle();
        assertThat(events).containsExactly("opened", "message hi", "closing LOGGED_OUT", "closed LOGGED_OUT");
        assertThat(alice.closes).containsExactly(ReasonCode.LOGGED_OUT);

        events.clear();
        TestClient bob = fixture.in("bob", 0);
        bob.cut();
        fixture.world.settle();
        assertThat(events).containsExactly("opened", "closing CONNECTION_LOST", "closed CONNECTION_LOST");
    }

    @Test
    void tellsTheFateOfMessages() {
        fixture.start(builder -> builder.allowAnyone().deliveryListener(new DeliveryListener() {
            @Override
            public void onStored(UserId recipient, Message message) {
                events.add("stored " + message.payload().text());
            }

            @Override
            public void onDelivered(UserId recipient, Message message) {
                events.add("delivered " + message.payload().text());
            }

            @Override
            public void onExpired(UserId recipient, Message message) {
                events.add("expired " + message.payload().text());
            }

            @Override
            public void onRecipientOffline(UserId recipient, Message message) {
                events.add("offline " + message.payload().text());
            }
        }));
        TestClient alice = fixture.in("alice", 0);
        alice.text("bob", "one");
        alice.message(
                Message.text(new MessageId(1, 1), Address.user("bob"), "two").withTtlSeconds(3));
        fixture.world.settle();
        assertThat(events).containsExactly("offline one", "stored one", "offline two", "stored two");

        events.clear();
        fixture.world.advanceMillis(10_000);
        assertThat(events).as("the store lets it go by itself").containsExactly("expired two");
        events.clear();
        TestClient bob = fixture.in("bob", 1);
        assertThat(bob.texts()).containsExactly("one");
        assertThat(events).containsExactly("delivered one");
        assertThat(alice.delivered).containsExactly(1L);
    }

    @Test
    void neverDeliversWhatExpiredEvenIfTheStoreStillHasIt() {
        InMemoryMessageStore memory = new InMemoryMessageStore();
        fixture.start(builder ->
                builder.allowAnyone().messageStore(new LateStore(memory, fixture.world.queue()).neverExpiring()));
        TestClient alice = fixture.in("alice", 0);
        for (int ttl = 1; ttl <= 3; ttl++) {
            alice.message(Message.text(new MessageId(1, 1), Address.user("bob"), "ttl" + ttl)
                    .withTtlSeconds(ttl * 10));
        }
        fixture.world.settle();
        fixture.world.advanceMillis(15_000);
        assertThat(memory.keptMessages(new UserId("bob"))).isEqualTo(3);
        TestClient bob = fixture.in("bob", 1);
        assertThat(bob.texts()).containsExactly("ttl2", "ttl3");
        assertThat(fixture.counts.of(Metric.MESSAGES_EXPIRED)).isEqualTo(1);
        assertThat(memory.keptMessages(new UserId("bob"))).isZero();
    }

    private static int counts(TestClient client) {
        List<Count> counts = client.heard(Count.class);
        return counts.isEmpty() ? 0 : counts.get(counts.size() - 1).count();
    }
}
