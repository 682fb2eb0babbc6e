// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Kick;
import io.hongyan.protocol.packet.Ping;
import io.hongyan.protocol.packet.Pong;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a client does when its device has another network. */
class ClientNetworkChangeTest {

    @Test
    void carrierIsToldAndServerAskedAtOnce() {
        Scene scene = Scene.onUdp();
        change(scene);
        assertThat(scene.link().networkChanges).isEqualTo(1);
        assertThat(scene.link().sent(Ping.class)).hasSize(1);
    }

    @Test
    void linkWhoseServerDoesNotAnswerIsGivenUpAfterThreeSeconds() {
        Scene scene = Scene.online();
        scene.advance(Duration.ofSeconds(20));
        change(scene);
        scene.advance(Duration.ofMillis(2_999));
        assertThat(scene.link().closed).isNull();
        scene.advance(Duration.ofMillis(1));
        assertThat(scene.network.connections.get(0).closed).isEqualTo(ReasonCode.IDLE_TIMEOUT);
        scene.advance(Duration.ofMillis(200));
        assertThat(scene.network.connections).hasSize(2);
    }

    @Test
    void linkWhoseServerAnswersGoesOnAsBefore() {
        Scene scene = Scene.online();
        change(scene);
        scene.advance(Duration.ofSeconds(1));
        scene.link().receive(new Pong(scene.link().sent(Ping.class).get(0).nonce()));
        scene.advance(Duration.ofMillis(58_999));
        assertThat(scene.link().sent(Ping.class)).hasSize(1);
        scene.advance(Duration.ofMillis(1));
        assertThat(scene.link().sent(Ping.class)).hasSize(2);
        scene.advance(Duration.ofMillis(9_999));
        assertThat(scene.link().closed).isNull();
        scene.advance(Duration.ofMillis(1));
        assertThat(scene.network.connections.get(0).closed).isEqualTo(ReasonCode.IDLE_TIMEOUT);
    }

    /** A phone may say it several times in a row. */
    @Test
    void eachChangeGivesTheServerThreeSeconds() {
        Scene scene = Scene.online();
        for (int i = 1; i <= 5; i++) {
            change(scene);
            scene.advance(Duration.ofSeconds(2));
            assertThat(scene.link().closed).isNull();
            assertThat(scene.link().sent(Ping.class)).hasSize(i);
        }
        scene.advance(Duration.ofSeconds(1));
        assertThat(scene.network.connections.get(0).closed).isEqualTo(ReasonCode.IDLE_TIMEOUT);
    }

    @Test
    void clientThatWaitsComesBackAtOnce() {
        Scene scene = Scene.online();
        scene.network.down.add(1);
        scene.link().lose();
        scene.advance(Duration.ofMinutes(2));
        int attempts = scene.network.attempts.size();
        scene.network.down.clear();
        change(scene);
        assertThat(scene.network.attempts).hasSize(attempts + 1);
        scene.login();
        assertThat(scene.client.isConnected()).isTrue();
    }

    @Test
    void delayThatTheServerAskedForIsWaitedAllTheSame() {
        Scene scene = Scene.online();
        scene.link().receive(new Kick(ReasonCode.SERVER_BUSY, ""));
        change(scene);
        scene.advance(Duration.ofMillis(9_999));
        assertThat(scene.network.attempts).hasSize(1);
    }

    @Test
    void attemptGoesOnWhereItsCarrierCan() {
        Scene scene = Scene.connecting(options -> options);
        change(scene);
        assertThat(scene.link().networkChanges).isEqualTo(1);
        assertThat(scene.link().sent(Ping.class)).isEmpty();
        assertThat(scene.network.attempts).hasSize(1);
        scene.login();
        assertThat(scene.client.isConnected()).isTrue();
    }

    @Test
    void clientThatHasEndedDoesNothing() {
        Scene scene = Scene.online();
        scene.link().receive(new Kick(ReasonCode.KICKED, ""));
        assertThat(scene.client.isClosed()).isTrue();
        change(scene);
        assertThat(scene.network.attempts).hasSize(1);
        assertThat(scene.loop.timers()).isZero();
    }

    private static void change(Scene scene) {
        scene.client.networkChanged();
        scene.loop.run();
    }
}
