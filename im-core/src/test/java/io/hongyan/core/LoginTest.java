// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.core.auth.AuthResult;
import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.ErrorPacket;
import io.hongyan.protocol.packet.Login;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.Resume;
import io.hongyan.protocol.packet.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class LoginTest {
    private final NodeFixture fixture = new NodeFixture();
    private final List<CompletableFuture<AuthResult>> asked = new ArrayList<>();

    @Test
    void refusesToBeBuiltWithoutAnAuthenticator() {
        assertThatThrownBy(() -> ImNode.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("allowAnyone()");
        assertThatThrownBy(() -> ImNode.builder()
                        .allowAnyone()
                        .authenticator(login -> CompletableFuture.completedStage(AuthResult.accept()))
                        .build())
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void tellsLimitsAndNegotiatesKeepAlive() {
        fixture.open(
                limits -> limits.maxFrameBytes(8192).maxMessageBytes(100_000).minKeepAliveSeconds(10));
        TestClient alice = fixture.connected("alice", 0);
        alice.send(new Login(new UserId("alice"), new DeviceId("d"), "", "", 7, 3));
        TestClient bob = fixture.in("bob", 1);
        fixture.world.settle();

        LoginResult result = alice.loginResult();
        assertThat(result.code()).isEqualTo(ReasonCode.OK);
        assertThat(result.maxFrameBytes()).isEqualTo(8192);
        assertThat(result.maxMessageBytes()).isEqualTo(100_000);
        assertThat(result.keepAliveSeconds()).as("raised to the least").isEqualTo(10);
        assertThat(result.serverTimeMillis()).isEqualTo(fixture.world.millis());
        assertThat(result.hasDurableStore()).isFalse();
        assertThat(bob.loginResult().keepAliveSeconds())
                .as("the server's choice")
                .isEqualTo(60);
        assertThat(bob.loginResult().serverInstance()).isEqualTo(result.serverInstance());
        assertThat(bob.loginResult().sessionId()).isNotEqualTo(result.sessionId());
    }

    @Test
    void asksAuthenticatorsInTurnUntilOneDoesNotAbstain() {
        fixture.start(builder -> builder.authenticator(login -> CompletableFuture.completedStage(AuthResult.abstain()))
                .authenticator(login -> CompletableFuture.completedStage(
                        login.token().equals("good")
                                ? AuthResult.accept(Map.of("role", "admin"))
                                : AuthResult.reject("no"))));
        TestClient alice = fixture.connected("alice", 0).login("good");
        TestClient eve = fixture.connected("eve", 0).login("bad");
        fixture.world.settle();

        assertThat(alice.isOpen()).isTrue();
        assertThat(fixture.node().sessions(new UserId("alice")).get(0).attributes())
                .containsEntry("role", "admin");
        assertThat(eve.loginResult().code()).isEqualTo(ReasonCode.LOGIN_REFUSED);
        assertThat(eve.loginResult().text()).isEqualTo("no");
        assertThat(eve.closes).containsExactly(ReasonCode.LOGIN_REFUSED);
        assertThat(fixture.counts.of(Metric.LOGINS_REFUSED, ReasonCode.LOGIN_REFUSED))
                .isEqualTo(1);
    }

    @Test
    void countsALoginWhoseConnectionEndsBeforeItIsJudged() {
        fixture.start(builder -> builder.authenticator(login -> new CompletableFuture<>()));
        TestClient lost = fixture.connected("alice", 0).login();
        fixture.world.settle();
        lost.cut();
        fixture.world.settle();
        assertThat(fixture.counts.of(Metric.LOGINS_REFUSED, ReasonCode.CONNECTION_LOST))
                .isEqualTo(1);
    }

    @Test
    void refusesWhenAllAbstain() {
        fixture.start(
                builder -> builder.authenticator(login -> CompletableFuture.completedStage(AuthResult.abstain())));
        TestClient alice = fixture.connected("alice", 0).login();
        fixture.world.settle();
        assertThat(alice.loginResult().code()).isEqualTo(ReasonCode.LOGIN_REFUSED);
    }

    @Test
    void closesWhenLoginNeverComes() {
        fixture.open();
        TestClient silent = fixture.connected("alice", 0);
        fixture.world.advanceMillis(9_000);
        assertThat(silent.closes).isEmpty();
        fixture.world.advanceMillis(2_000);
        assertThat(silent.heard(ErrorPacket.class))
                .extracting(ErrorPacket::code)
                .containsExactly(ReasonCode.LOGIN_TIMEOUT);
        assertThat(silent.closes).containsExactly(ReasonCode.LOGIN_TIMEOUT);
    }

    /** What came before the first frame, such as a preface, has no time of its own. */
    @Test
    void countsTheTimeBeforeTheFirstFrameToThatOfLogin() {
        fixture.open();
        TestClient slow = fixture.connected("alice", 0);
        slow.connection().aged(8_000_000_000L);
        fixture.world.advanceMillis(1_000);
        assertThat(slow.closes).isEmpty();
        fixture.world.advanceMillis(2_000);
        assertThat(slow.closes).containsExactly(ReasonCode.LOGIN_TIMEOUT);
    }

    @Test
    void refusesALateVerdictOnce() {
        fixture.start(this::slow);
        TestClient alice = fixture.connected("alice", 0).login();
        fixture.world.advanceMillis(6_000);
        assertThat(alice.loginResult().code()).isEqualTo(ReasonCode.AUTHENTICATOR_TIMEOUT);
        assertThat(alice.loginResult().retryAfterMillis()).isBetween(5_000, 10_000);
        assertThat(alice.closes).containsExactly(ReasonCode.AUTHENTICATOR_TIMEOUT);

        asked.get(0).complete(AuthResult.accept());
        fixture.world.settle();
        assertThat(fixture.node().sessionCount()).isZero();
        assertThat(alice.heard(LoginResult.class)).hasSize(1);
    }

    @Test
    void refusesWhenTheAuthenticatorThrowsOrFailsOrAnswersNull() {
        fixture.start(
                builder -> builder.authenticator(login -> switch (login.user().value()) {
                    case "throws" -> throw new IllegalStateException("planted");
                    case "fails" -> CompletableFuture.failedStage(new IllegalStateException("planted"));
                    case "null" -> CompletableFuture.completedStage(null);
                    default -> null;
                }));
        for (String user : List.of("throws", "fails", "null", "nothing")) {
            TestClient client = fixture.connected(user, 0).login();
            fixture.world.settle();
            assertThat(client.loginResult().code()).as(user).isEqualTo(ReasonCode.AUTHENTICATOR_FAILED);
        }
        assertThat(fixture.counts.of(Metric.CALLBACKS_FAILED)).isEqualTo(4);
    }

    @Test
    void boundsLoginsBeingJudgedAndWaiting() {
        fixture.start(builder -> slow(builder)
                .limits(ServerLimits.builder()
                        .concurrentLogins(2)
                        .queuedLogins(1)
                        .build()));
        List<TestClient> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(fixture.connected("u" + i, 0).login());
            fixture.world.settle();
        }
        assertThat(asked).as("judged at once").hasSize(2);
        assertThat(clients.get(3).loginResult().code()).isEqualTo(ReasonCode.SERVER_BUSY);
        // Twice the hint of the code at most, and a place in the queue: two a second are let in.
        assertThat(clients.get(3).loginResult().retryAfterMillis()).isBetween(10_000, 20_500);

        asked.get(0).complete(AuthResult.accept());
        fixture.world.settle();
        assertThat(clients.get(0).isOpen()).isTrue();
        assertThat(asked).as("the one that waited").hasSize(3);
        asked.get(2).complete(AuthResult.accept());
        fixture.world.settle();
        assertThat(clients.get(2).isOpen()).isTrue();
    }

    /** Its thread is gone with it, so nothing may queue up behind it beyond the bound. */
    @Test
    void refusesAtOnceWhileEveryAuthenticationBlocksBeyondItsTime() {
        fixture.start(builder -> slow(builder)
                .limits(ServerLimits.builder()
                        .concurrentLogins(2)
                        .queuedLogins(1)
                        .build()));
        fixture.world.holdWorkers(true);
        List<TestClient> late = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            late.add(fixture.connected("late" + i, 0).login());
        }
        fixture.world.advanceMillis(6_000);
        assertThat(late)
                .allSatisfy(
                        client -> assertThat(client.loginResult().code()).isEqualTo(ReasonCode.AUTHENTICATOR_TIMEOUT));
        for (int i = 0; i < 100; i++) {
            TestClient refused = fixture.connected("refused" + i, 0).login();
            fixture.world.settle();
            assertThat(refused.loginResult().code()).isEqualTo(ReasonCode.SERVER_BUSY);
            assertThat(refused.loginResult().retryAfterMillis()).isPositive();
            fixture.world.advanceMillis(100);
        }
        fixture.world.holdWorkers(false);
        fixture.world.settle();
        assertThat(asked).as("nobody waits for these any more").isEmpty();

        List<TestClient> next = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            next.add(fixture.connected("next" + i, 0).login());
        }
        fixture.world.settle();
        asked.forEach(verdict -> verdict.complete(AuthResult.accept()));
        fixture.world.settle();
        assertThat(next).allSatisfy(client -> assertThat(client.isOpen()).isTrue());
    }

    @Test
    void holdsThePlaceOfAClientThatHangsUpUntilTheVerdict() {
        fixture.start(builder -> slow(builder)
                .limits(ServerLimits.builder()
                        .concurrentLogins(1)
                        .queuedLogins(0)
                        .build()));
        TestClient gone = fixture.connected("gone", 0).login();
        fixture.world.settle();
        gone.cut();
        fixture.world.settle();
        TestClient next = fixture.connected("next", 0).login();
        fixture.world.settle();
        assertThat(next.loginResult().code()).isEqualTo(ReasonCode.SERVER_BUSY);

        fixture.world.advanceMillis(6_000);
        TestClient last = fixture.connected("last", 0).login();
        fixture.world.settle();
        asked.get(1).complete(AuthResult.accept());
        fixture.world.settle();
        assertThat(last.isOpen()).isTrue();
    }

    @Test
    void handlesWhatCameBehindLoginAfterItsAnswerAndInOrder() {
        fixture.start(this::slow);
        TestClient bob = fixture.connected("bob", 1).login();
        fixture.world.settle();
        asked.get(0).complete(AuthResult.accept());
        fixture.world.settle();
        TestClient alice = fixture.client("alice", "phone");
        alice.connect(fixture.node(), fixture.world.owner(0), false);
        alice.send(
                new Login(new UserId("alice"), new DeviceId("d"), "", "", alice.instance(), 0),
                Message.text(new MessageId(alice.instance(), 1), Address.user("bob"), "one"),
                Message.text(new MessageId(alice.instance(), 2), Address.user("bob"), "two"));
        fixture.world.settle();
        assertThat(alice.connection().isPaused()).isTrue();
        assertThat(bob.texts()).isEmpty();

        asked.get(1).complete(AuthResult.accept());
        fixture.world.settle();
        assertThat(alice.connection().isPaused()).isFalse();
        assertThat(bob.texts()).containsExactly("one", "two");
        assertThat(alice.packets.get(0)).isInstanceOf(LoginResult.class);
    }

    @Test
    void closesOnTooMuchBehindLogin() {
        fixture.start(builder ->
                slow(builder).limits(ServerLimits.builder().earlyBytes(2048).build()));
        TestClient alice = fixture.client("alice", "phone");
        alice.connect(fixture.node(), fixture.world.owner(0), false);
        alice.send(
                new Login(new UserId("alice"), new DeviceId("d"), "", "", 1, 0),
                Message.of(new MessageId(1, 1), Address.user("bob"), Payload.of(new byte[3000])));
        fixture.world.settle();
        assertThat(alice.closes).containsExactly(ReasonCode.PROTOCOL_VIOLATION);
    }

    @Test
    void refusesASecondLoginAlsoAsAnotherUser() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        alice.send(new Login(new UserId("bob"), new DeviceId("d"), "", "", 9, 0));
        fixture.world.settle();
        assertThat(alice.heard(ErrorPacket.class))
                .extracting(ErrorPacket::code)
                .containsExactly(ReasonCode.UNEXPECTED_PACKET);
        assertThat(alice.closes).containsExactly(ReasonCode.UNEXPECTED_PACKET);
        assertThat(fixture.node().sessionCount()).isZero();
    }

    @Test
    void refusesWhatComesBeforeLogin() {
        fixture.open();
        TestClient eager = fixture.connected("alice", 0);
        eager.text("bob", "hi");
        fixture.world.settle();
        assertThat(eager.closes).containsExactly(ReasonCode.UNEXPECTED_PACKET);
    }

    @Test
    void takesOneResumeOfAConnection() {
        fixture.open();
        TestClient alice = fixture.connected("alice", 0);
        alice.send(new Resume(1, 2, 3, 0, 0), new Resume(1, 2, 3, 0, 0));
        fixture.world.settle();
        assertThat(alice.heard(LoginResult.class))
                .extracting(LoginResult::code)
                .containsExactly(ReasonCode.RESUME_REFUSED);
        assertThat(alice.closes).containsExactly(ReasonCode.UNEXPECTED_PACKET);
    }

    @Test
    void boundsConnectionsThatHaveNotLoggedIn() {
        fixture.open(limits -> limits.strangers(2));
        TestClient first = fixture.connected("first", 0);
        TestClient second = fixture.connected("second", 1);
        fixture.world.settle();
        TestClient third = fixture.connected("third", 0);
        fixture.world.settle();
        assertThat(third.closes).containsExactly(ReasonCode.TOO_MANY_CONNECTIONS);
        assertThat(third.heard(ErrorPacket.class))
                .extracting(ErrorPacket::code)
                .containsExactly(ReasonCode.TOO_MANY_CONNECTIONS);

        first.login();
        fixture.world.settle();
        TestClient fourth = fixture.connected("fourth", 1).login();
        fixture.world.settle();
        assertThat(first.isOpen()).isTrue();
        assertThat(fourth.isOpen()).as("a login and an end make room").isTrue();
        assertThat(second.closes).isEmpty();
    }

    @Test
    void admitsAConnectionWithItsLogin() {
        fixture.start(this::slow);
        TestClient alice = fixture.connected("alice", 0).login();
        fixture.world.settle();
        assertThat(alice.isAdmitted()).isFalse();
        asked.get(0).complete(AuthResult.accept());
        fixture.world.settle();
        assertThat(alice.isAdmitted()).isTrue();
    }

    @Test
    void limitsLoginsPerAddress() {
        fixture.openRated(limits -> limits.loginsPerSecond(1).loginBurst(3));
        for (int i = 0; i < 3; i++) {
            TestClient client =
                    fixture.connectedFrom("u" + i, "2001:db8::" + (i + 1)).login();
            fixture.world.settle();
            assertThat(client.isOpen()).isTrue();
        }
        TestClient sameNetwork = fixture.connectedFrom("u4", "2001:db8::ffff").login();
        TestClient otherNetwork = fixture.connectedFrom("u5", "2001:db8:0:1::1").login();
        fixture.world.settle();
        assertThat(sameNetwork.loginResult().code()).isEqualTo(ReasonCode.RATE_LIMITED);
        assertThat(sameNetwork.loginResult().retryAfterMillis()).isPositive();
        assertThat(otherNetwork.isOpen()).isTrue();

        fixture.world.advanceMillis(1_100);
        TestClient later = fixture.connectedFrom("u6", "2001:db8::1234").login();
        fixture.world.settle();
        assertThat(later.isOpen()).isTrue();
    }

    private ImNode.Builder slow(ImNode.Builder builder) {
        return builder.authenticator(login -> {
            CompletableFuture<AuthResult> verdict = new CompletableFuture<>();
            asked.add(verdict);
            return verdict;
        });
    }
}
