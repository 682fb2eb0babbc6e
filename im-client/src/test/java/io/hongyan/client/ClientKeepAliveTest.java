// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Count;
import io.hongyan.protocol.packet.Login;
import io.hongyan.protocol.packet.Ping;
import io.hongyan.protocol.packet.Pong;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClientKeepAliveTest {

    @Test
    void silenceIsBrokenByAPingAfterTheNegotiatedTime() {
        Scene scene = Scene.online();
        scene.advance(Duration.ofMillis(59_999));
        assertThat(scene.link().sent(Ping.class)).isEmpty();
        scene.advance(Duration.ofMillis(1));
        assertThat(scene.link().sent(Ping.class)).hasSize(1);
        scene.link().receive(new Pong(scene.link().sent(Ping.class).get(0).nonce()));
        scene.advance(Duration.ofMillis(59_999));
        assertThat(scene.link().sent(Ping.class)).hasSize(1);
        scene.advance(Duration.ofMillis(1));
        assertThat(scene.link().sent(Ping.class)).hasSize(2);
    }

    @Test
    void clientAsksForItsOwnKeepAlive() {
        Scene scene = Scene.connecting(options -> options.keepAlive(Duration.ofSeconds(20)));
        assertThat(scene.link().sent(Login.class).get(0).keepAliveSeconds()).isEqualTo(20);
        scene.keepAliveSeconds = 15;
        scene.login();
        scene.advance(Duration.ofSeconds(15));
        assertThat(scene.link().sent(Ping.class)).hasSize(1);
    }

    @Test
    void clientThatOnlyListensIsHeardToo() {
        Scene scene = Scene.online();
        for (int i = 0; i < 7; i++) {
            scene.advance(Duration.ofSeconds(10));
            scene.link().receive(new Count(Lane.CHAT, i));
        }
        assertThat(scene.link().sent(Ping.class)).hasSize(1);
        assertThat(scene.link().closed).isNull();
    }

    @Test
    void pingWithoutAnswerIsTheEndOfTheLink() {
        Scene scene = Scene.online();
        scene.advance(Duration.ofMillis(69_999));
        assertThat(scene.link().closed).isNull();
        scene.advance(Duration.ofMillis(1));
        assertThat(scene.network.connections.get(0).closed).isEqualTo(ReasonCode.IDLE_TIMEOUT);
        scene.advance(Duration.ofMillis(200));
        assertThat(scene.network.connections).hasSize(2);
    }

    @Test
    void anythingHeardAnswersThePing() {
        Scene scene = Scene.online();
        scene.advance(Duration.ofSeconds(60));
        scene.link().receive(new Count(Lane.CHAT, 0));
        scene.advance(Duration.ofSeconds(10));
        assertThat(scene.link().closed).isNull();
    }

    @Test
    void nothingIsMissedWhileReadingIsStopped() {
        Scene scene = Scene.onLanes(options -> options.inbound(1, 1));
        scene.link().receive(Scene.fromBob(1, 2));
        assertThat(scene.link().paused).isTrue();
        scene.advance(Duration.ofMinutes(10));
        assertThat(scene.link().closed).isNull();
        assertThat(scene.link().sent(Ping.class)).as("the server hears us").hasSizeGreaterThan(5);
        scene.work();
        assertThat(scene.link().paused).isFalse();
        scene.advance(Duration.ofMinutes(2));
        assertThat(scene.network.connections.get(0).closed).isEqualTo(ReasonCode.IDLE_TIMEOUT);
    }

    @Test
    void serverThatAnswersPingsButNoMessagesIsLeft() {
        Scene scene = Scene.online();
        scene.post(1);
        scene.advance(Duration.ofMillis(29_999));
        assertThat(scene.link().closed).isNull();
        scene.advance(Duration.ofMillis(1));
        assertThat(scene.network.connections.get(0).closed).isEqualTo(ReasonCode.NO_PROGRESS);
    }

    @Test
    void deadServerIsNoticedWhileMessagesAreUnderWayHoweverManyFollow() {
        Scene scene = Scene.online();
        for (int second = 0; second < 30; second++) {
            assertThat(scene.link().closed).as("after %d s", second).isNull();
            scene.post(1);
            scene.advance(Duration.ofSeconds(1));
        }
        assertThat(scene.network.connections.get(0).closed).isEqualTo(ReasonCode.NO_PROGRESS);
    }

    @Test
    void deadServerIsNoticedByItsKeepAliveWhileMessagesAwaitTheirRecipient() {
        Scene scene = Scene.connecting(options -> options.keepAlive(Duration.ofSeconds(5)));
        scene.keepAliveSeconds = 5;
        scene.login();
        scene.client.send("bob", "hi", ReceiptLevel.DELIVERED);
        scene.loop.run();
        scene.accept(1, 1);
        scene.advance(Duration.ofMillis(14_999));
        assertThat(scene.link().closed)
                .as("a ping after 5 s, and 10 s for its answer")
                .isNull();
        scene.advance(Duration.ofMillis(1));
        assertThat(scene.network.connections.get(0).closed).isEqualTo(ReasonCode.IDLE_TIMEOUT);
    }

    @Test
    void writingAloneDoesNotKeepADeadServerAlive() {
        Scene scene = Scene.connecting(
                options -> options.keepAlive(Duration.ofSeconds(5)).progressTimeout(Duration.ofHours(1)));
        scene.keepAliveSeconds = 5;
        scene.login();
        for (int second = 0; second < 15; second++) {
            assertThat(scene.link().closed).as("after %d s", second).isNull();
            scene.post(1);
            scene.advance(Duration.ofSeconds(1));
        }
        assertThat(scene.network.connections.get(0).closed).isEqualTo(ReasonCode.IDLE_TIMEOUT);
    }

    @Test
    void serverThatGetsOnIsNotLeft() {
        Scene scene = Scene.connecting(options -> options);
        scene.keepAliveSeconds = 3_600;
        scene.login();
        scene.post(10);
        for (int i = 1; i < 10; i++) {
            scene.advance(Duration.ofSeconds(29));
            scene.accept(i, i);
        }
        assertThat(scene.link().closed).isNull();
        scene.accept(10, 10);
        scene.advance(Duration.ofSeconds(50));
        assertThat(scene.link().closed).isNull();
    }

    @Test
    void idleClientHasOneTimer() {
        Scene scene = Scene.online();
        assertThat(scene.loop.timers()).isEqualTo(1);
        scene.link().receive(Scene.fromBob(1, 100));
        assertThat(scene.loop.timers()).isEqualTo(1);
    }
}
