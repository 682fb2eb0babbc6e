// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.listener.DeliveryListener;
import io.hongyan.core.listener.Verdict;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Read;
import io.hongyan.protocol.packet.UserId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What recipients say of having read messages, and who hears of it. */
final class ReadReceiptsTest {
    private static final UserId ALICE = new UserId("alice");
    private static final UserId BOB = new UserId("bob");

    private final NodeFixture fixture = new NodeFixture();
    private final List<String> heard = new ArrayList<>();

    @Test
    void tellsTheSenderOnceAndTheListener() {
        fixture.start(builder -> builder.allowAnyone().deliveryListener(new DeliveryListener() {
            @Override
            public void onRead(UserId recipient, Address from, MessageId id) {
                heard.add(recipient + " read " + from + " " + id.counter());
            }
        }));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        alice.texts("bob", 3);
        fixture.world.settle();
        bob.send(read(alice, 1, 2));
        bob.send(read(alice, 1, 3));
        bob.send(read(alice, 1, 3));
        fixture.world.settle();
        assertThat(alice.heard(Read.class))
                .containsExactly(
                        new Read(BOB, alice.instance(), CounterRanges.of(1, 2)),
                        new Read(BOB, alice.instance(), CounterRanges.of(3)));
        String from = Address.user("alice").toString();
        assertThat(heard)
                .containsExactly("bob read " + from + " 1", "bob read " + from + " 2", "bob read " + from + " 3");
        assertThat(fixture.counts.of(Metric.MESSAGES_READ)).isEqualTo(3);
        assertThat(bob.heard(Read.class)).isEmpty();
    }

