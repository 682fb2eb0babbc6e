// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

    private static final long SECOND = 1_000_000_000;

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 3, 7, 50, 2_000, 333_333, 1_000_000})
    void dueTimesAndCountsAgree(double rate) {
        Schedule schedule = new Schedule(rate, 3);

        assertThat(schedule.dueBefore(0)).isZero();
        assertThat(schedule.dueBefore(1)).isEqualTo(1);
        for (long k : new long[] {1, 2, 10, 1_000, 123_456}) {
            assertThat(schedule.dueBefore(schedule.dueNanos(k))).isEqualTo(k);
            assertThat(schedule.dueBefore(schedule.dueNanos(k) + 1)).isEqualTo(k + 1);
        }
        assertThat(schedule.dueBefore(20 * SECOND) - schedule.dueBefore(10 * SECOND))
                .isCloseTo((long) (10 * rate), Offset.offset(1L));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void pairsTakeTurns(int pair) {
        Schedule schedule = new Schedule(1_000, 3);

        assertThat(schedule.dueNanos(pair, 0)).isEqualTo(schedule.dueNanos(pair));
        assertThat(schedule.dueNanos(pair, 5)).isEqualTo(schedule.dueNanos(15 + pair));
    }
}
