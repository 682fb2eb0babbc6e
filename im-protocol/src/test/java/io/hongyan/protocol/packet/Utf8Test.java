// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {
    @ParameterizedTest
    @ValueSource(strings = {"", "alice", "é", "鸿雁", "a😀b", "\u0000", "\u007F\u0080\u07FF\u0800\uFFFD\uFFFF"})
    void textComesBackAsItWas(String text) {
        byte[] expected = text.getBytes(StandardCharsets.UTF_8);
        byte[] written = new byte[expected.length + 2];

        assertThat(Utf8.length(text)).isEqualTo(expected.length);
        assertThat(Utf8.write(text, written, 1)).isEqualTo(expected.length + 1);
        assertThat(Utf8.read(ByteBuffer.wrap(written, 1, expected.length), expected.length))
                .isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80",
                "c0af",
                "c1bf",
                "c3",
                "e08080",
                "e282",
                "eda080",
                "edbfbf",
                "f08080af",
                "f0908d",
                "f4908080",
                "ff",
                "fe",
                "61c3",
                "c328",
                "f0288cbc"
            })
    void bytesThatAreNotWellFormedAreRefused(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertThatThrownBy(() -> Utf8.read(ByteBuffer.wrap(bytes), bytes.length))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(ReasonCode.MALFORMED_PACKET));
    }

    @ParameterizedTest
    @ValueSource(chars = {0xD800, 0xDBFF, 0xDC00, 0xDFFF})
    void halfASurrogatePairHasNoLength(char half) {
        assertThat(Utf8.length("a" + half)).isEqualTo(-1);
        assertThat(Utf8.length(half + "a")).isEqualTo(-1);
        assertThat(Utf8.length("" + half + half)).isEqualTo(-1);
    }

    @Test
    void textIsCutBetweenCharacters() {
        assertThat(Utf8.clip("abc", 3)).isEqualTo("abc");
        assertThat(Utf8.clip("abcd", 3)).isEqualTo("abc");
        assertThat(Utf8.clip("a鸿雁", 7)).isEqualTo("a鸿雁");
        assertThat(Utf8.clip("a鸿雁", 6)).isEqualTo("a鸿");
        assertThat(Utf8.clip("😀", 3)).isEmpty();
        assertThat(Utf8.clip("a\uD83D", 9)).isEqualTo("a?");
    }
}
