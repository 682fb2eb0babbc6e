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
import io.hongyan.core.world.TestConnection;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.BinaryPacketCodec;
import io.hongyan.protocol.packet.Count;
import io.hongyan.protocol.packet.GoAway;
import io.hongyan.protocol.packet.Kick;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.Logout;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.UserId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A session whose link is lost goes on over another one. */
final class ResumeTest {
    private final NodeFixture fixture = new NodeFixture();
    private final List<String> events = new ArrayList<>();
    private final List<String> pushed = new ArrayList<>();

    // ---- how it goes

    @Test
    void goesOnOverAnotherConnectionOfTheSameOwner() {
        goesOn(0);
    }

    @Test
    void goesOnOverAConnectionOfAnotherOwner() {
        goesOn(1);
    }

    private void goesOn(int loop) {
        open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        LoginResult first = bob.loginResult();
        alice.text("bob", "one");
        settle();
        bob.cut();
        settle();
        alice.text("bob", "two");
        alice.text("bob", "three");
        settle();
        bob.resume(fixture.node(), fixture.world.owner(loop));
        settle();
        alice.text("bob", "four");
        bob.text("alice", "hi");
        settle();

        assertThat(bob.resumes()).isEqualTo(1);
        assertThat(bob.texts()).containsExactly("one", "two", "three", "four");
        assertThat(bob.doubles()).isZero();
        assertThat(bob.loginResult().sessionId()).isEqualTo(first.sessionId());
        assertThat(bob.loginResult().secretLow()).isEqualTo(first.secretLow());
        assertThat(alice.texts()).containsExactly("hi");
        assertThat(alice.delivered).containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
        assertThat(fixture.node().sessionCount()).isEqualTo(2);
        assertThat(events).containsExactly("opened alice", "opened bob", "resumed bob from 40000 to " + address(bob));
        assertThat(fixture.counts.of(Metric.SESSIONS_DETACHED)).isEqualTo(1);
        assertThat(fixture.counts.of(Metric.SESSIONS_RESUMED)).isEqualTo(1);
    }

    @Test
    void answersWithItsCountAndGoesOnCounting() {
        open();
        TestClient alice = fixture.in("alice", 0);
        alice.texts("bob", 5);
        settle();
        alice.cut();
        settle();
        alice.packets.clear();
        alice.resume(fixture.node(), fixture.world.owner(1));
        settle();
        assertThat(alice.heard(Count.class)).containsExactly(new Count(Lane.CHAT, 5));
        alice.text("bob", "six");
        settle();
        assertThat(alice.heard(Count.class)).endsWith(new Count(Lane.CHAT, 6));
    }

    @Test
    void sendsAgainWhatWasNotCountedAndNothingElse() {
        open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        alice.texts("bob", 3);
        settle();
        bob.stopCounting();
        alice.texts("bob", 2);
        settle();
        bob.cut();
        settle();
        bob.packets.clear();
        bob.countsAs(4).resume(fixture.node(), fixture.world.owner(0));
        settle();
        assertThat(bob.heard(Message.class))
                .extracting(message -> message.id().counter())
                .containsExactly(5L);
        assertThat(bob.doubles()).isEqualTo(1);
    }

    @Test
    void fencesAnOldLinkThatLooksAlive() {
        open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        TestConnection oldLink = bob.connection();
        bob.resume(fixture.node(), fixture.world.owner(0));
        settle();
        assertThat(bob.resumes()).isEqualTo(1);
        assertThat(oldLink.isClosed()).isTrue();
        assertThat(fixture.counts.of(Metric.CONNECTIONS_CLOSED, ReasonCode.CONNECTION_LOST))
                .isEqualTo(1);
        oldLink.send(List.of(frame(Message.text(new MessageId(bob.instance(), 99), Address.user("alice"), "ghost"))));
        alice.text("bob", "hello");
        settle();
        assertThat(bob.texts()).containsExactly("hello");
        assertThat(alice.texts()).isEmpty();
        assertThat(events).doesNotContain("closed bob REPLACED");
    }

