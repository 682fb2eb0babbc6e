// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.auth.TakeoverPolicy;
import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.listener.PresenceVisibility;
import io.hongyan.core.listener.SessionInfo;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.ErrorPacket;
import io.hongyan.protocol.packet.Logout;
import io.hongyan.protocol.packet.Presence;
import io.hongyan.protocol.packet.Subscribe;
import io.hongyan.protocol.packet.UserId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is there, and who is told. */
final class PresenceTest {
    private static final UserId BOB = new UserId("bob");

    private final NodeFixture fixture = new NodeFixture();
    private final List<String> heard = new ArrayList<>();

    @AfterEach
    void nothingIsKeptWhenAllHaveGone() {
        fixture.node().kickAll(ReasonCode.KICKED, "the end");
        fixture.world.advanceMillis(20_000);
        assertThat(fixture.node().presenceBoard().subscriptions()).isZero();
        assertThat(fixture.node().presenceBoard().standings()).isZero();
    }

    @Test
    void subscriberIsToldHowItStandsAndOfChanges() {
        open();
        TestClient alice = fixture.in("alice", 0);
        subscribe(alice, "bob", "carol");
        assertThat(told(alice)).containsExactly("bob off", "carol off");
        TestClient bob = fixture.in("bob", 1);
        fixture.world.advanceMillis(1_500);
        assertThat(told(alice)).containsExactly("bob off", "carol off", "bob on");
        bob.send(new Logout());
        fixture.world.advanceMillis(1_500);
        assertThat(told(alice)).endsWith("bob on", "bob off").hasSize(4);
        alice.send(new Subscribe(false, List.of(BOB)));
        fixture.world.settle();
        fixture.in("bob", 1);
        fixture.world.advanceMillis(2_000);
        assertThat(told(alice)).as("unsubscribed").hasSize(4);
    }

    @Test
    void tellsSinceWhen() {
        open();
        TestClient alice = fixture.in("alice", 0);
        fixture.world.advanceMillis(5_000);
        long cameMillis = fixture.world.millis();
        TestClient bob = fixture.in("bob", 1);
        subscribe(alice, "bob");
        fixture.world.advanceMillis(10_000);
        long wentMillis = fixture.world.millis();
        bob.send(new Logout());
        fixture.world.advanceMillis(2_000);
        assertThat(alice.heard(Presence.class))
                .contains(new Presence(BOB, true, cameMillis))
                .endsWith(new Presence(BOB, false, wentMillis));
        assertThat(fixture.node().presence(BOB).since()).isEqualTo(Instant.ofEpochMilli(wentMillis));
        assertThat(fixture.node().presence(new UserId("nobody")).since()).isNull();
    }

    @Test
    void whoLosesHisConnectionIsThereForAWhile() {
        open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        fixture.world.advanceMillis(2_000);
        subscribe(alice, "bob");
        bob.cut();
        fixture.world.advanceMillis(14_000);
        assertThat(fixture.node().presence(BOB).online()).isTrue();
        assertThat(fixture.node().presence(BOB).sessions()).isEmpty();
        assertThat(told(alice)).containsExactly("bob on");
        fixture.world.advanceMillis(1_500);
        assertThat(fixture.node().presence(BOB).online()).isFalse();
        fixture.world.advanceMillis(1_500);
        assertThat(told(alice)).containsExactly("bob on", "bob off");
    }

    @Test
    void whoComesBackInTimeWasNeverAway() {
        open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        fixture.world.advanceMillis(2_000);
        subscribe(alice, "bob");
        Instant since = fixture.node().presence(BOB).since();
        for (int i = 0; i < 5; i++) {
            bob.cut();
            fixture.world.advanceMillis(10_000);
            bob.connect(fixture.node(), fixture.world.owner(i % 2), false).login();
            fixture.world.advanceMillis(10_000);
        }
        assertThat(told(alice)).containsExactly("bob on");
        assertThat(fixture.node().presence(BOB).since()).isEqualTo(since);
        bob.send(new Logout());
        fixture.world.advanceMillis(2_000);
        assertThat(told(alice)).as("a logout ends the grace of its device").containsExactly("bob on", "bob off");
    }

    @Test
    void whoIsKickedIsGoneAtOnce() {
        open();
        fixture.in("bob", "phone", 1);
        fixture.node().kick(BOB, ReasonCode.KICKED, "");
        fixture.world.settle();
        assertThat(fixture.node().presence(BOB).online()).isFalse();
        fixture.in("bob", "phone", 1);
        fixture.in("bob", "phone", 0);
        assertThat(fixture.node().presence(BOB).online())
                .as("replaced by the same device")
                .isTrue();
    }

