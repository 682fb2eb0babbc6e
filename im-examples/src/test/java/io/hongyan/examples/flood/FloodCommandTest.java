// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.flood;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FloodCommandTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true",
        "127.9.9.9, true",
        "10.1.2.3, true",
        "172.16.0.1, true",
        "192.168.1.1, true",
        "169.254.1.1, true",
        "::1, true",
        "fe80::1, true",
        "fd00::1, true",
        "8.8.8.8, false",
        "172.32.0.1, false",
        "0.0.0.0, false",
        "224.0.0.1, false",
        "2001:db8::1, false"
    })
    void onlyNearAddressesAreFlooded(String address, boolean near) throws UnknownHostException {
        assertThat(FloodCommand.isNear(InetAddress.getByName(address))).isEqualTo(near);
    }
}