    @Test
    void tellsAgainTheReceiptsThatWereLostWithTheLink() {
        open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.stopCounting();
        alice.text("bob", "one");
        settle();
        alice.loseWhatComes();
        bob.countNow();
        settle();
        assertThat(alice.delivered).isEmpty();
        alice.cut();
        settle();
        alice.resume(fixture.node(), fixture.world.owner(0));
        settle();
        assertThat(alice.delivered).containsExactly(1L);
    }

    @Test
    void messagesOfBothWaysInFlightComeOnce() {
        open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        alice.texts("bob", 10);
        bob.texts("alice", 10);
        bob.cut();
        bob.texts("alice", 10);
        alice.texts("bob", 10);
        bob.resume(fixture.node(), fixture.world.owner(0));
        settle();
        assertThat(bob.messages).hasSize(20);
        assertThat(alice.messages)
                .hasSize(20)
                .isSortedAccordingTo((a, b) -> Long.compare(a.id().counter(), b.id().counter()));
        assertThat(bob.unanswered()).isEmpty();
    }

    @Test
    void bulkHalfSentIsSentAgainWhole() {
        open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.connection().room(Lane.BULK, 10_000);
        bob.connection().room(Lane.CHAT, 10_000);
        alice.send(Address.user("bob"), "x".repeat(30_000), Lane.BULK);
        settle();
        assertThat(bob.messages).isEmpty();
        bob.cut();
        settle();
        bob.resume(fixture.node(), fixture.world.owner(0));
        settle();
        assertThat(bob.messages).hasSize(1);
        assertThat(alice.delivered).containsExactly(1L);
    }

    @Test
    void bulkWrittenAndNotCountedKeepsItsPlaceAmongChat() {
        open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.stopCounting();
        alice.text("bob", "first");
        alice.send(Address.user("bob"), "x".repeat(9_000), Lane.BULK);
        settle();
        alice.text("bob", "last");
        settle();
        bob.cut();
        settle();
        bob.packets.clear();
        bob.countsAs(0).resume(fixture.node(), fixture.world.owner(0));
        settle();
        assertThat(bob.heard(Message.class))
                .extracting(message -> message.payload().text())
                .containsExactly("first", "last");
        assertThat(bob.doubles()).isEqualTo(3);
        bob.countNow();
        settle();
        assertThat(alice.delivered).containsExactlyInAnyOrder(1L, 2L, 3L);
    }

    @Test
    void theTwoChannelsOfUdpAreCountedApart() {
        open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.client("bob", "phone").connect(fixture.node(), fixture.world.owner(1), true);
        bob.login();
        settle();
        alice.send(Address.user("bob"), "x".repeat(9_000), Lane.BULK);
        alice.text("bob", "chat");
        settle();
        bob.cut();
        settle();
        alice.send(Address.user("bob"), "y".repeat(9_000), Lane.BULK);
        alice.text("bob", "more");
        settle();
        bob.resume(fixture.node(), fixture.world.owner(0));
        settle();
        assertThat(bob.messages).hasSize(4);
        assertThat(bob.doubles()).isZero();
        assertThat(bob.heard(Count.class)).endsWith(new Count(Lane.BULK, 0), new Count(Lane.CHAT, 0));
        assertThat(alice.delivered).hasSize(4);
    }

    @Test
    void goesOnWhileMessagesOfTheStoreAreStillComing() {
        open();
        TestClient alice = fixture.in("alice", 0);
        alice.texts("bob", 300);
        settle();
        TestClient bob = fixture.in("bob", 1);
        bob.stopCounting();
        bob.cut();
        settle();
        bob.countNow();
        bob.resume(fixture.node(), fixture.world.owner(0));
        alice.text("bob", "new");
        settle();
        assertThat(bob.messages).hasSize(301);
        assertThat(bob.texts()).endsWith("new");
    }

    @Test
    void goesOnWithAStoreThatAnswersLate() {
        LateStore store = new LateStore(new InMemoryMessageStore(), fixture.world.queue()).durably();
        start(builder -> builder.messageStore(store), limits -> limits);
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.text("alice", "stored late");
        alice.texts("bob", 5);
        bob.cut();
        bob.resume(fixture.node(), fixture.world.owner(0));
        settle();
        assertThat(bob.resumes()).isEqualTo(1);
        assertThat(bob.messages).hasSize(5);
        assertThat(alice.texts()).containsExactly("stored late");
        assertThat(bob.results).containsEntry(1L, ReasonCode.OK);
    }