    @Test
    void deviceReplacedByAnotherOneIsNotWaitedFor() {
        fixture.start(builder -> builder.allowAnyone().takeover(TakeoverPolicy.oneDevice()));
        fixture.in("bob", "phone", 1);
        TestClient desk = fixture.in("bob", "desk", 0);
        assertThat(fixture.node().presence(BOB).online()).isTrue();
        desk.send(new Logout());
        fixture.world.settle();
        assertThat(fixture.node().presence(BOB).online()).isFalse();
    }

    @Test
    void lastOfSeveralDevicesDecides() {
        open();
        TestClient alice = fixture.in("alice", 0);
        TestClient phone = fixture.in("bob", "phone", 0);
        TestClient desk = fixture.in("bob", "desk", 1);
        fixture.world.advanceMillis(2_000);
        subscribe(alice, "bob");
        phone.send(new Logout());
        fixture.world.advanceMillis(3_000);
        assertThat(told(alice)).containsExactly("bob on");
        desk.send(new Logout());
        fixture.world.advanceMillis(3_000);
        assertThat(told(alice)).containsExactly("bob on", "bob off");
    }

    @Test
    void changesWithinASecondAreToldOnce() {
        open();
        TestClient alice = fixture.in("alice", 0);
        subscribe(alice, "bob");
        for (int i = 0; i < 3; i++) {
            TestClient bob = fixture.in("bob", 1);
            fixture.world.advanceMillis(200);
            bob.send(new Logout());
            fixture.world.settle();
        }
        fixture.in("bob", 1);
        fixture.world.advanceMillis(2_000);
        assertThat(told(alice)).containsExactly("bob off", "bob on");
    }

    @Test
    void whoSubscribesInTheMiddleOfAChangeIsNotLeftWithIt() {
        open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        subscribe(alice, "bob");
        assertThat(told(alice)).containsExactly("bob on");
        bob.send(new Logout());
        fixture.world.advanceMillis(2_000);
        assertThat(told(alice)).as("for the others nothing has changed").containsExactly("bob on", "bob off");
    }

    @Test
    void slowSubscriberGetsTheNewestStateLater() {
        open();
        TestClient alice = fixture.in("alice", 0);
        subscribe(alice, "bob");
        alice.connection().block(Lane.CHAT, true);
        for (int i = 0; i < 5; i++) {
            TestClient bob = fixture.in("bob", 1);
            fixture.world.advanceMillis(2_000);
            bob.send(new Logout());
            fixture.world.advanceMillis(2_000);
        }
        fixture.in("bob", 1);
        fixture.world.advanceMillis(2_000);
        assertThat(told(alice)).containsExactly("bob off");
        alice.connection().block(Lane.CHAT, false);
        fixture.world.settle();
        assertThat(told(alice)).containsExactly("bob off", "bob on");
    }

    @Test
    void unlessToldOtherwiseEverybodySeesHimselfOnly() {
        fixture.open();
        TestClient phone = fixture.in("bob", "phone", 0);
        TestClient alice = fixture.in("alice", 1);
        subscribe(alice, "bob");
        subscribe(phone, "bob");
        assertThat(told(alice)).isEmpty();
        assertThat(alice.heard(ErrorPacket.class))
                .extracting(ErrorPacket::code)
                .containsExactly(ReasonCode.NOT_PERMITTED);
        assertThat(alice.isOpen()).isTrue();
        assertThat(told(phone)).containsExactly("bob on");
    }

    @Test
    void visibilityIsAskedOnTheSessionsLaneAndMayFail() {
        fixture.start(builder -> builder.allowAnyone().presenceVisibility(new PresenceVisibility() {
            @Override
            public boolean maySee(SessionInfo watcher, UserId user) {
                throw new IllegalStateException("not asked one by one");
            }

            @Override
            public List<UserId> visible(SessionInfo watcher, List<UserId> users) {
                heard.add(watcher.user() + " asks for " + users);
                if (users.contains(new UserId("bad"))) {
                    throw new IllegalStateException("planted");
                }
                return List.of(BOB, new UserId("mallory"));
            }
        }));
        TestClient alice = fixture.in("alice", 0);
        fixture.world.holdWorkers(true);
        alice.send(new Subscribe(true, List.of(BOB, BOB, new UserId("carol"))));
        fixture.world.settle();
        assertThat(told(alice)).isEmpty();
        fixture.world.holdWorkers(false);
        fixture.world.settle();
        assertThat(told(alice)).as("nobody who was not asked for").containsExactly("bob off");
        subscribe(alice, "bad");
        assertThat(heard).containsExactly("alice asks for [bob, carol]", "alice asks for [bad]");
        assertThat(fixture.counts.of(Metric.CALLBACKS_FAILED)).isEqualTo(1);
        assertThat(alice.isOpen()).isTrue();
    }

