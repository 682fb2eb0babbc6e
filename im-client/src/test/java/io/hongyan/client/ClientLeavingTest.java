// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Count;
import io.hongyan.protocol.packet.ErrorPacket;
import io.hongyan.protocol.packet.GoAway;
import io.hongyan.protocol.packet.Kick;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.Logout;
import io.hongyan.protocol.packet.Resume;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client whose server tells it to go. */
class ClientLeavingTest {

    @Test
    void finishesWhatIsUnderWaySaysThatItIsReadyAndComesBackElsewhere() {
        Scene scene = Scene.online();
        TestConnection old = scene.link();
        scene.post(2);
        old.receive(goAway(10_000, 3_000, "tcp://127.0.0.1:9"));
        scene.post(1);
        assertThat(old.sent(Logout.class)).isEmpty();
        scene.accept(1, 2);
        assertThat(old.sent(Logout.class)).hasSize(1);
        assertThat(old.closed).isNull();
        old.receive(new Kick(ReasonCode.SERVER_STOPPING, ""));
        assertThat(old.sentCounters()).containsExactly(1L, 2L);
        scene.advance(Duration.ofMillis(2_999));
        assertThat(scene.network.attempts).hasSize(1);
        scene.advance(Duration.ofMillis(301));
        assertThat(scene.network.attempts).containsExactly("tcp:1", "tcp:9");
        scene.login();
        assertThat(scene.link().sentCounters()).containsExactly(3L);
        assertThat(scene.events)
                .containsExactly(
                        "connected 1",
                        "leaving SERVER_STOPPING",
                        "disconnected SERVER_STOPPING",
                        "reconnecting 9",
                        "connected 9");
    }

    @Test
    void waitsForTheCountOfWhatItShows() {
        Scene scene = Scene.onLanes(options -> options);
        TestConnection old = scene.link();
        old.receive(Scene.fromBob(1));
        old.receive(goAway(10_000, 0));
        assertThat(old.sent(Logout.class)).isEmpty();
        scene.work();
        assertThat(scene.shown).hasSize(1);
        assertThat(old.sent(Count.class)).extracting(Count::count).containsExactly(1);
        assertThat(old.sent(Logout.class)).hasSize(1);
        old.receive(Scene.fromBob(2));
        scene.work();
        assertThat(scene.shown).as("still heard until the server ends it").hasSize(2);
        assertThat(old.sent(Count.class)).extracting(Count::count).containsExactly(1, 2);
        assertThat(old.sent(Logout.class)).hasSize(1);
    }

    @Test
    void leavesByItselfWhenTheTimeIsUp() {
        Scene scene = Scene.online();
        scene.post(1);
        scene.link().receive(goAway(10_000, 0));
        scene.advance(Duration.ofMillis(9_999));
        assertThat(scene.link().closed).isNull();
        scene.advance(Duration.ofMillis(1));
        assertThat(scene.network.connections.get(0).closed).isEqualTo(ReasonCode.SERVER_STOPPING);
        scene.advance(Duration.ofMillis(200));
        scene.login();
        assertThat(scene.link().sentCounters()).containsExactly(1L);
    }

    @Test
    void leavesByItselfWhenItIsReadyAndTheServerDoesNotEndIt() {
        Scene scene = Scene.online();
        scene.link().receive(goAway(60_000, 0));
        scene.advance(Duration.ofNanos(Leaving.READY_NANOS - 1));
        assertThat(scene.link().closed).isNull();
        scene.advance(Duration.ofNanos(1));
        assertThat(scene.link().closed).isEqualTo(ReasonCode.SERVER_STOPPING);
    }

    @Test
    void messagesNotTakenAnyMoreAreNotUnderWayAndGoElsewhere() {
        Scene scene = Scene.online();
        scene.post(3);
        scene.accept(1, 1);
        scene.link().receive(goAway(10_000, 0));
        TestConnection old = scene.link();
        scene.refuse(ReasonCode.SERVER_STOPPING, 2, 3);
        assertThat(old.sent(Logout.class)).hasSize(1);
        assertThat(scene.receipts).containsExactly("ACCEPTED 1-1");
        old.receive(new Kick(ReasonCode.SERVER_STOPPING, ""));
        scene.advance(Duration.ofMillis(200));
        scene.login();
        assertThat(scene.link().sentCounters()).containsExactly(2L, 3L);
    }

    @Test
    void linkThatBreaksMeanwhileIsLeftToo() {
        Scene scene = Scene.online();
        scene.post(1);
        scene.link().receive(goAway(60_000, 5_000, "tcp://127.0.0.1:9"));
        scene.link().lose();
        scene.advance(Duration.ofMillis(4_999));
        assertThat(scene.network.attempts).hasSize(1);
        scene.advance(Duration.ofMillis(501));
        assertThat(scene.network.attempts).endsWith("tcp:9");
    }

    @Test
    void serverThatTakesReadyForTheEndIsComeBackFrom() {
        Scene scene = Scene.onUdp();
        scene.link().receive(goAway(60_000, 0));
        scene.link().lose(ReasonCode.LOGGED_OUT);
        assertThat(scene.client.isClosed()).isFalse();
        scene.advance(Duration.ofMillis(200));
        assertThat(scene.network.attempts).containsExactly("udp:1", "udp:1");
    }