    @Test
    void messageThatAnInterceptorHoldsIsAnsweredOverTheNewLinkOnce() {
        start(builder -> builder.interceptor((sender, message) -> Verdict.pass()), limits -> limits);
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        fixture.world.holdWorkers(true);
        bob.texts("alice", 3);
        settle();
        bob.cut();
        settle();
        bob.resume(fixture.node(), fixture.world.owner(0));
        settle();
        assertThat(bob.resumes()).isEqualTo(1);
        assertThat(bob.unanswered()).hasSize(3);
        fixture.world.holdWorkers(false);
        settle();
        assertThat(bob.unanswered()).isEmpty();
        assertThat(alice.texts()).containsExactly("m1", "m2", "m3");
        bob.text("alice", "m4");
        settle();
        assertThat(bob.heard(Count.class)).endsWith(new Count(Lane.CHAT, 4));
    }

    @Test
    void aFullLaneKeepsTheNewConnectionUnread() {
        start(builder -> builder.interceptor((sender, message) -> Verdict.pass()), limits -> limits.laneTasks(2));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        fixture.world.holdWorkers(true);
        bob.texts("alice", 3);
        settle();
        bob.cut();
        bob.resume(fixture.node(), fixture.world.owner(0));
        settle();
        assertThat(bob.connection().isPaused()).isTrue();
        fixture.world.holdWorkers(false);
        settle();
        assertThat(bob.connection().isPaused()).isFalse();
        bob.text("alice", "m4");
        settle();
        assertThat(alice.texts()).containsExactly("m1", "m2", "m3", "m4");
    }

    @Test
    void rateGoesOnWithTheSession() {
        fixture.openRated(
                limits -> limits.detachedMillis(120_000).messagesPerSecond(1).messageBurst(3));
        TestClient alice = fixture.in("alice", 0);
        alice.texts("bob", 3);
        settle();
        alice.cut();
        settle();
        alice.resume(fixture.node(), fixture.world.owner(0));
        settle();
        alice.text("bob", "too much");
        settle();
        assertThat(alice.results).containsEntry(4L, ReasonCode.THROTTLED);
    }

    @Test
    void aSessionFoundIdleMayBeResumed() {
        open();
        TestClient bob = fixture.in("bob", 1);
        fixture.world.advanceMillis(155_000);
        assertThat(bob.closes).containsExactly(ReasonCode.IDLE_TIMEOUT);
        bob.resume(fixture.node(), fixture.world.owner(0));
        settle();
        assertThat(bob.resumes()).isEqualTo(1);
    }

    // ---- while it waits

    @Test
    void aUserWhoseSessionsAllWaitIsPushed() {
        open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.cut();
        settle();
        alice.text("bob", "are you there?");
        settle();
        assertThat(pushed).containsExactly("bob: are you there?");
        bob.resume(fixture.node(), fixture.world.owner(0));
        settle();
        alice.text("bob", "good");
        settle();
        assertThat(pushed).hasSize(1);
        assertThat(bob.texts()).containsExactly("are you there?", "good");
    }

    @Test
    void aSecondDeviceDoesNotMakeItMissMessages() {
        open();
        TestClient alice = fixture.in("alice", 0);
        TestClient phone = fixture.in("bob", "phone", 1);
        TestClient desk = fixture.in("bob", "desk", 0);
        phone.cut();
        settle();
        alice.text("bob", "hello");
        settle();
        assertThat(desk.texts()).containsExactly("hello");
        assertThat(pushed).isEmpty();
        phone.resume(fixture.node(), fixture.world.owner(0));
        settle();
        assertThat(phone.texts()).containsExactly("hello");
    }

    @Test
    void ephemeralMessagesDoNotWait() {
        open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.cut();
        settle();
        alice.send(Address.user("bob"), "typing", Lane.EPHEMERAL);
        settle();
        bob.resume(fixture.node(), fixture.world.owner(0));
        settle();
        assertThat(bob.texts()).isEmpty();
        assertThat(fixture.counts.of(Metric.EPHEMERAL_DROPPED)).isEqualTo(1);
    }

