// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ReadSetsTest {
    private static final UserId BOB = new UserId("bob");

    private final ReadSets sets = new ReadSets(3);

    @Test
    void growsOneSetForEachUserAndInstance() {
        assertThat(sets.isEmpty()).isTrue();
        assertThat(sets.add(new Read(BOB, 1, CounterRanges.of(2)))).isTrue();
        assertThat(sets.add(new Read(null, 1, CounterRanges.of(9)))).isTrue();
        assertThat(sets.add(new Read(BOB, 1, CounterRanges.of(3, 5)))).isTrue();
        assertThat(sets.size()).isEqualTo(2);
        assertThat(sets.poll()).isEqualTo(new Read(BOB, 1, CounterRanges.of(2, 5)));
        assertThat(sets.poll()).isEqualTo(new Read(null, 1, CounterRanges.of(9)));
        assertThat(sets.poll()).isNull();
        assertThat(sets.isEmpty()).isTrue();
    }

    @Test
    void setThatIsFullBeginsAnother() {
        for (int i = 1; i <= 300; i++) {
            assertThat(sets.add(new Read(BOB, 1, CounterRanges.of(2L * i)))).isTrue();
        }
        assertThat(sets.size()).isEqualTo(2);
        int counters = sets.poll().counters().counters();
        assertThat(counters + sets.poll().counters().counters()).isEqualTo(300);
    }

    @Test
    void takesNoMoreThanItsBound() {
        for (int instance = 1; instance <= 3; instance++) {
            assertThat(sets.add(new Read(BOB, instance, CounterRanges.of(1)))).isTrue();
        }
        assertThat(sets.add(new Read(BOB, 4, CounterRanges.of(1)))).isFalse();
        assertThat(sets.add(new Read(BOB, 3, CounterRanges.of(2))))
                .as("a set that is there grows")
                .isTrue();
        assertThat(sets.size()).isEqualTo(3);
    }
}