    @Test
    void kickThatSaysDoNotComeBackIsObeyedEvenThen() {
        Scene scene = Scene.online();
        scene.link().receive(goAway(60_000, 0));
        scene.link().receive(new Kick(ReasonCode.KICKED, ""));
        assertThat(scene.client.isClosed()).isTrue();
        assertThat(scene.loop.timers()).isZero();
    }

    @Test
    void triesTheEndpointsInTheirOrderThenTheServersItKnows() {
        Scene scene = Scene.online();
        scene.network.down.addAll(List.of(8, 9));
        scene.link().receive(goAway(0, 0, "tcp://127.0.0.1:9", "udp://127.0.0.1:8"));
        scene.advance(Duration.ofMillis(200));
        assertThat(scene.network.attempts).containsExactly("tcp:1", "tcp:9", "udp:8", "tcp:1");
        scene.login();
        assertThat(scene.client.isConnected()).isTrue();
    }

    @Test
    void endpointIsTriedInEachRoundUntilALoginSucceeds() {
        Scene scene = Scene.online();
        scene.network.down.addAll(List.of(1, 9));
        scene.link().receive(goAway(0, 0, "tcp://127.0.0.1:9"));
        scene.advance(Duration.ofSeconds(1));
        assertThat(scene.network.attempts).startsWith("tcp:1", "tcp:9", "tcp:1", "tcp:9", "tcp:1");
        scene.network.down.remove(9);
        scene.advance(Duration.ofSeconds(30));
        scene.login();
        assertThat(scene.client.server()).hasToString("tcp://127.0.0.1:9");
    }

    @Test
    void endpointThatDoesNotAnswerGetsARival() {
        Scene scene = Scene.online();
        scene.network.silent.add(9);
        scene.link().receive(goAway(0, 0, "tcp://127.0.0.1:9"));
        scene.advance(Duration.ofMillis(450));
        assertThat(scene.network.attempts).containsExactly("tcp:1", "tcp:9", "tcp:1");
    }

    @Test
    void whatAServerSaysOfAnotherIsGoodForOneConnection() {
        Scene scene = Scene.online();
        scene.link().receive(goAway(0, 0, "tcp://127.0.0.1:9"));
        scene.advance(Duration.ofMillis(200));
        scene.login();
        scene.comeBack();
        assertThat(scene.network.attempts).containsExactly("tcp:1", "tcp:9", "tcp:1");
    }

    @Test
    void endpointThatRefusesIsLeftAloneAsItAsks() {
        Scene scene = Scene.online();
        scene.link().receive(goAway(0, 0, "tcp://127.0.0.1:9"));
        scene.advance(Duration.ofMillis(200));
        scene.link().receive(LoginResult.refused(ReasonCode.SERVER_BUSY, "", 60_000));
        scene.login();
        assertThat(scene.network.attempts).containsExactly("tcp:1", "tcp:9", "tcp:1");
        assertThat(scene.client.isConnected()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "127.0.0.1:9",
                "http://127.0.0.1:9",
                "tcp://127.0.0.1:99999",
                "tcp://evil.example:9",
                "tcp://user@127.0.0.1:9",
                "tcp://127.0.0.1:9/path",
                "\u0000\n"
            })
    void endpointThatIsNoneOrNotTrustedIsPassedOver(String endpoint) {
        Scene scene = Scene.online();
        scene.link().receive(endpoint.isEmpty() ? goAway(0, 0) : goAway(0, 0, endpoint, "tcp://127.0.0.1:7"));
        scene.advance(Duration.ofMillis(200));
        assertThat(scene.network.attempts).containsExactly("tcp:1", endpoint.isEmpty() ? "tcp:1" : "tcp:7");
    }

    @Test
    void applicationSaysWhomItTrusts() {
        List<ServerAddress> asked = new ArrayList<>();
        Scene scene = Scene.online(options -> options.redirects(to -> {
            asked.add(to);
            if (to.port() == 7) {
                throw new IllegalStateException("cannot say");
            }
            return to.host().endsWith(".chat.example");
        }));
        scene.network.names.put(
                "a.chat.example", new java.net.InetAddress[] {java.net.InetAddress.getLoopbackAddress()});
        scene.link().receive(goAway(0, 0, "tcp://127.0.0.1:7", "tcp://127.0.0.1:8", "tcp://a.chat.example:9"));
        scene.advance(Duration.ofMillis(200));
        assertThat(asked).extracting(ServerAddress::port).containsExactly(7, 8, 9);
        assertThat(scene.network.attempts).containsExactly("tcp:1", "tcp:9");
    }

    @ParameterizedTest
    @CsvSource({
        "tls, tcp, true",
        "tls, udp, true",
        "tls, ws, true",
        "wss, tcp, true",
        "tls, tls, false",
        "tls, wss, false",
        "tcp, udp, false",
        "udp, tcp, false",
        "tcp, tls, false"
    })
    void protectionIsNeverGivenUp(String from, String to, boolean isDowngrade) {
        assertThat(Redirects.isDowngrade(from, to)).isEqualTo(isDowngrade);
    }