    @Test
    void endsAsALostSessionWhenItsTimeIsUp() {
        open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.cut();
        settle();
        alice.text("bob", "kept");
        fixture.world.advanceMillis(121_000);
        assertThat(events).endsWith("closing bob CONNECTION_LOST", "closed bob CONNECTION_LOST");
        assertThat(fixture.node().sessionCount()).isEqualTo(1);
        assertThat(fixture.counts.of(Metric.SESSIONS_EXPIRED)).isEqualTo(1);
        assertThat(fixture.counts.of(Metric.SESSIONS_CLOSED, ReasonCode.CONNECTION_LOST))
                .isEqualTo(1);
        bob.resume(fixture.node(), fixture.world.owner(0));
        settle();
        assertThat(bob.resumes()).isZero();
        assertThat(bob.isOpen()).as("logged in over the same connection").isTrue();
        assertThat(bob.texts()).containsExactly("kept");
        assertThat(fixture.counts.of(Metric.RESUMES_REFUSED, ReasonCode.RESUME_REFUSED))
                .isEqualTo(1);
    }

    @Test
    void readsOnWhenMoreComesThanItMayHold() {
        open(limits -> limits.detachedSessionBytes(1024));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.cut();
        settle();
        alice.texts("bob", 10);
        settle();
        assertThat(fixture.node().sessionCount()).isEqualTo(2);
        assertThat(events).doesNotContain("closed bob CONNECTION_LOST");
        assertThat(alice.results.values()).containsOnly(ReasonCode.OK);
        bob.resume(fixture.node(), fixture.world.owner(0));
        settle();
        assertThat(bob.resumes()).isEqualTo(1);
        assertThat(bob.texts()).isEqualTo(List.of("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9", "m10"));
    }

    @Test
    void endsAtOnceWhenItHoldsMoreThanItMay() {
        open(limits -> limits.detachedSessionBytes(1024));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.stopCounting();
        alice.texts("bob", 10);
        settle();
        bob.cut();
        settle();
        assertThat(events).endsWith("closed bob CONNECTION_LOST");
        assertThat(fixture.counts.of(Metric.SESSIONS_DETACHED)).isZero();
    }

    @Test
    void bulkForSomebodyAwayGoesToTheStoreWhenItIsTooMuch() {
        open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.cut();
        settle();
        alice.send(Address.user("bob"), "x".repeat(100_000), Lane.BULK);
        settle();
        assertThat(alice.results).containsEntry(1L, ReasonCode.OK);
        bob.resume(fixture.node(), fixture.world.owner(0));
        settle();
        assertThat(bob.messages).hasSize(1);
    }

    @Test
    void aSlowDeviceIsNotEndedForOneThatIsAway() {
        open(limits -> limits.sessionBytes(16 * 1024).detachedSessionBytes(1024 * 1024));
        TestClient alice = fixture.in("alice", 0);
        TestClient phone = fixture.in("bob", "phone", 1);
        TestClient desk = fixture.in("bob", "desk", 0);
        phone.cut();
        settle();
        desk.stopCounting();
        alice.texts("bob", 200);
        settle();
        assertThat(desk.isOpen()).isTrue();
        desk.countNow();
        settle();
        phone.resume(fixture.node(), fixture.world.owner(0));
        settle();
        assertThat(desk.messages).hasSize(200);
        assertThat(phone.messages).hasSize(200);
    }

    @Test
    void onlySoManyWait() {
        open(limits -> limits.detachedSessions(1));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        alice.cut();
        settle();
        bob.cut();
        settle();
        assertThat(events).contains("closed bob CONNECTION_LOST").doesNotContain("closed alice CONNECTION_LOST");
        alice.resume(fixture.node(), fixture.world.owner(1));
        settle();
        assertThat(alice.resumes()).isEqualTo(1);
    }

    @Test
    void allTogetherHoldOnlySoMuch() {
        open(limits -> limits.detachedBytes(64 * 1024).detachedSessionBytes(1024 * 1024));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.cut();
        settle();
        alice.texts("bob", 300);
        settle();
        assertThat(events).doesNotContain("closed bob CONNECTION_LOST");
        bob.resume(fixture.node(), fixture.world.owner(0));
        settle();
        assertThat(bob.texts()).hasSize(300);
    }

