// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SendTimesTest {

    @Test
    void eachMessageHasItsSlot() {
        long[] times = SendTimes.of(3, 1_000, 20_000_000);

        for (int i = 0; i < times.length; i++) {
            assertThat(times[i]).isBetween(i * 20_000_000L, (i + 1) * 20_000_000L);
        }
    }

    @Test
    void theSeedDecides() {
        assertThat(SendTimes.of(3, 50, 1_000)).isEqualTo(SendTimes.of(3, 50, 1_000));
        assertThat(SendTimes.of(3, 50, 1_000)).isNotEqualTo(SendTimes.of(4, 50, 1_000));
    }
}
