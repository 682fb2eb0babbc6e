// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.metrics.Metric;
import io.hongyan.core.store.InMemoryMessageStore;
import io.hongyan.core.world.LateStore;
import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Payload;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the application sends. */
final class ServerSendTest {
    private final NodeFixture fixture = new NodeFixture();
    private final List<Receipt> receipts = new ArrayList<>();

    @Test
    void completesWithTheLevelAskedFor() {
        fixture.open();
        TestClient bob = fixture.in("bob", 0);
        send(Address.user("bob"), "accepted", ReceiptLevel.ACCEPTED);
        assertThat(receipts).as("at once").hasSize(1);
        send(Address.user("bob"), "delivered", ReceiptLevel.DELIVERED);
        assertThat(receipts).hasSize(1);
        fixture.world.settle();
        assertThat(receipts).extracting(Receipt::level).containsExactly(ReceiptLevel.ACCEPTED, ReceiptLevel.DELIVERED);
        assertThat(receipts.get(1).reached(ReceiptLevel.ACCEPTED)).isTrue();
        assertThat(bob.texts()).containsExactly("accepted", "delivered");
    }

    @Test
    void tellsDeliveredWhenTheRecipientComesBackInTime() {
        fixture.open();
        send(Address.user("bob"), "hi", ReceiptLevel.DELIVERED);
        fixture.world.advanceMillis(20_000);
        assertThat(receipts).isEmpty();
        TestClient bob = fixture.in("bob", 1);
        assertThat(bob.texts()).containsExactly("hi");
        assertThat(receipts).extracting(Receipt::level).containsExactly(ReceiptLevel.DELIVERED);
    }

    @Test
    void completesWithTheLevelReachedWhenTheTimeIsUp() {
        fixture.open();
        send(Address.user("bob"), "hi", ReceiptLevel.DELIVERED);
        fixture.world.advanceMillis(32_000);
        assertThat(receipts).extracting(Receipt::level).containsExactly(ReceiptLevel.ACCEPTED);
        assertThat(receipts.get(0).reached(ReceiptLevel.DELIVERED)).isFalse();
        assertThat(fixture.node().holdings().outstandingSends()).isZero();
    }

    @Test
    void refusesWhatCannotBe() {
        fixture.open(limits -> limits.maxMessageBytes(2000).outstandingSends(1));
        send(Address.user("bob"), "hi", ReceiptLevel.STORED);
        send(Address.group("g"), "hi", ReceiptLevel.ACCEPTED);
        send(Address.server(), "hi", ReceiptLevel.ACCEPTED);
        send(Address.device("bob", "d"), "hi", ReceiptLevel.ACCEPTED);
        send(Address.user("bob"), "x".repeat(3000), ReceiptLevel.ACCEPTED);
        send(Address.user("bob"), "the one", ReceiptLevel.DELIVERED);
        send(Address.user("bob"), "one too many", ReceiptLevel.DELIVERED);
        assertThat(receipts)
                .extracting(Receipt::code)
                .containsExactly(
                        ReasonCode.NOT_SUPPORTED,
                        ReasonCode.NOT_SUPPORTED,
                        ReasonCode.NOT_SUPPORTED,
                        ReasonCode.RECIPIENT_OFFLINE,
                        ReasonCode.MESSAGE_TOO_LARGE,
                        ReasonCode.BACKPRESSURED);
    }

    @Test
    void neverCallsAMessageToOneDeviceStored() {
        fixture.start(builder -> builder.allowAnyone()
                .messageStore(new LateStore(new InMemoryMessageStore(), fixture.world.queue()).durably()));
        fixture.in("bob", "phone", 0);
        send(Address.device("bob", "phone"), "hi", ReceiptLevel.STORED);
        send(Address.user("bob"), "hi", ReceiptLevel.STORED);
        fixture.world.settle();
        assertThat(receipts).extracting(Receipt::code).containsExactly(ReasonCode.NOT_SUPPORTED, ReasonCode.OK);
    }

    @Test
    void broadcastsToAllWhoAreHereInOrder() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        send(Address.user("bob"), "before", ReceiptLevel.ACCEPTED);
        assertThat(fixture.node().broadcast(Content.text("to all"))).isEqualTo(2);
        send(Address.user("bob"), "after", ReceiptLevel.ACCEPTED);
        fixture.world.settle();
        assertThat(alice.texts()).containsExactly("to all");
        assertThat(bob.texts()).containsExactly("before", "to all", "after");
        TestClient carol = fixture.in("carol", 0);
        assertThat(carol.texts()).as("was not here").isEmpty();
    }

    @Test
    void dropsEphemeralMessagesForWhoIsAwayOrFull() {
        fixture.open(limits -> limits.sessionBytes(16 * 1024));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        alice.send(Address.user("bob"), "typing", Lane.EPHEMERAL);
        alice.send(Address.user("carol"), "typing", Lane.EPHEMERAL);
        fixture.world.settle();
        assertThat(bob.texts()).containsExactly("typing");
        assertThat(bob.messages.get(0).from()).isEqualTo(Address.user("alice"));
        assertThat(alice.results).as("no receipts").isEmpty();

        bob.connection().block(Lane.CHAT, true);
        for (int i = 0; i < 100; i++) {
            fixture.node()
                    .send(
                            Address.user("bob"),
                            Content.of(Payload.of(new byte[1000])).withLane(Lane.EPHEMERAL),
                            ReceiptLevel.ACCEPTED);
        }
        fixture.world.settle();
        assertThat(fixture.counts.of(Metric.EPHEMERAL_DROPPED)).isGreaterThan(80);
        bob.connection().block(Lane.CHAT, false);
        fixture.world.settle();
        alice.text("bob", "room again");
        fixture.world.settle();
        assertThat(bob.texts()).endsWith("room again");
    }

    private void send(Address to, String text, ReceiptLevel level) {
        fixture.node().send(to, Content.text(text), level).thenAccept(receipts::add);
    }
}