    @Test
    void bothEndsCountReceiptsAmongTheMessages() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        for (int i = 1; i <= 20; i++) {
            alice.text("bob", "to bob " + i);
            bob.text("alice", "to alice " + i);
            fixture.world.settle();
            bob.send(read(alice, i, i));
            fixture.world.settle();
        }
        assertThat(alice.heard(Read.class)).hasSize(20);
        assertThat(alice.texts()).hasSize(20);
        assertThat(bob.delivered).as("counted by alice").hasSize(20);
        fixture.world.advanceMillis(60_000);
        assertThat(alice.isOpen()).as("nothing is left uncounted").isTrue();
        assertThat(alice.closes).isEmpty();
        assertThat(bob.closes).isEmpty();
    }

    @Test
    void tellsTheOtherDevicesOfTheReader() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient phone = fixture.in("bob", "phone", 0);
        TestClient desk = fixture.in("bob", "desk", 1);
        alice.texts("bob", 2);
        fixture.world.settle();
        phone.send(read(alice, 1, 2));
        fixture.world.settle();
        assertThat(desk.heard(Read.class)).containsExactly(new Read(BOB, alice.instance(), CounterRanges.of(1, 2)));
        assertThat(phone.heard(Read.class)).isEmpty();
        desk.send(read(alice, 1, 2));
        fixture.world.settle();
        assertThat(phone.heard(Read.class)).as("no news").isEmpty();
        assertThat(alice.heard(Read.class)).hasSize(1);
    }

    @Test
    void believesTheRecipientOnly() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        TestClient mallory = fixture.in("mallory", 1);
        alice.text("bob", "one");
        alice.text("mallory", "two");
        alice.text("bob", "three");
        fixture.world.settle();
        mallory.send(read(alice, 1, 3));
        fixture.world.settle();
        assertThat(alice.heard(Read.class))
                .containsExactly(new Read(new UserId("mallory"), alice.instance(), CounterRanges.of(2)));
        bob.send(read(alice, 1, 3));
        fixture.world.settle();
        assertThat(fixture.counts.of(Metric.MESSAGES_READ)).isEqualTo(3);
    }

    @Test
    void hostileReceiptsDoNothing() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        alice.texts("bob", 2);
        fixture.world.settle();
        int packets = alice.packets.size();
        long most = MessageId.MAX_COUNTER;
        bob.send(
                new Read(ALICE, alice.instance(), CounterRanges.of(most - 65_535, most)),
                new Read(ALICE, alice.instance() + 1, CounterRanges.of(1, 65_536)),
                new Read(new UserId("nobody"), alice.instance(), CounterRanges.of(1, 65_536)),
                new Read(null, alice.instance(), CounterRanges.of(1, 65_536)),
                new Read(null, bob.loginResult().serverInstance(), CounterRanges.of(1, 65_536)),
                new Read(ALICE, alice.instance(), CounterRanges.of(3, 65_538)));
        fixture.world.settle();
        assertThat(alice.packets).hasSize(packets);
        assertThat(bob.isOpen()).isTrue();
        assertThat(fixture.counts.of(Metric.MESSAGES_READ)).isZero();
        bob.send(new Read(ALICE, alice.instance(), CounterRanges.of(1, 65_536)));
        fixture.world.settle();
        assertThat(fixture.counts.of(Metric.MESSAGES_READ)).as("what there is").isEqualTo(2);
    }

    @Test
    void comesBeforeTheCountOfTheMessage() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.stopCounting();
        alice.text("bob", "hi");
        fixture.world.settle();
        bob.send(read(alice, 1, 1));
        fixture.world.settle();
        assertThat(alice.heard(Read.class)).hasSize(1);
        assertThat(alice.delivered).isEmpty();
        bob.countNow();
    }

    @Test
    void goesByWhomTheInterceptorSentItTo() {
        fixture.start(builder ->
                builder.allowAnyone().interceptor((sender, message) -> Verdict.divert(Address.user("carol"))));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        TestClient carol = fixture.in("carol", 1);
        alice.text("bob", "hi");
        fixture.world.settle();
        bob.send(read(alice, 1, 1));
        fixture.world.settle();
        assertThat(alice.heard(Read.class)).isEmpty();
        carol.send(read(alice, 1, 1));
        fixture.world.settle();
        assertThat(alice.heard(Read.class)).hasSize(1);
    }

    @Test
    void ephemeralMessagesAndMessagesToTheServerAreReadByNobody() {
        fixture.start(builder -> builder.allowAnyone().onMessage((sender, message) -> {}));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        alice.text("bob", "one");
        alice.send(Address.user("bob"), "typing", Lane.EPHEMERAL);
        alice.send(Address.server(), "hello", Lane.CHAT);
        fixture.world.settle();
        bob.send(read(alice, 1, 3));
        fixture.world.settle();
        assertThat(alice.heard(Read.class)).containsExactly(new Read(BOB, alice.instance(), CounterRanges.of(1)));
    }

    @Test
    void senderWhoWasAwayHearsOfItWhenItSendsAgain() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        alice.text("bob", "hi");
        fixture.world.settle();
        alice.cut();
        fixture.world.settle();
        bob.send(read(alice, 1, 1));
        fixture.world.settle();
        alice.connect(fixture.node(), fixture.world.owner(1), false).login();
        fixture.world.settle();
        assertThat(alice.heard(Read.class)).isEmpty();
        alice.send(Message.text(new MessageId(alice.instance(), 1), Address.user("bob"), "hi"));
        fixture.world.settle();
        assertThat(alice.heard(Read.class)).containsExactly(new Read(BOB, alice.instance(), CounterRanges.of(1)));
        assertThat(alice.results).containsEntry(1L, ReasonCode.OK);
        assertThat(bob.texts()).containsExactly("hi");
    }

    @Test
    void receiptsOfASenderWhoDoesNotCountGrowTogether() {
        fixture.open(limits -> limits);
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        alice.texts("bob", 600);
        fixture.world.settle();
        alice.stopCounting();
        for (int i = 1; i <= 600; i++) {
            bob.send(read(alice, i, i));
            fixture.world.settle();
        }
        assertThat(alice.heard(Read.class)).as("under way").hasSize(16);
        alice.countNow();
        fixture.world.settle();
        assertThat(alice.heard(Read.class)).hasSize(17);
        assertThat(alice.heard(Read.class).get(16).counters()).isEqualTo(CounterRanges.of(17, 600));
    }

    @Test
    void takesMoreThanFitsInOneSet() {
        fixture.open(limits -> limits);
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        fixture.in("carol", 1);
        for (int i = 0; i < 300; i++) {
            alice.text("bob", "to bob");
            alice.text("carol", "to carol");
        }
        fixture.world.settle();
        bob.send(read(alice, 1, 600));
        fixture.world.settle();
        assertThat(fixture.counts.of(Metric.MESSAGES_READ)).isEqualTo(300);
        assertThat(alice.heard(Read.class).stream()
                        .mapToInt(read -> read.counters().counters())
                        .sum())
                .isEqualTo(300);
    }

    @Test
    void dropsReceiptsBeyondTheBound() {
        fixture.open(limits -> limits.readReceipts(2));
        TestClient alice = fixture.in("alice", 0);
        alice.stopCounting();
        for (int i = 1; i <= 30; i++) {
            TestClient reader = fixture.in("reader" + i, 1);
            alice.text("reader" + i, "hi");
            fixture.world.settle();
            reader.send(read(alice, i, i));
            fixture.world.settle();
        }
        assertThat(fixture.counts.of(Metric.READ_RECEIPTS_DROPPED)).isEqualTo(30 - 16 - 2);
        alice.countNow();
        fixture.world.settle();
        assertThat(alice.heard(Read.class)).hasSize(18);
    }

    @Test
    void newSessionOfTheDeviceGetsWhatTheOldOneHadNotCounted() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        alice.texts("bob", 20);
        fixture.world.settle();
        alice.stopCounting();
        for (int i = 1; i <= 20; i++) {
            bob.send(read(alice, i, i));
            fixture.world.settle();
        }
        TestClient again = fixture.in("alice", 1);
        fixture.world.settle();
        assertThat(again.heard(Read.class).stream()
                        .mapToInt(read -> read.counters().counters())
                        .sum())
                .isEqualTo(20);
        fixture.world.advanceMillis(40_000);
        assertThat(again.isOpen()).isTrue();
    }

    @Test
    void sendOfTheServerCompletesWhenItsRecipientHasRead() {
        fixture.open();
        TestClient bob = fixture.in("bob", 0);
        TestClient mallory = fixture.in("mallory", 1);
        List<Receipt> receipts = new ArrayList<>();
        fixture.node()
                .send(Address.user("bob"), Content.text("hi"), ReceiptLevel.READ)
                .thenAccept(receipts::add);
        fixture.world.settle();
        assertThat(receipts).as("delivered is not enough").isEmpty();
        MessageId id = bob.messages.get(0).id();
        mallory.send(new Read(null, id.instance(), CounterRanges.of(id.counter())));
        fixture.world.settle();
        assertThat(receipts).isEmpty();
        bob.send(new Read(null, id.instance(), CounterRanges.of(id.counter())));
        fixture.world.settle();
        assertThat(receipts).extracting(Receipt::level).containsExactly(ReceiptLevel.READ);
        assertThat(fixture.node().holdings().outstandingSends()).isZero();
    }

    @Test
    void sendOfTheServerThatIsNotReadInTimeSaysHowFarItCame() {
        fixture.open();
        fixture.in("bob", 0);
        List<Receipt> receipts = new ArrayList<>();
        fixture.node()
                .send(Address.user("bob"), Content.text("hi"), ReceiptLevel.READ)
                .thenAccept(receipts::add);
        fixture.node()
                .send(Address.user("carol"), Content.text("hi"), ReceiptLevel.READ)
                .thenAccept(receipts::add);
        fixture.world.advanceMillis(32_000);
        assertThat(receipts)
                .extracting(Receipt::level)
                .containsExactlyInAnyOrder(ReceiptLevel.DELIVERED, ReceiptLevel.ACCEPTED);
    }

    private static Read read(TestClient sender, long first, long last) {
        return new Read(new UserId(sender.user()), sender.instance(), CounterRanges.of(first, last));
    }
}
