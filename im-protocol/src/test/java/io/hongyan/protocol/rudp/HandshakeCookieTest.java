// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.simnet.RandomStream;
import io.hongyan.simnet.SimAddress;
import org.junit.jupiter.api.Test;

class HandshakeCookieTest {
    private static final long SECOND = 1_000_000_000L;

    private final RandomStream random = RandomStream.of(6, "cookie");
    private final ServerSecret secret = ServerSecret.random(random);
    private final HandshakeCookie cookies = new HandshakeCookie(secret, 16);
    private final PeerAddress address = SimPeer.addressOf(SimAddress.ipv4("10.0.0.2", 5000));
    private final byte[] clientId = {1, 2, 3, 4};
    private final byte[] clientExchange = new byte[16];
    private final byte[] serverExchange = new byte[16];
    private final byte[] bytes = new byte[300];

    private int seal(long nowNanos) {
        random.nextBytes(clientExchange);
        random.nextBytes(serverExchange);
        return cookies.seal(nowNanos, address, clientId, clientExchange, serverExchange, random, bytes, 10);
    }

    @Test
    void bringsTheHandshakeBackToAnyLoopWithTheSecret() {
        int length = seal(5 * SECOND);
        HandshakeCookie.Content content = new HandshakeCookie(new ServerSecret(secret.toByteArray()), 16)
                .open(6 * SECOND, address, bytes, 10, length);
        assertThat(content).isNotNull();
        assertThat(content.issuedNanos()).isEqualTo(5 * SECOND);
        assertThat(content.clientId()).isEqualTo(clientId);
        assertThat(content.clientKeyExchange()).isEqualTo(clientExchange);
        assertThat(content.serverKeyExchange()).isEqualTo(serverExchange);
    }

    @Test
    void livesTenSeconds() {
        int length = seal(0);
        assertThat(cookies.open(10 * SECOND, address, bytes, 10, length)).isNotNull();
        assertThat(cookies.open(10 * SECOND + 1, address, bytes, 10, length)).isNull();
        assertThat(cookies.open(-1, address, bytes, 10, length)).isNull();
    }

    @Test
    void isOfItsAddressPortAndServerOnly() {
        int length = seal(0);
        PeerAddress other = address.copy();
        other.set(address.high(), address.low(), 5001);
        assertThat(cookies.open(1, other, bytes, 10, length)).isNull();
        other.set(address.high(), address.low() + 1, 5000);
        assertThat(cookies.open(1, other, bytes, 10, length)).isNull();
        assertThat(new HandshakeCookie(ServerSecret.random(random), 16).open(1, address, bytes, 10, length))
                .isNull();
    }

    @Test
    void isSpoiltByEveryBitAndEveryLength() {
        int length = seal(0);
        for (int bit = 0; bit < length * 8; bit++) {
            bytes[10 + bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(cookies.open(1, address, bytes, 10, length)).isNull();
            bytes[10 + bit / 8] ^= (byte) (1 << bit % 8);
        }
        for (int shorter = 0; shorter < length; shorter++) {
            assertThat(cookies.open(1, address, bytes, 10, shorter)).isNull();
        }
        assertThat(cookies.open(1, address, bytes, 10, length)).isNotNull();
    }
}
