// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.client.Receipt;
import io.hongyan.client.ReceiptLevel;
import io.hongyan.core.auth.AuthResult;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.ErrorPacket;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.simnet.LinkProfiles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TestWorldTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final TestWorld world = TestWorld.create();

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void carriesMessagesBothWays(Carrier carrier) {
        TestServer server = world.server(node -> node.allowAnyone());
        TestClient alice = server.client("alice", carrier);
        TestClient bob = server.client("bob", carrier);
        CompletableFuture<Receipt> hi = alice.send("bob", "hi", ReceiptLevel.DELIVERED);
        bob.onMessage(message -> bob.send(message.from(), "hi, too"));
        world.run(SECOND);
        assertThat(bob.texts()).containsExactly("hi");
        assertThat(alice.texts()).containsExactly("hi, too");
        assertThat(hi.join().level()).isEqualTo(ReceiptLevel.DELIVERED);
        assertThat(server.node().sessionCount()).isEqualTo(2);
    }

    @Test
    void nothingHappensBeforeTimeRuns() {
        TestServer server = world.server(node -> node.allowAnyone());
        TestClient alice = server.client("alice");
        assertThat(alice.isOnline()).isFalse();
        world.run(SECOND);
        assertThat(alice.isOnline()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void aCutLinkDelaysWhatIsSentMeanwhile(Carrier carrier) {
        TestServer server = world.server(node -> node.allowAnyone());
        TestClient alice = server.client("alice", carrier);
        TestClient bob = server.client("bob");
        world.run(SECOND);
        alice.link().cut(Duration.ofSeconds(5));
        alice.send("bob", "late");
        world.run(Duration.ofSeconds(4));
        assertThat(bob.texts()).isEmpty();
        world.run(Duration.ofSeconds(10));
        assertThat(bob.texts()).containsExactly("late");
        assertThat(alice.logins()).isEqualTo(1);
    }

    @Test
    void aStreamThatIsResetIsMadeAnew() {
        TestServer server = world.server(node -> node.allowAnyone());
        TestClient alice = server.client("alice");
        world.run(SECOND);
        alice.link().reset();
        world.run(Duration.ofSeconds(2));
        assertThat(alice.losses()).containsExactly(ReasonCode.CONNECTION_LOST);
        assertThat(alice.logins()).isEqualTo(2);
        assertThat(alice.isOnline()).isTrue();
    }

    @Test
    void datagramsSurviveANewAddressAndStreamsDoNot() {
        TestServer server = world.server(node -> node.allowAnyone());
        TestClient alice = server.client("alice", Carrier.UDP);
        TestClient bob = server.client("bob", Carrier.TCP);
        world.run(SECOND);
        alice.link().roam();
        bob.link().roam();
        alice.send("bob", "moved");
        world.run(Duration.ofSeconds(5));
        assertThat(bob.texts()).containsExactly("moved");
        assertThat(alice.losses()).isEmpty();
        assertThat(bob.losses()).containsExactly(ReasonCode.CONNECTION_LOST);
    }

    @Test
    void aSlowLinkIsSlow() {
        TestServer server = world.server(node -> node.allowAnyone());
        TestClient alice = server.client("alice");
        TestClient bob = server.client("bob");
        world.run(SECOND);
        bob.link().profile(LinkProfiles.SATELLITE);
        alice.send("bob", "far away");
        world.run(Duration.ofMillis(250));
        assertThat(bob.texts()).isEmpty();
        world.run(SECOND);
        assertThat(bob.texts()).containsExactly("far away");
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void clientsComeBackToAServerThatWasKilled(Carrier carrier) {
        TestServer server = world.server(node -> node.allowAnyone());
        TestClient alice = server.client("alice", carrier);
        TestClient bob = server.client("bob", carrier);
        world.run(SECOND);
        server.kill();
        CompletableFuture<Receipt> receipt = alice.send("bob", "are you there?", ReceiptLevel.DELIVERED);
        world.run(SECOND);
        server.restart();
        assertThat(world.runUntil(receipt::isDone, Duration.ofMinutes(3))).isTrue();
        assertThat(receipt.join().code()).isEqualTo(ReasonCode.OK);
        assertThat(bob.texts()).containsExactly("are you there?");
    }

    @Test
    void aServerThatStopsTellsItsClients() {
        TestServer server = world.server(node -> node.allowAnyone());
        TestClient alice = server.client("alice");
        world.run(SECOND);
        CompletableFuture<Void> stopped = server.stop(SECOND);
        assertThat(world.runUntil(stopped::isDone, Duration.ofSeconds(20))).isTrue();
        assertThat(alice.isOnline()).isFalse();
        server.restart();
        assertThat(world.runUntil(alice::isOnline, Duration.ofMinutes(1))).isTrue();
    }

    @Test
    void aStalledServerGoesOn() {
        TestServer server = world.server(node -> node.allowAnyone());
        TestClient alice = server.client("alice");
        TestClient bob = server.client("bob");
        world.run(SECOND);
        server.stall(Duration.ofSeconds(5));
        alice.send("bob", "patience");
        world.run(Duration.ofSeconds(4));
        assertThat(bob.texts()).isEmpty();
        world.run(Duration.ofSeconds(2));
        assertThat(bob.texts()).containsExactly("patience");
    }

    @Test
    void aStoreFailsAndHangsAsToldAndOutlivesItsServer() {
        FaultyStore store = FaultyStore.durable(world);
        TestServer server = world.server(node -> node.allowAnyone().messageStore(store));
        TestClient alice = server.client("alice");
        world.run(SECOND);
        store.failing(true);
        CompletableFuture<Receipt> refused = alice.send("bob", "no disk", ReceiptLevel.STORED);
        world.run(SECOND);
        assertThat(refused.join().code()).isEqualTo(ReasonCode.STORE_UNAVAILABLE);
        store.failing(false).hanging(true);
        CompletableFuture<Receipt> waits = alice.send("bob", "kept", ReceiptLevel.STORED);
        world.run(SECOND);
        assertThat(waits).isNotDone();
        store.hanging(false);
        world.run(SECOND);
        assertThat(waits.join().level()).isEqualTo(ReceiptLevel.STORED);
        server.kill();
        server.restart();
        TestClient bob = server.client("bob");
        world.run(SECOND);
        assertThat(bob.texts()).containsExactly("kept");
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void aScriptedClientMaySayAnything(Carrier carrier) {
        TestServer server = world.server(node -> node.authenticator(login -> CompletableFuture.completedStage(
                login.token().equals("secret") ? AuthResult.accept() : AuthResult.reject("wrong token"))));
        ScriptedClient wrong = server.scripted(carrier).login("alice", "guess");
        ScriptedClient right = server.scripted(carrier).login("alice", "secret");
        ScriptedClient rude = server.scripted(carrier).send(0x41, new byte[] {1, 2, 3});
        world.run(SECOND);
        assertThat(wrong.heard(LoginResult.class).get(0).code()).isEqualTo(ReasonCode.LOGIN_REFUSED);
        assertThat(wrong.closedWith()).isNotNull();
        assertThat(right.heard(LoginResult.class).get(0).code()).isEqualTo(ReasonCode.OK);
        assertThat(right.closedWith()).isNull();
        assertThat(rude.heard(ErrorPacket.class)).hasSize(1);
        assertThat(rude.closedWith()).isNotNull();
        right.close();
        world.run(Duration.ofMinutes(3));
        assertThat(server.node().sessionCount()).isZero();
    }

    @Test
    void aClientThatIsKilledIsGoneAndItsMessagesComeToTheNext() {
        TestServer server = world.server(node -> node.allowAnyone());
        TestClient alice = server.client("alice");
        TestClient bob = server.client("bob");
        world.run(SECOND);
        bob.kill();
        alice.send("bob", "still there?");
        world.run(SECOND);
        TestClient again = server.client("bob");
        world.run(Duration.ofSeconds(30));
        assertThat(bob.texts()).isEmpty();
        assertThat(again.texts()).containsExactly("still there?");
    }

    @Test
    void whatATaskThrowsLeavesTheRun() {
        world.executor().execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        assertThatThrownBy(() -> world.run(SECOND))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("on purpose");
        world.run(SECOND);
    }

    @Test
    void theSameSeedTakesTheSameCourse() {
        assertThat(course(7)).isEqualTo(course(7));
        assertThat(course(7)).isNotEqualTo(course(8));
    }

    private static List<String> course(long seed) {
        TestWorld world = TestWorld.seeded(seed);
        TestServer server = world.server(node -> node.allowAnyone());
        List<String> course = new ArrayList<>();
        List<TestClient> clients = new ArrayList<>();
        for (Carrier carrier : Carrier.values()) {
            TestClient client = server.client("user-" + carrier, carrier);
            client.link().profile(LinkProfiles.SUBWAY);
            client.onMessage(message -> course.add(world.clock().nowNanos() + " " + message.text() + message.id()));
            clients.add(client);
        }
        for (int i = 0; i < 50; i++) {
            clients.get(i % 2).send("user-" + Carrier.values()[(i + 1) % 2], "m" + i);
            world.run(Duration.ofMillis(100));
            if (i % 20 == 10) {
                clients.get(0).link().reset();
                clients.get(1).link().roam();
            }
        }
        world.run(Duration.ofSeconds(30));
        assertThat(course).hasSize(50);
        return course;
    }
}
