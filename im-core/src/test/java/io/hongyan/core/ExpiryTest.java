// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.listener.DeliveryListener;
import io.hongyan.core.store.InMemoryMessageStore;
import io.hongyan.core.store.MessageStore;
import io.hongyan.core.world.LateStore;
import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** A message whose time to live runs out: it is not delivered then, and its fate is told once. */
final class ExpiryTest {
    private final NodeFixture fixture = new NodeFixture();
    private final List<String> fates = new ArrayList<>();

    @Test
    void writesNothingThatExpiredWhileASessionStalled() {
        start(new InMemoryMessageStore());
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.connection().block(Lane.CHAT, true);
        send(alice, "short", 3);
        send(alice, "long", 100);
        send(alice, "brief", 3);
        fixture.world.advanceMillis(10_000);
        bob.connection().block(Lane.CHAT, false);
        fixture.world.settle();
        assertThat(bob.texts()).containsExactly("long");
        assertThat(fates).containsExactly("expired short", "expired brief", "delivered long");
        assertThat(alice.delivered).containsExactly(2L);
        bob.cut();
        fixture.world.advanceMillis(3_000);
        assertThat(fates).as("once each").hasSize(3);
        assertThat(fixture.node().holdings().mailboxes()).isEqualTo(1);
    }

    @Test
    void beginsNoClipThatExpired() {
        start(new InMemoryMessageStore());
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.connection().block(Lane.BULK, true);
        alice.message(Message.of(new MessageId(1, 1), Address.user("bob"), Payload.of(new byte[100_000]))
                .withLane(Lane.BULK)
                .withTtlSeconds(3));
        fixture.world.advanceMillis(10_000);
        assertThat(fixture.node().holdings().bulkBytes()).isPositive();
        bob.connection().block(Lane.BULK, false);
        fixture.world.settle();
        assertThat(bob.messages).isEmpty();
        assertThat(fixture.node().holdings().bulkBytes()).isZero();
        assertThat(fates).hasSize(1).allMatch(fate -> fate.startsWith("expired"));
    }

    @Test
    void isDeliveredByADeviceThatGotItInTime() {
        start(new InMemoryMessageStore());
        TestClient alice = fixture.in("alice", 0);
        TestClient stalled = fixture.in("bob", "stalled", 1);
        TestClient quick = fixture.in("bob", "quick", 0);
        stalled.connection().block(Lane.CHAT, true);
        quick.stopCounting();
        send(alice, "hi", 3);
        fixture.world.advanceMillis(10_000);
        stalled.connection().block(Lane.CHAT, false);
        fixture.world.settle();
        assertThat(stalled.texts()).isEmpty();
        assertThat(fates).isEmpty();
        quick.run(quick::countNow);
        fixture.world.settle();
        assertThat(fates).containsExactly("delivered hi");
        assertThat(alice.delivered).containsExactly(1L);
    }

    @Test
    void isOverWhenTheDeviceThatGotItInTimeEndsWithoutCountingIt() {
        start(new InMemoryMessageStore());
        TestClient alice = fixture.in("alice", 0);
        TestClient stalled = fixture.in("bob", "stalled", 1);
        TestClient lost = fixture.in("bob", "lost", 0);
        stalled.connection().block(Lane.CHAT, true);
        lost.stopCounting();
        send(alice, "hi", 3);
        fixture.world.advanceMillis(10_000);
        stalled.connection().block(Lane.CHAT, false);
        fixture.world.settle();
        lost.cut();
        fixture.world.settle();
        assertThat(fates).containsExactly("expired hi");
        send(alice, "next", 0);
        fixture.world.settle();
        assertThat(stalled.texts()).containsExactly("next");
    }

