// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.chat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.examples.chat.InputLine.Content;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineReaderTest {

    @Test
    void cutsAtLineFeedsAndTakesTheLastLineWithoutOne() throws IOException {
        assertThat(texts(lines(10, "a\r\n\n你好\nend".getBytes(UTF_8)))).containsExactly("a", "", "你好", "end");
    }

    @Test
    void emptyInputHasNoLines() throws IOException {
        assertThat(lines(10, new byte[0])).isEmpty();
    }

    @Test
    void countsLinesFromOne() throws IOException {
        assertThat(lines(10, "a\n\nb\n".getBytes(UTF_8)))
                .extracting(InputLine::number)
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    void lineOfJustTheLimitPassesAndOneByteMoreDoesNot() throws IOException {
        List<InputLine> lines = lines(4, "1234\r\n12345\nok\n12345".getBytes(UTF_8));

        assertThat(lines)
                .extracting(InputLine::content)
                .containsExactly(Content.TEXT, Content.TOO_LONG, Content.TEXT, Content.TOO_LONG);
        assertThat(texts(lines)).containsExactly("1234", "", "ok", "");
    }

    @Test
    void skipsALineLongerThanItsBuffers() throws IOException {
        byte[] input = ("x".repeat(100_000) + "\nshort\n").getBytes(UTF_8);

        assertThat(lines(20_000, input)).extracting(InputLine::content).containsExactly(Content.TOO_LONG, Content.TEXT);
        assertThat(texts(lines(100_000, input))).containsExactly("x".repeat(100_000), "short");
    }

    @Test
    void saysWhichLineIsNotUtf8() throws IOException {
        List<InputLine> lines = lines(10, "a\n\u00e9\nb\n".getBytes(ISO_8859_1));

        assertThat(lines).extracting(InputLine::content).containsExactly(Content.TEXT, Content.NOT_UTF8, Content.TEXT);
    }

    private static List<InputLine> lines(int maxLineBytes, byte[] input) throws IOException {
        LineReader reader = new LineReader(new ByteArrayInputStream(input), maxLineBytes);
        List<InputLine> lines = new ArrayList<>();
        for (InputLine line = reader.next(); line != null; line = reader.next()) {
            lines.add(line);
        }
        return lines;
    }

    private static List<String> texts(List<InputLine> lines) {
        return lines.stream().map(InputLine::text).toList();
    }
}
