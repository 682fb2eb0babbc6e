// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.store.InMemoryMessageStore;
import io.hongyan.core.world.LateStore;
import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.core.world.TestWorld;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Chunker;
import io.hongyan.protocol.packet.Count;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import org.junit.jupiter.api.Test;

/** The same message again: answered, and not delivered twice. */
final class DuplicatesTest {
    private final NodeFixture fixture = new NodeFixture();

    @Test
    void answersAgainAfterAReconnectAndTellsDelivered() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        alice.texts("bob", 3);
        fixture.world.settle();
        alice.cut();
        fixture.world.settle();
        TestClient bob = fixture.in("bob", 1);
        assertThat(bob.texts()).hasSize(3);
        assertThat(alice.delivered).as("alice was away").isEmpty();

        alice.results.clear();
        alice.comeBack(fixture.node(), fixture.world.owner(1), true);
        for (long counter = 1; counter <= 3; counter++) {
            alice.send(again(alice, counter));
        }
        fixture.world.settle();
        assertThat(alice.results).hasSize(3).doesNotContainValue(ReasonCode.BACKPRESSURED);
        assertThat(alice.delivered).containsExactlyInAnyOrder(1L, 2L, 3L);
        assertThat(bob.texts()).hasSize(3);
        assertThat(bob.doubles()).isZero();
    }

    @Test
    void tellsDeliveredToWhereverTheSenderIsNow() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.stopCounting();
        alice.text("bob", "hi");
        fixture.world.settle();
        alice.cut();
        fixture.world.settle();
        alice.comeBack(fixture.node(), fixture.world.owner(1), false);
        fixture.world.settle();
        assertThat(alice.delivered).isEmpty();
        bob.run(bob::countNow);
        fixture.world.settle();
        assertThat(alice.delivered).containsExactly(1L);
    }

    @Test
    void answersOnceWhatIsStillWithTheStore() {
        TestWorld world = fixture.world;
        TestWorld.TaskQueue disk = world.queue();
        fixture.start(builder -> builder.allowAnyone().messageStore(new LateStore(new InMemoryMessageStore(), disk)));
        TestClient alice = fixture.in("alice", 0);
        disk.hold();
        alice.text("bob", "hi");
        world.settle();
        alice.cut();
        world.settle();
        alice.connect(fixture.node(), world.owner(1), false);
        disk.release();
        alice.login();
        disk.hold();
        alice.send(again(alice, 1));
        world.settle();
        assertThat(alice.results).isEmpty();

        disk.release();
        world.settle();
        assertThat(alice.results).containsEntry(1L, ReasonCode.OK);
        TestClient bob = fixture.in("bob", 0);
        assertThat(bob.texts()).hasSize(1);
    }

    @Test
    void answersAgainThoughTheRateIsSpent() {
        fixture.openRated(limits -> limits.messagesPerSecond(1).messageBurst(2));
        TestClient alice = fixture.in("alice", 0);
        alice.texts("bob", 3);
        fixture.world.settle();
        assertThat(alice.results).containsEntry(2L, ReasonCode.OK).containsEntry(3L, ReasonCode.THROTTLED);
        alice.results.clear();
        alice.send(again(alice, 1), again(alice, 2), again(alice, 3));
        fixture.world.settle();
        assertThat(alice.results)
                .containsEntry(1L, ReasonCode.OK)
                .containsEntry(2L, ReasonCode.OK)
                .containsEntry(3L, ReasonCode.THROTTLED);
    }

    @Test
    void answersALargeMessageAtItsFirstChunkAndHoldsNothingOfIt() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        Message large = Message.of(new MessageId(1, 1), Address.user("bob"), Payload.of(new byte[100_000]));
        alice.message(large);
        fixture.world.settle();
        assertThat(alice.delivered).containsExactly(1L);
        alice.cut();
        alice.comeBack(fixture.node(), fixture.world.owner(0), true);
        fixture.world.settle();
        alice.results.clear();
        alice.delivered.clear();

        Chunker again = new Chunker(large.withId(new MessageId(alice.instance(), 1)), 4096);
        alice.sendFrame(again.next(), Lane.BULK);
        fixture.world.settle();
        assertThat(alice.results).containsEntry(1L, ReasonCode.OK);
        assertThat(alice.delivered).containsExactly(1L);
        assertThat(fixture.node().holdings().reassemblyBytes()).isZero();
        while (again.hasNext()) {
            alice.sendFrame(again.next(), Lane.BULK);
        }
        fixture.world.settle();
        assertThat(alice.heard(Count.class)).last().isEqualTo(new Count(Lane.BULK, 1));
        assertThat(bob.messages).hasSize(1);
        assertThat(bob.doubles()).isZero();
        assertThat(alice.isOpen()).isTrue();
    }

    @Test
    void refusesWhatIsOlderThanItRemembers() {
        fixture.open(limits -> limits);
        TestClient alice = fixture.in("alice", 0);
        alice.send(Message.text(new MessageId(alice.instance(), 2000), Address.user("bob"), "new"));
        alice.send(Message.text(new MessageId(alice.instance(), 976), Address.user("bob"), "old"));
        alice.send(Message.text(new MessageId(alice.instance(), 977), Address.user("bob"), "old enough"));
        fixture.world.settle();
        assertThat(alice.results)
                .containsEntry(2000L, ReasonCode.OK)
                .containsEntry(976L, ReasonCode.ID_TOO_OLD)
                .containsEntry(977L, ReasonCode.OK);
    }

    private static Message again(TestClient client, long counter) {
        return Message.text(new MessageId(client.instance(), counter), Address.user("bob"), "m" + counter);
    }
}
