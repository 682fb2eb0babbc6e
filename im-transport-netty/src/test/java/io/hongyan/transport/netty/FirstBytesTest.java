// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstBytesTest {
    @Test
    void recognisesOurPreface() {
        assertThat(first("HYIM")).isEqualTo(FirstBytes.PREFACE);
    }

    @Test
    void recognisesTlsOfEveryVersion() {
        for (int minor = 0; minor <= 4; minor++) {
            assertThat(FirstBytes.of(0x16030000 | minor << 8)).isEqualTo(FirstBytes.TLS);
        }
    }

    @Test
    void recognisesBothVersionsOfTheProxyProtocol() {
        assertThat(first("PROXY TCP4")).isEqualTo(FirstBytes.PROXY);
        assertThat(first("\r\n\r\n\0\r\nQUIT\n")).isEqualTo(FirstBytes.PROXY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GET /", "POST /", "PUT /", "HEAD /", "OPTIONS *", "DELETE /", "PATCH /", "CONNECT x", "TRACE /"
            })
    void recognisesMethodsOfHttp(String request) {
        assertThat(first(request)).isEqualTo(FirstBytes.HTTP);
    }

    @Test
    void recognisesLengthsOfMobileImsdk() {
        assertThat(FirstBytes.of(0)).isEqualTo(FirstBytes.UNKNOWN);
        assertThat(FirstBytes.of(1)).isEqualTo(FirstBytes.MOBILE_IMSDK);
        assertThat(FirstBytes.of(6_144)).isEqualTo(FirstBytes.MOBILE_IMSDK);
        assertThat(FirstBytes.of(6_145)).isEqualTo(FirstBytes.UNKNOWN);
        assertThat(FirstBytes.of(-1)).isEqualTo(FirstBytes.UNKNOWN);
    }

    @Test
    void takesRandomBytesForNothing() {
        SplittableRandom random = new SplittableRandom(7);
        int recognised = 0;
        for (int i = 0; i < 100_000; i++) {
            recognised += FirstBytes.of(random.nextInt() | 0x8000_0000) == FirstBytes.UNKNOWN ? 0 : 1;
        }
        assertThat(recognised).isZero();
    }

    private static FirstBytes first(String text) {
        return FirstBytes.of(ByteBuffer.wrap(text.getBytes(ISO_8859_1)).getInt());
    }
}
