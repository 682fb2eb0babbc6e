// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.MethodSource;

/** An endpoint of GOAWAY is text that a server chose. */
@Tag("once")
class ServerAddressFuzzTest {
    @MethodSource
    @FuzzTest
    void anyTextIsAnAddressThatReadsWhatItPrintsOrIsRefused(byte[] input) {
        ServerAddress address;
        try {
            address = ServerAddress.parse(new String(input, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException notAnAddress) {
            return;
        }
        assertThat(ServerAddress.parse(address.toString())).isEqualTo(address);
    }

    static Stream<byte[]> anyTextIsAnAddressThatReadsWhatItPrintsOrIsRefused() {
        return Stream.of(
                        "tcp://chat.example:1234",
                        "udp://[2001:db8::5%eth0]",
                        "TCP://127.0.0.1:7901 ",
                        "tcp://a:1/path")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }
}
