// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.core.world.TestWorld;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Logout;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.Ping;
import io.hongyan.protocol.packet.UserId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** People talk: the main job, on a whole node. */
final class ChatTest {
    private final TestWorld world = TestWorld.withLoops(2);
    private final ImNode node = node(ImNode.builder().allowAnyone());
    private final TestClient alice = client("alice", 1);
    private final TestClient bob = client("bob", 2);

    @Test
    void deliversWhatWasSentInOneBatchWithALogout() {
        NodeFixture fixture = new NodeFixture();
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        alice.send(
                Message.text(new MessageId(alice.instance(), 1), Address.user("bob"), "bye"),
                new Logout(),
                new Ping(1));
        assertThat(fixture.world.runOne()).as("the batch is read").isTrue();
        fixture.world.owner(0).queue().hold();
        fixture.world.settle();
        assertThat(bob.texts()).containsExactly("bye");
    }

    @Test
    void deliversBetweenLoopsWithBothReceipts() {
        alice.connect(node, world.owner(0), false).login();
        bob.connect(node, world.owner(1), false).login();
        world.settle();

        long id = alice.text("bob", "hi");
        world.settle();

        assertThat(bob.texts()).containsExactly("hi");
        assertThat(bob.messages.get(0).from()).isEqualTo(Address.user("alice"));
        assertThat(alice.results).containsEntry(id, ReasonCode.OK);
        assertThat(alice.delivered).containsExactly(id);
    }

    @Test
    void keepsForWhoIsAwayAndDeliversAtLogin() {
        alice.connect(node, world.owner(0), false).login();
        world.settle();
        alice.texts("bob", 200);
        world.settle();
        assertThat(alice.results).hasSize(200);
        assertThat(alice.delivered).isEmpty();

        bob.connect(node, world.owner(1), false).login();
        world.settle();

        assertThat(bob.texts()).hasSize(200).startsWith("m1", "m2").endsWith("m199", "m200");
        assertThat(alice.delivered).hasSize(200);
        assertThat(bob.doubles()).isZero();
    }

    @Test
    void flushesOncePerBatchAndConnection() {
        alice.connect(node, world.owner(0), false).login();
        bob.connect(node, world.owner(1), false).login();
        world.settle();
        int aliceBefore = alice.connection().flushes();
        int bobBefore = bob.connection().flushes();

        alice.texts("bob", 100);
        world.settle();

        assertThat(bob.texts()).hasSize(100);
        assertThat(bob.connection().flushes() - bobBefore).isEqualTo(1);
        assertThat(alice.connection().flushes() - aliceBefore)
                .as("results, deliveries")
                .isEqualTo(2);
    }

    @Test
    void carriesLargeMessagesInChunksBehindChat() {
        alice.connect(node, world.owner(0), true).login();
        bob.connect(node, world.owner(1), true).login();
        world.settle();
        bob.connection().room(Lane.BULK, 20_000);
        byte[] clip = new byte[300_000];
        clip[299_999] = 7;

        alice.message(Message.of(new MessageId(1, 1), Address.user("bob"), Payload.of(clip)));
        alice.text("bob", "look");
        world.settle();
        assertThat(bob.texts()).containsExactly("look");

        bob.connection().room(Lane.BULK, 1_000_000);
        world.settle();
        assertThat(bob.messages).hasSize(2);
        assertThat(bob.messages.get(1).payload()).isEqualTo(Payload.of(clip));
        assertThat(bob.messages.get(1).lane()).isEqualTo(Lane.BULK);
        assertThat(alice.delivered).containsExactlyInAnyOrder(1L, 2L);
    }

    @Test
    void hearsMessagesToTheServerInOrderAndAnswers() {
        List<String> heard = new ArrayList<>();
        ImNode listening = node(ImNode.builder()
                .allowAnyone()
                .onMessage((sender, message) ->
                        heard.add(sender.user() + ": " + message.payload().text())));
        alice.connect(listening, world.owner(0), false).login();
        world.settle();
        alice.send(Address.server(), "one", Lane.CHAT);
        alice.send(Address.server(), "two", Lane.CHAT);
        world.settle();

        assertThat(heard).containsExactly("alice: one", "alice: two");
        assertThat(alice.delivered).containsExactlyInAnyOrder(1L, 2L);

        Receipt[] receipt = new Receipt[1];
        listening
                .send(Address.user("alice"), Payload.text("hello"), ReceiptLevel.DELIVERED)
                .thenAccept(reached -> receipt[0] = reached);
        world.settle();
        assertThat(alice.texts()).containsExactly("hello");
        assertThat(alice.messages.get(0).from()).isEqualTo(Address.server());
        assertThat(receipt[0].level()).isEqualTo(ReceiptLevel.DELIVERED);
    }

    @Test
    void showsWhoIsHere() {
        alice.connect(node, world.owner(0), false).login();
        world.settle();
        assertThat(node.presence(new UserId("alice")).online()).isTrue();
        assertThat(node.sessions(new UserId("alice")).get(0).transport()).isEqualTo("tcp");
        assertThat(node.sessionCount()).isEqualTo(1);

        alice.send(new Logout());
        world.settle();
        assertThat(node.presence(new UserId("alice")).sessions()).isEmpty();
        assertThat(node.sessionCount()).isZero();
    }

    private TestClient client(String user, long instance) {
        return new TestClient(user, "phone", instance, world.queue());
    }

    private ImNode node(ImNode.Builder builder) {
        ImNode built = builder.clock(world)
                .wallClock(world)
                .housekeeper(world)
                .executor(world.workers())
                .build();
        built.start();
        return built;
    }
}