    @Test
    void boundsSubscriptionsOfASession() {
        open(limits -> limits.presenceSubscriptions(2));
        TestClient alice = fixture.in("alice", 0);
        subscribe(alice, "a", "b", "c");
        assertThat(told(alice)).containsExactly("a off", "b off");
        assertThat(alice.heard(ErrorPacket.class))
                .extracting(ErrorPacket::code)
                .containsExactly(ReasonCode.BACKPRESSURED);
        alice.send(new Subscribe(false, List.of(new UserId("a"))));
        subscribe(alice, "c");
        assertThat(told(alice)).endsWith("c off");
    }

    @Test
    void boundsWatchersOfAUserAndSubscriptionsInAll() {
        open(limits -> limits.presenceWatchers(1).allPresenceSubscriptions(2));
        TestClient alice = fixture.in("alice", 0);
        TestClient carol = fixture.in("carol", 1);
        subscribe(alice, "bob");
        subscribe(carol, "bob");
        assertThat(told(carol)).isEmpty();
        subscribe(carol, "x");
        subscribe(carol, "y");
        assertThat(told(carol)).containsExactly("x off");
        assertThat(carol.heard(ErrorPacket.class)).hasSize(2);
        alice.send(new Logout());
        fixture.world.settle();
        subscribe(carol, "bob");
        assertThat(told(carol)).as("its session has ended").endsWith("bob off");
    }

    @Test
    void subscriptionThatIsJudgedAfterTheSessionEndedIsNone() {
        open();
        TestClient alice = fixture.in("alice", 0);
        fixture.world.holdWorkers(true);
        alice.send(new Subscribe(true, List.of(BOB)));
        fixture.world.settle();
        alice.cut();
        fixture.world.settle();
        fixture.world.holdWorkers(false);
        fixture.world.settle();
        assertThat(fixture.node().presenceBoard().subscriptions()).isZero();
    }

    @Test
    void listenerHearsOfEverybody() {
        fixture.start(builder ->
                builder.allowAnyone().presenceListener((user, online) -> heard.add(user + (online ? " on" : " off"))));
        TestClient bob = fixture.in("bob", 1);
        fixture.world.advanceMillis(2_000);
        bob.cut();
        fixture.world.advanceMillis(10_000);
        bob.connect(fixture.node(), fixture.world.owner(0), false).login();
        fixture.world.advanceMillis(2_000);
        bob.send(new Logout());
        fixture.world.advanceMillis(2_000);
        assertThat(heard).containsExactly("bob on", "bob off");
    }

    @Test
    void slowListenerIsToldTheNewest() {
        fixture.start(builder -> builder.allowAnyone()
                .limits(ServerLimits.builder().laneTasks(1).build())
                .presenceListener((user, online) -> heard.add(user + (online ? " on" : " off"))));
        TestClient bob = fixture.in("bob", 1);
        fixture.world.advanceMillis(2_000);
        assertThat(heard).containsExactly("bob on");
        fixture.world.holdWorkers(true);
        for (int i = 0; i < 10; i++) {
            fixture.node().kick(BOB, ReasonCode.KICKED, "");
            fixture.world.advanceMillis(2_000);
        }
        fixture.world.holdWorkers(false);
        fixture.world.advanceMillis(2_000);
        assertThat(heard).containsExactly("bob on", "bob off");
        assertThat(bob.isOpen()).isFalse();
    }

    @Test
    void sessionThatWaitsToBeResumedIsThereForAsLongAsAnyThatWasLost() {
        open(limits -> limits.detachedMillis(120_000));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        fixture.world.advanceMillis(2_000);
        subscribe(alice, "bob");
        bob.cut();
        fixture.world.advanceMillis(14_000);
        assertThat(fixture.node().presence(BOB).online()).isTrue();
        fixture.world.advanceMillis(3_000);
        assertThat(fixture.node().presence(BOB).online()).isFalse();
        assertThat(told(alice)).containsExactly("bob on", "bob off");
        fixture.world.advanceMillis(120_000);
        assertThat(fixture.node().presence(BOB).sessions()).isEmpty();
        assertThat(told(alice)).containsExactly("bob on", "bob off");
    }

    private void open() {
        open(limits -> limits);
    }

    private void open(UnaryOperator<ServerLimits.Builder> limits) {
        fixture.start(builder -> builder.allowAnyone()
                .presenceVisibility(PresenceVisibility.everyone())
                .limits(limits.apply(ServerLimits.builder().detachedMillis(0)).build()));
    }

    private void subscribe(TestClient client, String... users) {
        client.send(new Subscribe(true, Arrays.stream(users).map(UserId::new).toList()));
        fixture.world.settle();
    }

    private static List<String> told(TestClient client) {
        return client.heard(Presence.class).stream()
                .map(presence -> presence.user() + (presence.online() ? " on" : " off"))
                .toList();
    }
}