    /** The login that it made way for is over at the same moment: the old session is let go of twice. */
    @Test
    void isNotOverWhileADeviceHasIt() {
        start(new InMemoryMessageStore());
        TestClient alice = fixture.in("alice", 0);
        TestClient phone = fixture.in("bob", "phone", 1);
        TestClient tablet = fixture.in("bob", "tablet", 1);
        phone.stopCounting();
        tablet.stopCounting();
        send(alice, "hi", 100);
        fixture.world.settle();

        fixture.world.owner(1).queue().hold();
        TestClient again = fixture.in("bob", "phone", 0);
        fixture.world.owner(0).queue().hold();
        again.cut();
        fixture.world.owner(1).queue().release();
        fixture.world.settle();
        assertThat(phone.closes).containsExactly(ReasonCode.REPLACED);
        fixture.world.owner(0).queue().release();
        fixture.world.settle();
        assertThat(fates).isEmpty();
        tablet.run(tablet::countNow);
        fixture.world.settle();
        assertThat(fates).containsExactly("delivered hi");
    }

    @RepeatedTest(300)
    void everyMessageHasOneFateWhateverItsDevicesDo(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        SplittableRandom random = new SplittableRandom(seed);
        start(new InMemoryMessageStore());
        TestClient alice = fixture.in("alice", 0);
        List<TestClient> devices = List.of(fixture.in("bob", "phone", 0), fixture.in("bob", "tablet", 1));
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            TestClient device = devices.get(random.nextInt(2));
            switch (random.nextInt(8)) {
                case 0 -> device.connection().block(Lane.CHAT, true);
                case 1 -> device.connection().block(Lane.CHAT, false);
                case 2 -> device.run(device::stopCounting);
                case 3 -> device.run(device::countNow);
                case 4 -> device.cut();
                case 5 -> {
                    device.cut();
                    device.comeBack(fixture.node(), fixture.world.owner(random.nextInt(2)), false);
                }
                default -> {
                    sent.add("m" + i);
                    send(alice, "m" + i, random.nextInt(4));
                }
            }
            if (random.nextBoolean()) {
                fixture.world.advanceMillis(random.nextInt(1_500));
            }
        }
        for (TestClient device : devices) {
            device.cut();
            device.comeBack(fixture.node(), fixture.world.owner(0), false);
            device.run(device::countNow);
        }
        fixture.world.advanceMillis(10_000);
        assertThat(fates.stream().map(fate -> fate.substring(fate.indexOf(' ') + 1)))
                .as("seed %s: %s", seed, fates)
                .containsExactlyInAnyOrderElementsOf(sent);
        devices.forEach(TestClient::cut);
        alice.cut();
        fixture.world.advanceMillis(10_000);
        assertThat(fixture.node().holdings()).isEqualTo(new ImNode.Holdings(0, 0, 0, 0, 0, 0));
    }

    @Test
    void isToldOnceWhenTheStoreLetsItGoInFlight() {
        for (boolean durable : new boolean[] {false, true}) {
            for (boolean counted : new boolean[] {false, true}) {
                fates.clear();
                LateStore late = new LateStore(new InMemoryMessageStore(), fixture.world.queue());
                start(durable ? late.durably() : late);
                TestClient alice = fixture.in("alice", 0);
                send(alice, "hi", 3);
                fixture.world.settle();
                TestClient bob = fixture.connected("bob", 1);
                bob.stopCounting();
                bob.login();
                fixture.world.settle();
                assertThat(bob.texts()).containsExactly("hi");
                fixture.world.advanceMillis(10_000);
                assertThat(fates).as("under way").isEmpty();

                if (counted) {
                    bob.run(bob::countNow);
                }
                fixture.world.settle();
                bob.cut();
                fixture.world.advanceMillis(5_000);
                fixture.in("bob", 1);
                fixture.world.advanceMillis(5_000);
                assertThat(fates).as("durable %s", durable).containsExactly(counted ? "delivered hi" : "expired hi");
            }
        }
    }

    private void start(MessageStore store) {
        fixture.start(builder -> builder.allowAnyone().messageStore(store).deliveryListener(new DeliveryListener() {
            @Override
            public void onDelivered(UserId recipient, Message message) {
                fates.add("delivered " + message.payload().text());
            }

            @Override
            public void onExpired(UserId recipient, Message message) {
                fates.add("expired " + message.payload().text());
            }
        }));
    }

    private static void send(TestClient from, String text, int ttlSeconds) {
        from.message(
                Message.text(new MessageId(1, 1), Address.user("bob"), text).withTtlSeconds(ttlSeconds));
    }
}
