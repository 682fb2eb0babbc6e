// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LinkCountersTest {

    private static final LinkCounters COUNTERS =
            new LinkCounters(100, 200, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);

    @Test
    void togetherEverythingAddsUpButTheLargestQueue() {
        assertThat(COUNTERS.plus(COUNTERS))
                .isEqualTo(new LinkCounters(200, 400, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 16));
        assertThat(COUNTERS.plus(LinkCounters.ZERO)).isEqualTo(COUNTERS);
        assertThat(LinkCounters.ZERO.plus(COUNTERS)).isEqualTo(COUNTERS);
    }

    @Test
    void dropShareCountsEveryReason() {
        assertThat(COUNTERS.dropShare()).isEqualTo((5 + 7 + 9 + 11) / 100.0);
        assertThat(LinkCounters.ZERO.dropShare()).isZero();
    }
}