    @Test
    void isSwitchedOffWithNoTime() {
        open(limits -> limits.detachedMillis(0));
        TestClient bob = fixture.in("bob", 1);
        assertThat(bob.loginResult().secretHigh() | bob.loginResult().secretLow())
                .isZero();
        bob.cut();
        settle();
        assertThat(fixture.node().sessionCount()).isZero();
        bob.resume(fixture.node(), fixture.world.owner(1));
        settle();
        assertThat(bob.resumes()).isZero();
        assertThat(bob.isOpen()).isTrue();
    }

    // ---- who may not

    @Test
    void nobodyResumesWithAnotherSecret() {
        open();
        TestClient bob = fixture.in("bob", 1);
        LoginResult session = bob.loginResult();
        bob.cut();
        settle();
        TestClient thief = fixture.in("thief", 0);
        thief.withSession(session).resume(fixture.node(), fixture.world.owner(0), false, session.secretLow() ^ 1, 0, 0);
        settle();
        assertThat(thief.resumes()).isZero();
        assertThat(thief.heard(LoginResult.class)).extracting(LoginResult::code).contains(ReasonCode.RESUME_REFUSED);
        bob.resume(fixture.node(), fixture.world.owner(0));
        settle();
        assertThat(bob.resumes()).isEqualTo(1);
    }

    @Test
    void guessingCostsLoginsOfTheAddress() {
        fixture.openRated(
                limits -> limits.detachedMillis(120_000).loginsPerSecond(1).loginBurst(3));
        TestClient bob = fixture.in("bob", 1);
        LoginResult session = bob.loginResult();
        for (int guess = 0; guess < 3; guess++) {
            bob.withSession(session).resume(fixture.node(), fixture.world.owner(0), false, guess, 0, 0);
            bob.stopLoggingIn();
            settle();
        }
        assertThat(fixture.counts.of(Metric.RESUMES_REFUSED, ReasonCode.RESUME_REFUSED))
                .isEqualTo(2);
        assertThat(fixture.counts.of(Metric.RESUMES_REFUSED, ReasonCode.RATE_LIMITED))
                .isEqualTo(1);
        assertThat(bob.closes).containsExactly(ReasonCode.RATE_LIMITED);
        assertThat(bob.heard(LoginResult.class).get(3).retryAfterMillis()).isPositive();
    }

    @Test
    void countsThatCannotBeAreRefusedAndTheSessionStays() {
        open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        LoginResult session = bob.loginResult();
        alice.texts("bob", 2);
        settle();
        for (int[] counts : new int[][] {{3, 0}, {1, 0}, {-1, 0}, {2, 1}}) {
            bob.withSession(session)
                    .resume(fixture.node(), fixture.world.owner(0), false, session.secretLow(), counts[0], counts[1]);
            bob.stopLoggingIn();
            settle();
            assertThat(bob.resumes()).isZero();
        }
        assertThat(fixture.counts.of(Metric.RESUMES_REFUSED, ReasonCode.RESUME_REFUSED))
                .isEqualTo(4);
        bob.withSession(session).resume(fixture.node(), fixture.world.owner(0), false, session.secretLow(), 2, 0);
        settle();
        assertThat(bob.resumes()).isEqualTo(1);
    }

    @Test
    void aCarrierThatCountsOtherwiseLogsInAndMissesNothing() {
        open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        LoginResult session = bob.loginResult();
        bob.cut();
        settle();
        alice.texts("bob", 3);
        settle();
        bob.resume(fixture.node(), fixture.world.owner(0), true, session.secretLow(), 0, 0);
        settle();
        assertThat(bob.resumes()).isZero();
        assertThat(bob.texts()).containsExactly("m1", "m2", "m3");
        assertThat(events).contains("replaced bob", "closed bob REPLACED");
    }

    @Test
    void nobodyResumesAfterAKickALogoutOrAReplacement() {
        open();
        TestClient kicked = fixture.in("kicked", 1);
        fixture.node().kick(new UserId("kicked"), ReasonCode.KICKED, "");
        TestClient gone = fixture.in("gone", 1);
        gone.send(new Logout());
        settle();
        for (TestClient client : List.of(kicked, gone)) {
            client.resume(fixture.node(), fixture.world.owner(0));
            settle();
            assertThat(client.resumes()).isZero();
            assertThat(client.isOpen()).isTrue();
        }
        assertThat(fixture.counts.of(Metric.SESSIONS_DETACHED)).isZero();
    }

