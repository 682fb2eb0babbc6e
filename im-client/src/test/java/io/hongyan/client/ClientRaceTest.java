// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Login;
import io.hongyan.protocol.packet.LoginResult;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientRaceTest {

    private final Scene scene = Scene.racing("udp://127.0.0.1:1", "tcp://127.0.0.1:2", "tcp://127.0.0.1:3");

    @Test
    void nextServerIsTriedAfterItsHeadStart() {
        scene.network.silent.addAll(List.of(1, 2, 3));
        scene.connect();
        scene.advance(Duration.ofMillis(249));
        assertThat(scene.network.attempts).containsExactly("udp:1");
        scene.advance(Duration.ofMillis(1));
        assertThat(scene.network.attempts).containsExactly("udp:1", "tcp:2");
        scene.advance(Duration.ofMillis(250));
        assertThat(scene.network.attempts).containsExactly("udp:1", "tcp:2", "tcp:3");
        scene.advance(Duration.ofMillis(5_000));
        assertThat(scene.events).containsExactly("closed HANDSHAKE_TIMEOUT");
        assertThat(scene.network.attempts).hasSize(3);
        assertThat(scene.loop.timers()).isZero();
    }

    @Test
    void serverThatAnswersInTimeHasNoRival() {
        scene.connect();
        scene.login();
        scene.advance(Duration.ofSeconds(1));
        assertThat(scene.network.attempts).containsExactly("udp:1");
        assertThat(scene.events).containsExactly("connected 1");
    }

    @Test
    void serverThatFailsGivesItsTurnAtOnce() {
        scene.network.down.add(1);
        scene.connect();
        assertThat(scene.network.attempts).containsExactly("udp:1", "tcp:2");
        scene.login();
        assertThat(scene.events).containsExactly("connected 2");
    }

    @Test
    void loginGoesToTheFirstThatAnswersOnly() {
        scene.network.slow.add(1);
        scene.network.slow.add(2);
        scene.connect();
        scene.advance(Duration.ofMillis(300));
        TestConnection udp = scene.network.connections.get(0);
        TestConnection tcp = scene.network.connections.get(1);
        assertThat(udp.sent).isEmpty();
        assertThat(tcp.sent).isEmpty();
        scene.network.answer(tcp);
        assertThat(tcp.sent(Login.class)).hasSize(1);
        assertThat(udp.closed).isEqualTo(ReasonCode.CLOSED_LOCALLY);
        scene.network.answer(udp);
        scene.login(tcp);
        scene.advance(Duration.ofSeconds(1));
        assertThat(udp.sent).isEmpty();
        assertThat(scene.events).containsExactly("connected 2");
        assertThat(scene.network.attempts).containsExactly("udp:1", "tcp:2");
    }

    @Test
    void losersHaveTheirTurnAgainWhenTheLoginFails() {
        scene.network.slow.add(1);
        scene.connect();
        scene.advance(Duration.ofMillis(250));
        scene.network.slow.clear();
        scene.link().receive(LoginResult.refused(ReasonCode.SERVER_BUSY, "", 0));
        assertThat(scene.network.attempts).containsExactly("udp:1", "tcp:2", "udp:1");
        scene.login();
        assertThat(scene.events).containsExactly("connected 1");
    }

    @Test
    void failureOfOneDoesNotEndTheOthers() {
        scene.network.slow.addAll(List.of(1, 2, 3));
        scene.connect();
        scene.advance(Duration.ofMillis(500));
        scene.network.connections.get(0).lose();
        scene.network.connections.get(2).lose();
        assertThat(scene.events).isEmpty();
        scene.network.answer(scene.network.connections.get(1));
        scene.login(scene.network.connections.get(1));
        assertThat(scene.events).containsExactly("connected 2");
    }

    @Test
    void closingEndsAllThatRace() {
        scene.network.slow.addAll(List.of(1, 2, 3));
        scene.connect();
        scene.advance(Duration.ofMillis(300));
        scene.client.closeAsync();
        scene.loop.run();
        assertThat(scene.network.connections).hasSize(2).allMatch(made -> made.closed == ReasonCode.CLOSED_LOCALLY);
        scene.advance(Duration.ofSeconds(1));
        assertThat(scene.network.attempts).hasSize(2);
        assertThat(scene.loop.timers()).isZero();
    }
}
