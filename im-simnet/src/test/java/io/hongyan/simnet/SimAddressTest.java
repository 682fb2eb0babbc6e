// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class SimAddressTest {

    @Test
    void equalOnlyIfEveryByteIs() {
        SimAddress address = SimAddress.ipv4("10.0.0.1", 7901);
        assertThat(address).isEqualTo(SimAddress.of(new byte[] {10, 0, 0, 1}, 7901));
        assertThat(address).isNotEqualTo(address.withPort(7902));
        for (int i = 0; i < 16; i++) {
            byte[] other = address.addressBytes();
            other[i] ^= 1;
            assertThat(SimAddress.of(other, 7901)).isNotEqualTo(address);
        }
    }

    @Test
    void ipv4IsHeldAsTheIpv6AddressThatMapsIt() {
        assertThat(SimAddress.ipv4("192.168.2.255", 1).addressBytes())
                .containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 168, 2, 255);
    }

    @Test
    void bytesMakeTheSameAddressAgain() {
        byte[] bytes = new byte[16];
        RandomStream.of(1, "address").nextBytes(bytes);
        SimAddress address = SimAddress.of(bytes, 65_535);
        assertThat(address.addressBytes()).isEqualTo(bytes);
        ByteBuffer buffer = ByteBuffer.allocate(20);
        address.putAddress(buffer);
        assertThat(buffer.position()).isEqualTo(16);
        assertThat(buffer.array()).startsWith(bytes);
    }

    @Test
    void goesToRealSocketAddressesAndBack() throws Exception {
        SimAddress four = SimAddress.ipv4("127.0.0.1", 80);
        assertThat(four.toSocketAddress()).isEqualTo(new InetSocketAddress("127.0.0.1", 80));
        assertThat(SimAddress.of(four.toSocketAddress())).isEqualTo(four);
        SimAddress six = SimAddress.of(new InetSocketAddress("::1", 80));
        assertThat(six.high()).isZero();
        assertThat(six.low()).isEqualTo(1);
        assertThat(SimAddress.of(six.toSocketAddress())).isEqualTo(six);
    }

    @Test
    void textIsWhatPeopleWrite() {
        assertThat(SimAddress.ipv4("10.0.0.1", 7901)).hasToString("10.0.0.1:7901");
        assertThat(SimAddress.of(new InetSocketAddress("2001:db8::1", 7901)))
                .hasToString("[2001:db8:0:0:0:0:0:1]:7901");
    }

    @Test
    void refusesWhatIsNoAddress() {
        assertThatIllegalArgumentException().isThrownBy(() -> SimAddress.of(new byte[5], 1));
        assertThatIllegalArgumentException().isThrownBy(() -> SimAddress.of(new byte[4], 65_536));
        assertThatIllegalArgumentException().isThrownBy(() -> SimAddress.of(new byte[4], -1));
        for (String text : new String[] {"10.0.0", "10.0.0.256", "a.b.c.d", "10.0.0.1.2", "", "10..0.1", "-1.0.0.0"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> SimAddress.ipv4(text, 1))
                    .withMessageContaining("10.0.0.1");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SimAddress.of(InetSocketAddress.createUnresolved("nowhere.invalid", 1)));
    }
}