    @Test
    void nobodyIsSentAwayForEver() {
        Scene scene = Scene.online();
        scene.link().receive(goAway(0, Integer.MAX_VALUE));
        scene.advance(Duration.ofMillis(Leaving.MOST_AWAY_MILLIS - 1));
        assertThat(scene.network.attempts).hasSize(1);
        scene.advance(Duration.ofMillis(Leaving.MOST_AWAY_MILLIS / 10 + 1));
        assertThat(scene.network.attempts).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void saysGoodByeWhenTheApplicationClosesItMeanwhile() {
        Scene scene = Scene.online();
        scene.link().receive(goAway(60_000, 0));
        scene.client.closeAsync();
        scene.loop.run();
        scene.advance(Duration.ofSeconds(5));
        assertThat(scene.events).endsWith("closed CLOSED_LOCALLY");
        assertThat(scene.loop.timers()).isZero();
    }

    @Test
    void serverThatStopsAndTakesNoLoginNamesWhereToLogInInstead() {
        Scene scene = Scene.connecting(options -> options);
        scene.link().receive(goAway(10_000, 0, "tcp://127.0.0.1:9"), refused(ReasonCode.SERVER_STOPPING));
        assertThat(scene.network.attempts).containsExactly("tcp:1", "tcp:9");
        scene.login();
        assertThat(scene.events).containsExactly("connected 9");
        scene.comeBack();
        assertThat(scene.network.attempts).as("good for one connection").endsWith("tcp:1");
    }

    @Test
    void serverThatStopsBeforeItHasALoginNamesThemToo() {
        Scene scene = Scene.connecting(options -> options);
        scene.link()
                .receive(
                        goAway(10_000, 0, "tcp://127.0.0.1:9"), new ErrorPacket(ReasonCode.SERVER_STOPPING, "upgrade"));
        scene.link().lose(ReasonCode.SERVER_STOPPING);
        assertThat(scene.network.attempts).containsExactly("tcp:1", "tcp:9");
        scene.login();
        assertThat(scene.client.isConnected()).isTrue();
    }

    @Test
    void resumeThatComesTooLateGoesElsewhereWithAllThatIsUnderWay() {
        Scene scene = Scene.onLanes(7);
        scene.post(2);
        scene.link().lose();
        scene.advance(Duration.ofSeconds(1));
        assertThat(scene.link().sent(Resume.class)).hasSize(1);
        scene.link().receive(goAway(10_000, 0, "tcp://127.0.0.1:9"), refused(ReasonCode.SERVER_STOPPING));
        assertThat(scene.network.attempts).containsExactly("tcp:1", "tcp:1", "tcp:9");
        assertThat(scene.link().sent(Resume.class))
                .as("the session may be alive there")
                .hasSize(1);
        scene.link().receive(refused(ReasonCode.RESUME_REFUSED));
        scene.login();
        assertThat(scene.link().sentCounters()).containsExactly(1L, 2L);
    }

    @Test
    void serversThatNameEachOtherAreTriedOnceARound() {
        Scene scene = Scene.connecting(options -> options);
        scene.link().receive(goAway(0, 0, "tcp://127.0.0.1:9"), refused(ReasonCode.SERVER_STOPPING));
        scene.link()
                .receive(goAway(0, 0, "tcp://127.0.0.1:1", "tcp://127.0.0.1:9"), refused(ReasonCode.SERVER_STOPPING));
        assertThat(scene.network.attempts).containsExactly("tcp:1", "tcp:9");
        assertThat(scene.events).containsExactly("closed SERVER_STOPPING");
    }

    @Test
    void serverThatNamesAnotherOneForEverIsNotFollowedForEver() {
        Scene scene = Scene.connecting(options -> options);
        for (int port = 2; !scene.client.isClosed(); port++) {
            assertThat(port).isLessThan(100);
            scene.link().receive(goAway(0, 0, "tcp://127.0.0.1:" + port), refused(ReasonCode.SERVER_STOPPING));
        }
        assertThat(scene.network.attempts).hasSize(64);
    }

    @Test
    void goAwayBeforeTheLoginIsLetInMeansNothing() {
        Scene scene = Scene.connecting(options -> options);
        scene.link().receive(goAway(0, 0, "tcp://127.0.0.1:9"));
        scene.login();
        scene.advance(Duration.ofSeconds(5));
        assertThat(scene.network.attempts).containsExactly("tcp:1");
        assertThat(scene.client.isConnected()).isTrue();
    }

    private static LoginResult refused(ReasonCode code) {
        return LoginResult.refused(code, "", 0);
    }

    private static GoAway goAway(int leaveWithinMillis, int retryAfterMillis, String... endpoints) {
        return new GoAway(
                ReasonCode.SERVER_STOPPING, leaveWithinMillis, retryAfterMillis, List.of(endpoints), "upgrade");
    }
}
