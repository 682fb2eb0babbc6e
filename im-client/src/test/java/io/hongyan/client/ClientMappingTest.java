// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Count;
import io.hongyan.protocol.packet.Ping;
import io.hongyan.protocol.packet.Pong;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How rarely a client over UDP pings, and what it learns from that. */
class ClientMappingTest {
    private final Scene scene = Scene.onUdp();

    @Test
    void silenceOverUdpIsBrokenBeforeANatForgets() {
        assertThat(nextSilenceSeconds()).isEqualTo(25);
    }

    @Test
    void silencesGrowAsLongAsTheyAreSurvived() {
        for (int i = 0; i < 4; i++) {
            assertThat(nextSilenceSeconds()).isEqualTo(25);
            answer();
        }
        for (int i = 0; i < 4; i++) {
            assertThat(nextSilenceSeconds()).isEqualTo(32);
            answer();
        }
        for (int i = 0; i < 20; i++) {
            nextSilenceSeconds();
            answer();
        }
        assertThat(nextSilenceSeconds()).as("what was negotiated").isEqualTo(60);
    }

    @Test
    void theCarrierHasTimeToGetAPingThrough() {
        scene.link().idleTimeoutNanos = 80_000_000_000L;
        for (int i = 0; i < 30; i++) {
            nextSilenceSeconds();
            answer();
        }
        assertThat(nextSilenceSeconds()).isEqualTo(40);
    }

    @Test
    void aLostMappingMakesSilencesShorter() {
        nextSilenceSeconds();
        scene.link().receiveAfterLoss(new Pong(lastPing()));
        assertThat(nextSilenceSeconds()).isEqualTo(19);
        answer();
        assertThat(nextSilenceSeconds()).as("for a while").isEqualTo(19);
    }

    @Test
    void aPingThatIsNotAnsweredIsALostMapping() {
        nextSilenceSeconds();
        scene.advance(Duration.ofSeconds(10));
        assertThat(scene.network.connections.get(0).closed).isEqualTo(ReasonCode.IDLE_TIMEOUT);
        scene.advance(Duration.ofSeconds(1));
        scene.login();
        assertThat(nextSilenceSeconds()).isEqualTo(19);
    }

    @Test
    void whatIsSaidAfterASilenceTellsAsMuchAsAPing() {
        scene.advance(Duration.ofSeconds(24));
        scene.post(1);
        scene.link().receiveAfterLoss(new Count(Lane.CHAT, 1));
        assertThat(nextSilenceSeconds()).isEqualTo(18);
    }

    @Test
    void aMappingLostInTheMiddleOfATalkTellsNothing() {
        scene.advance(Duration.ofSeconds(5));
        scene.post(1);
        scene.link().receiveAfterLoss(new Count(Lane.CHAT, 1));
        assertThat(nextSilenceSeconds()).isEqualTo(25);
    }

    @Test
    void whatIsReadKeepsAMappingToo() {
        for (int i = 0; i < 3; i++) {
            scene.advance(Duration.ofSeconds(19));
            scene.link().receive(new Count(Lane.CHAT, 0));
        }
        assertThat(scene.link().sent(Ping.class)).isEmpty();
        scene.advance(Duration.ofSeconds(3));
        assertThat(scene.link().sent(Ping.class))
                .as("the server hears nothing else")
                .hasSize(1);
    }

    @Test
    void aNetworkThatIsKnownIsRememberedAndAnotherOneBeginsAnew() {
        enter("home");
        for (int i = 0; i < 30; i++) {
            nextSilenceSeconds();
            answer();
        }
        assertThat(nextSilenceSeconds()).isEqualTo(60);
        answer();
        enter("carrier");
        assertThat(nextSilenceSeconds()).isEqualTo(25);
        answer();
        enter("home");
        assertThat(nextSilenceSeconds()).isEqualTo(60);
        answer();
        scene.client.networkChanged();
        scene.loop.run();
        answer();
        assertThat(nextSilenceSeconds()).as("a network without a name").isEqualTo(25);
    }

    @Test
    void whatTheChangeOfANetworkDidIsNoFaultOfTheNewOne() {
        scene.advance(Duration.ofSeconds(20));
        scene.client.networkChanged("carrier");
        scene.loop.run();
        scene.link().receiveAfterLoss(new Pong(lastPing()));
        assertThat(nextSilenceSeconds()).isEqualTo(25);
    }

    @Test
    void aNameHasABound() {
        assertThatThrownBy(() -> scene.client.networkChanged("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> scene.client.networkChanged("x".repeat(257)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> scene.runtime.networkChanged("")).isInstanceOf(IllegalArgumentException.class);
        scene.runtime.networkChanged("x".repeat(256));
    }

    private void enter(String name) {
        scene.client.networkChanged(name);
        scene.loop.run();
        answer();
    }

    private void answer() {
        scene.link().receive(new Pong(lastPing()));
    }

    private long lastPing() {
        List<Ping> pings = scene.link().sent(Ping.class);
        return pings.get(pings.size() - 1).nonce();
    }

    /** Lets time pass until the next ping; in whole seconds, rounded up. */
    private int nextSilenceSeconds() {
        int before = scene.link().sent(Ping.class).size();
        int seconds = 0;
        while (scene.link().sent(Ping.class).size() == before) {
            scene.advance(Duration.ofSeconds(1));
            seconds++;
        }
        return seconds;
    }
}
