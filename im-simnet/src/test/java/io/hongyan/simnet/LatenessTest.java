// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatenessTest {

    @Test
    void everyValueLiesOnItsStepWithinAQuarter() {
        RandomStream random = RandomStream.of(7, "values");
        for (int i = 0; i < 100_000; i++) {
            long nanos = random.nextLong() >>> 1 + i % 62;
            int step = LatenessScale.stepOf(nanos);
            assertThat(LatenessScale.upperNanos(step)).isGreaterThanOrEqualTo(nanos);
            assertThat(LatenessScale.upperNanos(step) - nanos).isLessThanOrEqualTo(nanos / 4);
            if (step > 0) {
                assertThat(LatenessScale.upperNanos(step - 1)).isLessThan(nanos);
            }
        }
        assertThat(LatenessScale.stepOf(-5)).isZero();
        assertThat(LatenessScale.stepOf(Long.MAX_VALUE)).isEqualTo(LatenessScale.STEPS - 5);
    }

    @Test
    void quantilesAreThoseOfTheDatagramsCounted() {
        Lateness late = of(LongStream.rangeClosed(1, 1000).map(value -> value * 1000));

        assertThat(late.quantileNanos(0.5)).isBetween(500_000L, 625_000L);
        assertThat(late.quantileNanos(0.99)).isBetween(990_000L, 1_000_000L);
        assertThat(late.quantileNanos(1)).isEqualTo(late.maxNanos()).isEqualTo(1_000_000);
        assertThat(late.averageNanos()).isEqualTo(500_500);
    }

    @Test
    void twoDirectionsAddUp() {
        Lateness both = of(LongStream.of(10, 20)).plus(of(LongStream.of(4_000)));

        assertThat(both.datagrams()).isEqualTo(3);
        assertThat(both.totalNanos()).isEqualTo(4_030);
        assertThat(both.maxNanos()).isEqualTo(4_000);
        assertThat(both.quantileNanos(0.6)).isBetween(20L, 25L);
    }

    @Test
    void nothingIsNeverLate() {
        assertThat(Lateness.NONE.quantileNanos(0.99)).isZero();
        assertThat(Lateness.NONE.averageNanos()).isZero();
    }

    private static Lateness of(LongStream values) {
        RelayWay way = new RelayWay(new Link(LinkProfiles.PERFECT, 1, "up", 0));
        values.forEach(nanos -> way.leftLate(1, nanos));
        return way.lateness();
    }
}
