// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.core.auth.AuthResult;
import io.hongyan.core.listener.SessionInfo;
import io.hongyan.core.listener.SessionListener;
import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Kick;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.UserId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Several devices of a user, and the same one twice. */
final class DevicesTest {
    private final NodeFixture fixture = new NodeFixture();
    private final List<String> events = new ArrayList<>();

    @Test
    void deliversToEveryDeviceAndTellsDeliveredOnce() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient phone = fixture.in("bob", "phone", 0);
        TestClient desk = fixture.in("bob", "desk", 1);
        alice.text("bob", "hi");
        fixture.world.settle();
        assertThat(phone.texts()).containsExactly("hi");
        assertThat(desk.texts()).containsExactly("hi");
        assertThat(alice.delivered).containsExactly(1L);
        assertThat(fixture.node().sessions(new UserId("bob"))).hasSize(2);
    }

    @Test
    void givesADeviceThatJoinsWhatIsStillUnderWay() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient phone = fixture.in("bob", "phone", 0);
        phone.stopCounting();
        alice.texts("bob", 3);
        fixture.world.settle();

        TestClient desk = fixture.in("bob", "desk", 1);
        phone.cut();
        fixture.world.settle();
        alice.text("bob", "more");
        fixture.world.settle();

        assertThat(desk.texts()).containsExactly("m1", "m2", "m3", "more");
        assertThat(alice.delivered).containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
    }

    @Test
    void replacesTheSameDeviceAndHandsOverWhatItHadNotCounted() {
        fixture.start(builder -> builder.allowAnyone().sessionListener(recorder()));
        TestClient alice = fixture.in("alice", 0);
        TestClient old = fixture.in("bob", "phone", 0);
        old.stopCounting();
        alice.texts("bob", 5);
        fixture.world.settle();
        assertThat(old.texts()).hasSize(5);

        TestClient fresh = fixture.in("bob", "phone", 1);
        alice.text("bob", "six");
        fixture.world.settle();

        assertThat(old.heard(Kick.class)).extracting(Kick::code).containsExactly(ReasonCode.REPLACED);
        assertThat(old.closes).containsExactly(ReasonCode.REPLACED);
        assertThat(fresh.texts()).containsExactly("m1", "m2", "m3", "m4", "m5", "six");
        assertThat(alice.delivered).hasSize(6);
        assertThat(fixture.node().sessions(new UserId("bob"))).hasSize(1);
        assertThat(events)
                .containsExactly(
                        "opened alice",
                        "opened bob",
                        "replaced bob",
                        "closing bob REPLACED",
                        "closed bob REPLACED",
                        "opened bob");
    }

    @Test
    void letsTheLastOfSeveralLoginsOfADeviceIn() {
        fixture.open();
        fixture.in("bob", "phone", 0);
        fixture.world.owner(0).queue().hold();
        TestClient second = fixture.client("bob", "phone");
        second.connect(fixture.node(), fixture.world.owner(1), false).login();
        fixture.world.settle();
        TestClient third = fixture.client("bob", "phone");
        third.connect(fixture.node(), fixture.world.owner(1), false).login();
        fixture.world.settle();
        assertThat(second.loginResult().code()).isEqualTo(ReasonCode.REPLACED);
        assertThat(third.isOpen()).as("the first has not made way").isFalse();

        fixture.world.owner(0).queue().release();
        fixture.world.settle();
        assertThat(third.isOpen()).isTrue();
        assertThat(fixture.node().sessions(new UserId("bob"))).hasSize(1);
    }

    @Test
    void letsTheLastInWhenTheWayIsFreeForTheOneBeforeIt() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient first = fixture.in("bob", "phone", 0);
        first.stopCounting();
        alice.texts("bob", 3);
        fixture.world.settle();
        TestClient second = waitingFor(0);
        fixture.world.owner(1).queue().hold();
        fixture.world.owner(0).queue().release();
        fixture.world.settle();

        TestClient third = fixture.in("bob", "phone", 0);
        fixture.world.owner(1).queue().release();
        fixture.world.settle();
        assertThat(third.isOpen()).isTrue();
        assertThat(third.texts()).containsExactly("m1", "m2", "m3");
        assertThat(second.loginResult().code()).isEqualTo(ReasonCode.REPLACED);
        assertThat(fixture.node().sessions(new UserId("bob"))).hasSize(1);
    }

    @Test
    void keepsTheLastWhenOneBeforeItComesLate() {
        fixture.open();
        TestClient first = fixture.in("bob", "phone", 0);
        fixture.world.owner(0).queue().hold();
        first.cut();
        TestClient second = waitingFor(0);
        fixture.world.owner(1).queue().hold();
        fixture.world.owner(0).queue().release();
        assertThat(fixture.world.runOne()).as("the first is gone").isTrue();
        fixture.world.owner(0).queue().hold();
        fixture.world.owner(1).queue().release();

        TestClient third = fixture.in("bob", "phone", 1);
        assertThat(third.isOpen()).isTrue();
        fixture.world.owner(0).queue().release();
        fixture.world.settle();
        assertThat(third.isOpen()).isTrue();
        assertThat(third.closes).isEmpty();
        assertThat(second.loginResult().code()).isEqualTo(ReasonCode.REPLACED);
    }

    @Test
    void keepsTheLastLoginWhenOneBeforeItIsJudgedLate() {
        List<CompletableFuture<AuthResult>> verdicts = new ArrayList<>();
        fixture.start(builder -> builder.authenticator(login -> {
            CompletableFuture<AuthResult> verdict = new CompletableFuture<>();
            verdicts.add(verdict);
            return verdict;
        }));
        TestClient early = fixture.in("bob", "phone", 0);
        TestClient late = fixture.in("bob", "phone", 1);
        verdicts.get(1).complete(AuthResult.accept());
        fixture.world.settle();
        verdicts.get(0).complete(AuthResult.accept());
        fixture.world.settle();
        assertThat(late.isOpen()).isTrue();
        assertThat(early.loginResult().code()).isEqualTo(ReasonCode.REPLACED);
    }

    @Test
    void countsBulkForOneDeviceAgainstTheBoundOfTheNode() {
        fixture.open(limits -> limits.bulkBytes(1 << 20));
        TestClient phone = fixture.in("bob", "phone", 0);
        TestClient desk = fixture.in("bob", "desk", 1);
        phone.connection().block(Lane.BULK, true);
        desk.connection().block(Lane.BULK, true);
        fixture.world.settle();
        Content clip = Content.of(Payload.of(new byte[700_000])).withLane(Lane.BULK);
        CompletionStage<Receipt> one = fixture.node().send(Address.device("bob", "phone"), clip, ReceiptLevel.ACCEPTED);
        CompletionStage<Receipt> two = fixture.node().send(Address.device("bob", "desk"), clip, ReceiptLevel.ACCEPTED);
        fixture.world.settle();
        assertThat(one.toCompletableFuture().join().code()).isEqualTo(ReasonCode.OK);
        assertThat(two.toCompletableFuture().join().code()).isEqualTo(ReasonCode.BACKPRESSURED);
        phone.cut();
        fixture.world.settle();
        assertThat(fixture.node().holdings().bulkBytes()).isZero();
    }

    @Test
    void losesNothingWhenTheReplacementVanishesBeforeItsTime() {
        fixture.open();
        TestClient alice = fixture.in("alice", 1);
        TestClient old = fixture.in("bob", "phone", 0);
        old.stopCounting();
        alice.texts("bob", 3);
        fixture.world.settle();
        fixture.world.owner(0).queue().hold();
        TestClient second = fixture.client("bob", "phone");
        second.connect(fixture.node(), fixture.world.owner(1), false).login();
        fixture.world.settle();
        second.cut();
        fixture.world.settle();
        fixture.world.owner(0).queue().release();
        fixture.world.settle();
        assertThat(fixture.node().sessionCount()).as("alice alone").isEqualTo(1);

        TestClient third = fixture.in("bob", "phone", 1);
        assertThat(third.texts()).containsExactly("m1", "m2", "m3");
    }

    @Test
    void replacesTheOldestWhenThereAreTooMany() {
        fixture.open(limits -> limits.devicesPerUser(2));
        TestClient first = fixture.in("bob", "d1", 0);
        TestClient second = fixture.in("bob", "d2", 1);
        TestClient third = fixture.in("bob", "d3", 0);
        assertThat(first.closes).containsExactly(ReasonCode.REPLACED);
        assertThat(second.isOpen()).isTrue();
        assertThat(third.isOpen()).isTrue();
    }

    @Test
    void sendsToOneDeviceOnlyWhileItIsHere() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient phone = fixture.in("bob", "phone", 0);
        TestClient desk = fixture.in("bob", "desk", 1);
        alice.send(Address.device("bob", "desk"), "for the desk", Lane.CHAT);
        alice.send(Address.device("bob", "car"), "for the car", Lane.CHAT);
        alice.send(Address.device("nobody", "car"), "for nobody", Lane.CHAT);
        fixture.world.settle();
        assertThat(desk.texts()).containsExactly("for the desk");
        assertThat(phone.texts()).isEmpty();
        assertThat(alice.results)
                .containsEntry(1L, ReasonCode.OK)
                .containsEntry(2L, ReasonCode.RECIPIENT_OFFLINE)
                .containsEntry(3L, ReasonCode.RECIPIENT_OFFLINE);
        assertThat(alice.delivered).containsExactly(1L);
    }

    @Test
    void endsSessionsByUserDeviceAndId() {
        fixture.open();
        TestClient phone = fixture.in("bob", "phone", 0);
        TestClient desk = fixture.in("bob", "desk", 1);
        TestClient alice = fixture.in("alice", 1);
        ImNode node = fixture.node();
        assertThat(node.kick(new UserId("bob"), new DeviceId("desk"), ReasonCode.KICKED, "bye"))
                .isTrue();
        fixture.world.settle();
        assertThat(desk.heard(Kick.class)).containsExactly(new Kick(ReasonCode.KICKED, "bye"));
        assertThat(phone.isOpen()).isTrue();
        assertThat(node.kick(new UserId("bob"), ReasonCode.KICKED, "")).isEqualTo(1);
        long aliceId = alice.loginResult().sessionId();
        assertThat(node.kick(aliceId, ReasonCode.KICKED, "")).isTrue();
        fixture.world.settle();
        assertThat(node.kick(aliceId, ReasonCode.KICKED, "")).isFalse();
        assertThat(node.sessionCount()).isZero();
        assertThat(alice.closes).containsExactly(ReasonCode.KICKED);
    }

    @Test
    void endsAllSessionsAtOnce() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        assertThat(fixture.node().kickAll(ReasonCode.SERVER_BUSY, "moving")).isEqualTo(2);
        fixture.world.settle();
        assertThat(alice.heard(Kick.class)).containsExactly(new Kick(ReasonCode.SERVER_BUSY, "moving"));
        assertThat(bob.closes).containsExactly(ReasonCode.SERVER_BUSY);
        assertThat(fixture.node().sessionCount()).isZero();
        assertThat(fixture.node().kickAll(ReasonCode.KICKED, "")).isZero();
    }

    @Test
    void endsAllSessionsSpreadOverATime() {
        fixture.open(limits -> limits);
        for (int i = 0; i < 50; i++) {
            fixture.in("user" + i, i % 2);
        }
        assertThat(fixture.node().kickAll(ReasonCode.SERVER_BUSY, "", Duration.ofSeconds(10)))
                .isEqualTo(50);
        TestClient late = fixture.in("late", 0);
        fixture.world.advanceMillis(5_000);
        assertThat(fixture.node().sessionCount()).isBetween(24, 28);
        fixture.world.advanceMillis(5_000);
        assertThat(fixture.node().sessionCount()).as("who came meanwhile").isEqualTo(1);
        assertThat(late.isOpen()).isTrue();
    }

    @Test
    void kicksOnlyWithCodesThatEndConnections() {
        ImNode node = fixture.open();
        UserId bob = new UserId("bob");
        assertThatThrownBy(() -> node.kick(bob, ReasonCode.OK, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> node.kick(bob, new DeviceId("d"), ReasonCode.THROTTLED, ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> node.kick(1, ReasonCode.EXPIRED, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> node.kickAll(ReasonCode.NOT_PERMITTED, ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> node.kickAll(ReasonCode.KICKED, "", Duration.ofHours(2)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private SessionListener recorder() {
        return new SessionListener() {
            @Override
            public void onOpened(SessionInfo session) {
                events.add("opened " + session.user());
            }

            @Override
            public void onReplaced(SessionInfo session, SessionInfo by) {
                events.add("replaced " + session.user());
            }

            @Override
            public void onClosing(SessionInfo session, ReasonCode reason) {
                events.add("closing " + session.user() + " " + reason);
            }

            @Override
            public void onClosed(SessionInfo session, ReasonCode reason) {
                events.add("closed " + session.user() + " " + reason);
            }
        };
    }

    /** The same device again, on loop 1, while the loop of the session before does nothing. */
    private TestClient waitingFor(int loop) {
        fixture.world.owner(loop).queue().hold();
        TestClient client = fixture.client("bob", "phone");
        client.connect(fixture.node(), fixture.world.owner(1), false).login();
        fixture.world.settle();
        assertThat(client.isOpen()).isFalse();
        return client;
    }
}
