// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerAddressTest {

    @Test
    void readsNamesIpv4AndIpv6() {
        assertThat(ServerAddress.parse("tcp://chat.example:1234"))
                .isEqualTo(new ServerAddress("tcp", "chat.example", 1234));
        assertThat(ServerAddress.parse("udp://127.0.0.1:7901")).isEqualTo(new ServerAddress("udp", "127.0.0.1", 7901));
        assertThat(ServerAddress.parse("tcp://[::1]:7901")).isEqualTo(new ServerAddress("tcp", "::1", 7901));
        assertThat(ServerAddress.parse("UDP://[2001:db8::5]")).isEqualTo(new ServerAddress("udp", "2001:db8::5", 7901));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp://[::1]:7901", "udp://chat.example:7902", "tls://chat.example:7903"})
    void printsWhatItReads(String text) {
        assertThat(ServerAddress.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "127.0.0.1:7901",
                "http://a:1",
                "tcp:a:1",
                "tcp://:1",
                "tcp://a:0",
                "tcp://a:65536",
                "tcp://a:1/path",
                "tcp://user@a:1",
                "tcp://a b:1",
                "tcp://::1:7901"
            })
    void refusesWhatIsNoAddress(String text) {
        assertThatThrownBy(() -> ServerAddress.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
