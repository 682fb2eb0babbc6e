// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdTextTest {
    private static final String LONGEST = "x".repeat(64);
    private static final String LONGEST_CHINESE = "雁".repeat(21) + "x";

    static String[] ids() {
        return new String[] {"a", "alice", "00", "-2", "1", "a@b", "鸿雁", "😀", " ", "-", LONGEST, LONGEST_CHINESE};
    }

    static String[] noIds() {
        return new String[] {
            "",
            "0",
            "-1",
            "@",
            "@bob",
            LONGEST + "x",
            LONGEST_CHINESE + "x",
            "雁".repeat(22),
            "\uD83D",
            "\uDE00x",
            "a\uD83D"
        };
    }

    @ParameterizedTest
    @MethodSource("ids")
    void textIsAnId(String text) {
        assertThat(new UserId(text)).hasToString(text);
        assertThat(new DeviceId(text)).hasToString(text);
        assertThat(new GroupId(text)).hasToString(text);
    }

    @ParameterizedTest
    @MethodSource("noIds")
    void textIsNoId(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> new UserId(text)).withMessageStartingWith("user id: ");
        assertThatIllegalArgumentException().isThrownBy(() -> new DeviceId(text));
        assertThatIllegalArgumentException().isThrownBy(() -> new GroupId(text));
    }

    @ParameterizedTest
    @ValueSource(chars = {0, 1, '\n', 0x1F, 0x7F, 0x80, 0x85, 0x9F})
    void controlCharacterIsRefused(char control) {
        for (String text : new String[] {"" + control, "a" + control, "雁" + control, control + "雁"}) {
            assertThatIllegalArgumentException().isThrownBy(() -> new UserId(text));
        }
    }
}
