// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class BottleneckTest {

    private static final LinkProfile TWENTY_MEGABIT =
            LinkProfile.builder("x").rate(20_000_000, 100_000).build();

    private final Bottleneck bottleneck = new Bottleneck(0);

    @Test
    void withoutARateNothingWaits() {
        assertThat(bottleneck.enqueue(LinkProfiles.PERFECT, 77, 65_000)).isTrue();
        assertThat(bottleneck.departureNanos()).isEqualTo(77);
    }

    @Test
    void datagramTakesItsTimeOnTheLineOverheadIncluded() {
        assertThat(bottleneck.enqueue(TWENTY_MEGABIT, 1000, 1172)).isTrue();
        assertThat(bottleneck.departureNanos()).isEqualTo(1000 + 480_000);
        assertThat(bottleneck.enqueue(TWENTY_MEGABIT, 1000, 1172)).isTrue();
        assertThat(bottleneck.departureNanos()).isEqualTo(1000 + 960_000);
    }

    @Test
    void fullQueueDropsWhatComesLast() {
        int accepted = 0;
        while (bottleneck.enqueue(TWENTY_MEGABIT, 0, 1172)) {
            accepted++;
        }
        assertThat(accepted).isEqualTo(83); // 83 x 1200 B <= 100,000 B < 84 x 1200 B
        assertThat(bottleneck.maxQueueBytes()).isEqualTo(83 * 1200);
        assertThat(bottleneck.enqueue(TWENTY_MEGABIT, 319_000, 1172)).isFalse();
        assertThat(bottleneck.enqueue(TWENTY_MEGABIT, 321_000, 1172)).isTrue();
    }

    @Test
    void datagramLargerThanTheQueueStillFitsWhenItIsEmpty() {
        LinkProfile small = LinkProfile.builder("x").rate(1_000_000, 100).build();
        assertThat(bottleneck.enqueue(small, 0, 1172)).isTrue();
        assertThat(bottleneck.enqueue(small, 0, 1172)).isFalse();
    }

    @Test
    void overloadedLineCarriesItsRateAndDelaysByItsQueue() {
        long last = 0;
        long carriedBits = 0;
        long worstWait = 0;
        for (long now = 0; now < 10_000_000_000L; now += 400_000) {
            if (bottleneck.enqueue(TWENTY_MEGABIT, now, 1172)) {
                last = bottleneck.departureNanos();
                carriedBits += 1200 * 8;
                worstWait = Math.max(worstWait, last - now);
            }
        }
        assertThat(carriedBits / (last / 1e9)).isCloseTo(20_000_000, within(20_000.0));
        assertThat(worstWait / 1e6).isCloseTo(40, within(0.5));
    }
}
