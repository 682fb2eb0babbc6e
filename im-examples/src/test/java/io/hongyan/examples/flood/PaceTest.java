// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.flood;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long MILLI = 1_000_000;

    @Test
    void unitsAreDueAtTheRate() {
        Pace pace = new Pace(1_000, 100, -5);
        assertThat(pace.take(-5)).isZero();
        assertThat(pace.take(10 * MILLI)).isEqualTo(10);
        assertThat(pace.take(10 * MILLI)).isZero();
        assertThat(pace.take(12 * MILLI)).isEqualTo(2);
    }

    @Test
    void neverMoreThanAskedFor() {
        Pace pace = new Pace(1_000, 30, 0);
        assertThat(pace.take(20 * MILLI)).isEqualTo(20);
        assertThat(pace.isOver()).isFalse();
        assertThat(pace.take(90 * MILLI)).isEqualTo(10);
        assertThat(pace.isOver()).isTrue();
        assertThat(pace.take(200 * MILLI)).isZero();
    }

    @Test
    void afterAPauseATenthOfASecondIsMadeUpFor() {
        Pace pace = new Pace(1_000, Long.MAX_VALUE, 0);
        assertThat(pace.take(5_000 * MILLI)).isEqualTo(100);
        assertThat(pace.take(5_001 * MILLI)).isEqualTo(1);
    }

    @Test
    void oneUnitIsAlwaysLetGo() {
        Pace pace = new Pace(0.5, Long.MAX_VALUE, 0);
        assertThat(pace.take(1_000 * MILLI)).isZero();
        assertThat(pace.take(2_000 * MILLI)).isEqualTo(1);
    }
}
