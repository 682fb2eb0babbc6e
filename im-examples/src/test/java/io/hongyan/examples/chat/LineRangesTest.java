// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LineRangesTest {

    @Test
    void joinsNeighboursInWhateverOrderTheyCome() {
        LineRanges lines = of(3, 9, 5, 7, 6, 8);

        assertThat(lines).hasToString("lines 3, 5-9");
        assertThat(lines.size()).isEqualTo(6);
    }

    @Test
    void oneLineIsSingular() {
        assertThat(of(4)).hasToString("line 4");
    }

    @Test
    void staysShortHoweverManyThereAre() {
        assertThat(of(LongStream.range(0, 1000).map(i -> i * 2).toArray()).toString())
                .hasSizeLessThan(400)
                .endsWith("and more, 1000 in all");
    }

    private static LineRanges of(long... numbers) {
        LineRanges lines = new LineRanges();
        for (long number : numbers) {
            lines.add(number);
        }
        return lines;
    }
}
