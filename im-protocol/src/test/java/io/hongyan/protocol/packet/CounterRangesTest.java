// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CounterRangesTest {
    private final CounterRanges.Builder builder = new CounterRanges.Builder();

    @Test
    void neighboursBecomeOneRangeInAnyOrder() {
        for (long counter : new long[] {5, 3, 4, 9, 1, 4}) {
            assertThat(builder.add(counter)).isTrue();
        }
        assertThat(builder.build()).hasToString("[1,1][3,5][9,9]");
        assertThat(builder.counters()).isEqualTo(5);
    }

    @Test
    void builderIsEmptyAgainAfterClear() {
        builder.add(1);
        builder.clear();
        assertThat(builder.isEmpty()).isTrue();
        assertThatIllegalStateException().isThrownBy(builder::build);
    }

    @Test
    void builderTakesNoRangeTooManyButStillFillsGaps() {
        for (int i = 0; i < CounterRanges.MAX_RANGES; i++) {
            assertThat(builder.add(1 + 2L * i)).isTrue();
        }
        assertThat(builder.add(10_000)).isFalse();
        assertThat(builder.add(2)).isTrue();
        assertThat(builder.add(10_000)).isTrue();
        assertThat(builder.build().ranges()).isEqualTo(CounterRanges.MAX_RANGES);
    }

    @Test
    void builderTakesNoCounterTooMany() {
        for (long counter = 1; counter <= CounterRanges.MAX_COUNTERS; counter++) {
            assertThat(builder.add(counter)).isTrue();
        }
        assertThat(builder.add(CounterRanges.MAX_COUNTERS + 1)).isFalse();
        assertThat(builder.add(1)).isTrue();
        assertThat(builder.build().counters()).isEqualTo(CounterRanges.MAX_COUNTERS);
    }

    @Test
    void boundsOutOfOrderOrTouchingOrTooManyAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> CounterRanges.of(0));
        assertThatIllegalArgumentException().isThrownBy(() -> CounterRanges.of(2, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> CounterRanges.of(MessageId.MAX_COUNTER + 1));
        assertThatIllegalArgumentException().isThrownBy(() -> CounterRanges.of(1, CounterRanges.MAX_COUNTERS + 1));
        assertThatIllegalArgumentException().isThrownBy(() -> CounterRanges.ofBounds(new long[] {1, 2, 3, 3}));
        assertThatIllegalArgumentException().isThrownBy(() -> CounterRanges.ofBounds(new long[] {5, 5, 1, 1}));
        assertThatIllegalArgumentException().isThrownBy(() -> CounterRanges.ofBounds(new long[0]));
    }

    @Test
    void agreesWithASetOfNumbers() {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            builder.clear();
            TreeSet<Long> model = new TreeSet<>();
            for (int i = 0; i < 200; i++) {
                long counter = 1L + random.nextInt(400);
                assertThat(builder.add(counter)).isTrue();
                model.add(counter);
            }
            CounterRanges built = builder.build();
            TreeSet<Long> inRanges = new TreeSet<>();
            for (int i = 0; i < built.ranges(); i++) {
                for (long counter = built.first(i); counter <= built.last(i); counter++) {
                    inRanges.add(counter);
                }
            }
            assertThat(inRanges).as("seed " + seed).isEqualTo(model);
            assertThat(built.counters()).as("seed " + seed).isEqualTo(model.size());
            for (long counter = 1; counter <= 402; counter++) {
                assertThat(built.contains(counter)).as("seed " + seed).isEqualTo(model.contains(counter));
            }
            assertThat(CounterRanges.ofBounds(boundsOf(built))).isEqualTo(built).hasSameHashCodeAs(built);
        }
    }

    private static long[] boundsOf(CounterRanges ranges) {
        long[] bounds = new long[2 * ranges.ranges()];
        for (int i = 0; i < ranges.ranges(); i++) {
            bounds[2 * i] = ranges.first(i);
            bounds[2 * i + 1] = ranges.last(i);
        }
        return bounds;
    }
}
