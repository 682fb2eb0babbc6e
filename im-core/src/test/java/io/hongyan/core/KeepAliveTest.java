// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Login;
import io.hongyan.protocol.packet.Ping;
import io.hongyan.protocol.packet.Pong;
import io.hongyan.protocol.packet.UserId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long a client may be silent, and what becomes of one that is gone without a word. */
final class KeepAliveTest {
    private final NodeFixture fixture = new NodeFixture();

    @ParameterizedTest
    @CsvSource({"0, 60", "1, 5", "20, 20", "65535, 600"})
    void isNegotiatedAndEndsTheSessionAfterTwoAndAHalfTimes(int asked, int told) {
        fixture.open();
        TestClient alice = asking(asked);
        assertThat(alice.loginResult().keepAliveSeconds()).isEqualTo(told);
        fixture.world.advanceMillis(told * 2_500L - 1_000);
        assertThat(alice.isOpen()).isTrue();
        fixture.world.advanceMillis(2_000);
        assertThat(alice.closes).containsExactly(ReasonCode.IDLE_TIMEOUT);
        assertThat(fixture.node().sessionCount()).isZero();
    }

    @Test
    void pingKeepsASilentSessionAlive() {
        fixture.open();
        TestClient alice = asking(20);
        for (int i = 0; i < 10; i++) {
            fixture.world.advanceMillis(40_000);
            alice.send(new Ping(i));
            fixture.world.settle();
        }
        assertThat(alice.isOpen()).isTrue();
        assertThat(alice.heard(Pong.class)).hasSize(10);
    }

    @Test
    void peerThatVanishedWithMessagesUnderWayLosesNoneOfThem() {
        fixture.open();
        TestClient bob = asking(20);
        TestClient alice = fixture.in("alice", 0);
        bob.cutOff();
        alice.texts("bob", 3);
        for (int i = 0; i < 6; i++) {
            fixture.world.advanceMillis(10_000);
            alice.send(new Ping(i));
        }
        fixture.world.settle();
        assertThat(bob.closes).containsExactly(ReasonCode.IDLE_TIMEOUT);
        assertThat(alice.delivered).isEmpty();
        assertThat(fixture.in("bob", "desk", 1).texts()).containsExactly("m1", "m2", "m3");
        assertThat(alice.delivered).hasSize(3);
    }

    private TestClient asking(int keepAliveSeconds) {
        TestClient client = fixture.connected("bob", 1);
        client.send(
                new Login(new UserId("bob"), new DeviceId("phone"), "test", "", client.instance(), keepAliveSeconds));
        fixture.world.settle();
        return client;
    }
}