    @Test
    void aKickEndsASessionThatWaits() {
        open();
        TestClient bob = fixture.in("bob", 1);
        bob.cut();
        settle();
        assertThat(fixture.node().kick(sessionOf("bob"), ReasonCode.KICKED, "")).isTrue();
        settle();
        assertThat(events).endsWith("closing bob KICKED", "closed bob KICKED");
    }

    // ---- who comes first

    @Test
    void theLatestOfTwoResumesWins() {
        open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        LoginResult session = bob.loginResult();
        bob.cut();
        settle();
        TestClient twin = fixture.client("bob", "phone").withSession(session);
        twin.resume(fixture.node(), fixture.world.owner(0));
        fixture.world.runOne();
        fixture.world.runOne();
        bob.resume(fixture.node(), fixture.world.owner(1));
        settle();
        alice.text("bob", "whom?");
        settle();
        assertThat(List.of(bob.isOpen(), twin.isOpen())).containsExactlyInAnyOrder(true, false);
        TestClient loser = bob.isOpen() ? twin : bob;
        TestClient winner = bob.isOpen() ? bob : twin;
        assertThat(loser.closes).endsWith(ReasonCode.CONNECTION_LOST);
        assertThat(winner.texts()).containsExactly("whom?");
        assertThat(fixture.node().sessionCount()).isEqualTo(2);
    }

    @Test
    void aLaterLoginOfTheDeviceGoesBeforeTheResume() {
        open();
        TestClient bob = fixture.in("bob", 1);
        LoginResult session = bob.loginResult();
        bob.cut();
        settle();
        TestClient again = fixture.client("bob", "phone").withSession(session);
        again.resume(fixture.node(), fixture.world.owner(0));
        settle();
        TestClient anew = fixture.client("bob", "phone").connect(fixture.node(), fixture.world.owner(1), false);
        anew.login();
        settle();
        assertThat(again.heard(Kick.class)).extracting(Kick::code).containsExactly(ReasonCode.REPLACED);
        assertThat(anew.isOpen()).isTrue();
        assertThat(events).contains("replaced bob").endsWith("opened bob");
    }

    @Test
    void aLoginThatCameBeforeTheResumeIsOver() {
        open();
        TestClient bob = fixture.in("bob", 1);
        LoginResult session = bob.loginResult();
        fixture.world.holdWorkers(true);
        TestClient early = fixture.client("bob", "phone").connect(fixture.node(), fixture.world.owner(0), false);
        early.login();
        settle();
        bob.withSession(session).resume(fixture.node(), fixture.world.owner(1));
        settle();
        fixture.world.holdWorkers(false);
        settle();
        assertThat(bob.resumes()).isEqualTo(1);
        assertThat(bob.isOpen()).isTrue();
        assertThat(early.closes).containsExactly(ReasonCode.REPLACED);
    }

    @Test
    void aResumeWhoseLinkIsLostMeanwhileLeavesTheSessionWaiting() {
        open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.cut();
        settle();
        fixture.world.owner(1).queue().hold();
        bob.resume(fixture.node(), fixture.world.owner(0));
        settle();
        bob.cut();
        settle();
        fixture.world.owner(1).queue().release();
        settle();
        assertThat(bob.resumes()).isZero();
        alice.text("bob", "still");
        settle();
        bob.resume(fixture.node(), fixture.world.owner(1));
        settle();
        assertThat(bob.resumes()).isEqualTo(1);
        assertThat(bob.texts()).containsExactly("still");
    }

    @Test
    void aStopEndsTheSessionsThatWaitAndKeepsTheirMessages() {
        InMemoryMessageStore store = new InMemoryMessageStore();
        start(builder -> builder.messageStore(store), limits -> limits);
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.cut();
        settle();
        alice.text("bob", "kept");
        settle();
        alice.send(new Logout());
        settle();
        var stopped = fixture.node().stop(Duration.ofSeconds(10)).toCompletableFuture();
        fixture.world.advanceMillis(1_000);
        assertThat(stopped).isDone();
        assertThat(events).endsWith("closing bob SERVER_STOPPING", "closed bob SERVER_STOPPING");
        assertThat(fixture.node().holdings()).isEqualTo(new ImNode.Holdings(0, 0, 0, 0, 0, 0));
        assertThat(fixture.counts.of(Metric.MESSAGES_LOST)).isZero();
    }

