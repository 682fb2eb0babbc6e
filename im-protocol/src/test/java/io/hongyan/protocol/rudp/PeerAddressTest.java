// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class PeerAddressTest {
    @Test
    void holdsBothFamilies() throws Exception {
        InetSocketAddress four = new InetSocketAddress(InetAddress.getByName("192.0.2.1"), 65_535);
        InetSocketAddress six = new InetSocketAddress(InetAddress.getByName("2001:db8::7"), 1);
        assertThat(PeerAddress.of(four).isIpv4()).isTrue();
        assertThat(PeerAddress.of(four).toSocketAddress()).isEqualTo(four);
        assertThat(PeerAddress.of(six).isIpv4()).isFalse();
        assertThat(PeerAddress.of(six).toSocketAddress()).isEqualTo(six);
        assertThat(PeerAddress.of(four)).isNotEqualTo(PeerAddress.of(six));
        assertThat(PeerAddress.of(four)).isEqualTo(PeerAddress.of(four).copy()).hasSameHashCodeAs(PeerAddress.of(four));
    }

    @Test
    void tellsHostFromPort() {
        PeerAddress one = new PeerAddress();
        one.setIpv4(0x0a000001, 1);
        PeerAddress two = new PeerAddress();
        two.setIpv4(0x0a000001, 2);
        assertThat(one.sameHost(two)).isTrue();
        assertThat(one.sameAs(two)).isFalse();
    }

    @Test
    void refusesANameThatWasNotResolved() {
        assertThatThrownBy(() -> PeerAddress.of(InetSocketAddress.createUnresolved("nowhere.invalid", 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
