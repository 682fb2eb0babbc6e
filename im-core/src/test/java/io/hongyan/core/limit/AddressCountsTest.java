// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

final class AddressCountsTest {
    private final AddressCounts counts = new AddressCounts(2);

    @Test
    void anAddressHasItsMostAndNoMore() throws UnknownHostException {
        InetAddress office = InetAddress.getByName("192.0.2.1");
        assertThat(counts.add(office)).isTrue();
        assertThat(counts.add(office)).isTrue();
        assertThat(counts.add(office)).isFalse();
        assertThat(counts.add(InetAddress.getByName("192.0.2.2"))).isTrue();
        counts.remove(office);
        assertThat(counts.add(office)).isTrue();
        assertThat(counts.add(office)).isFalse();
    }

    @Test
    void aNetworkOfIpv6CountsAsOne() throws UnknownHostException {
        assertThat(counts.add(InetAddress.getByName("2001:db8:1:2::1"))).isTrue();
        assertThat(counts.add(InetAddress.getByName("2001:db8:1:2:ffff::1"))).isTrue();
        assertThat(counts.add(InetAddress.getByName("2001:db8:1:2::3"))).isFalse();
        assertThat(counts.add(InetAddress.getByName("2001:db8:1:3::1"))).isTrue();
    }

    @Test
    void remembersNobodyWhoIsGone() throws UnknownHostException {
        for (int i = 0; i < 1_000; i++) {
            InetAddress address = InetAddress.getByAddress(new byte[] {10, 0, (byte) (i >> 8), (byte) i});
            counts.add(address);
            counts.add(address);
            counts.add(address);
            counts.remove(address);
            counts.remove(address);
        }
        assertThat(counts.addresses()).isZero();
    }
}
