// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EscapedTextTest {

    @Test
    void leavesOrdinaryTextAlone() {
        String text = "你好, 鸿雁 👩‍👩‍👧 naïve \\n C:\\new \"quoted\"";
        assertThat(EscapedText.of(text)).isSameAs(text);
    }

    @Test
    void keepsAMessageOnOneLine() {
        assertThat(EscapedText.of("a\nb\r\nc\u2028d\u2029e\u0085f"))
                .isEqualTo("a\\nb\\u000d\\nc\\u2028d\\u2029e\\u0085f");
    }

    @Test
    void disarmsTerminalSequences() {
        assertThat(EscapedText.of("\u001b[2J\u0007\t\u007f\u0000")).isEqualTo("\\u001b[2J\\u0007\\u0009\\u007f\\u0000");
    }
}