    @Test
    void nobodyResumesAtANodeThatStops() {
        open();
        TestClient alice = fixture.in("alice", 0);
        alice.stopCounting();
        TestClient bob = fixture.in("bob", 1);
        bob.text("alice", "wait for me");
        settle();
        fixture.node().stop(Duration.ofSeconds(10));
        settle();
        alice.cut();
        settle();
        assertThat(events).contains("closed alice CONNECTION_LOST");
        alice.resume(fixture.node(), fixture.world.owner(0));
        settle();
        assertThat(alice.resumes()).isZero();
        assertThat(alice.isOpen()).isFalse();
    }

    @Test
    void aSessionOnItsWayWhenTheNodeStopsHearsWhereElseToGo() {
        open();
        TestClient bob = fixture.in("bob", 1);
        bob.cut();
        settle();
        fixture.world.owner(1).queue().hold();
        bob.resume(fixture.node(), fixture.world.owner(0));
        settle();
        fixture.world.owner(0).queue().hold();
        fixture.world.owner(1).queue().release();
        settle();
        bob.packets.clear();
        fixture.node().stop(Drain.within(Duration.ofSeconds(10)).elsewhere("tcp://im2.example.org:7901"));
        fixture.world.owner(0).queue().release();
        settle();
        assertThat(bob.resumes()).as("what it did not know is told").isEqualTo(1);
        assertThat(bob.packets.subList(bob.packets.size() - 2, bob.packets.size()))
                .satisfiesExactly(
                        told -> assertThat(((GoAway) told).endpoints()).containsExactly("tcp://im2.example.org:7901"),
                        kick -> assertThat(((Kick) kick).code()).isEqualTo(ReasonCode.SERVER_STOPPING));
        fixture.world.advanceMillis(100);
        assertThat(fixture.node().holdings()).isEqualTo(new ImNode.Holdings(0, 0, 0, 0, 0, 0));
        assertThat(fixture.node().whenStopped().toCompletableFuture()).isDone();
    }

    // ---- help

    private void open() {
        open(limits -> limits);
    }

    private void open(UnaryOperator<ServerLimits.Builder> limits) {
        start(builder -> builder, limits);
    }

    private void start(UnaryOperator<ImNode.Builder> parts, UnaryOperator<ServerLimits.Builder> limits) {
        fixture.start(builder -> parts.apply(builder.allowAnyone()
                .limits(limits.apply(ServerLimits.builder().noRateLimits()).build())
                .sessionListener(new Events())
                .deliveryListener(new DeliveryListener() {
                    @Override
                    public void onRecipientOffline(UserId recipient, Message message) {
                        pushed.add(recipient.value() + ": " + message.payload().text());
                    }
                })));
    }

    private void settle() {
        fixture.world.settle();
    }

    private long sessionOf(String user) {
        return fixture.node().sessions(new UserId(user)).get(0).id();
    }

    private static int address(TestClient client) {
        return client.connection().remoteAddress().getPort();
    }

    private static TestConnection.Travelling frame(Message message) {
        return new TestConnection.Travelling(Lane.CHAT, BinaryPacketCodec.V1.encode(message));
    }

    private final class Events implements SessionListener {
        @Override
        public void onOpened(SessionInfo session) {
            events.add("opened " + session.user().value());
        }

        @Override
        public void onResumed(SessionInfo before, SessionInfo now) {
            assertThat(now.id()).isEqualTo(before.id());
            events.add("resumed " + now.user().value() + " from "
                    + before.remoteAddress().getPort() + " to "
                    + now.remoteAddress().getPort());
        }

        @Override
        public void onReplaced(SessionInfo session, SessionInfo by) {
            events.add("replaced " + session.user().value());
        }

        @Override
        public void onClosing(SessionInfo session, ReasonCode reason) {
            events.add("closing " + session.user().value() + " " + reason);
        }

        @Override
        public void onClosed(SessionInfo session, ReasonCode reason) {
            events.add("closed " + session.user().value() + " " + reason);
        }
    }
}
