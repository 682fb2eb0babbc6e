// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DebtBucketTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void owesNothingWithinTheBurstAndThenTheTimeOfWhatWasTaken() {
        DebtBucket bucket = new DebtBucket(100, 1_000, -5);
        bucket.take(1_000, -5);
        assertThat(bucket.debtNanos(-5)).isZero();
        bucket.take(50, -5);
        assertThat(bucket.debtNanos(-5)).isEqualTo(SECOND / 2);
        assertThat(bucket.debtNanos(SECOND)).isZero();
    }

    @Test
    void fillsUpToTheBurstAndNoFurther() {
        DebtBucket bucket = new DebtBucket(100, 1_000, 0);
        bucket.take(1_000, 0);
        bucket.take(1_100, 1_000 * SECOND);
        assertThat(bucket.debtNanos(1_000 * SECOND)).isEqualTo(SECOND);
    }

    @Test
    void saysWhenTheDebtIsManyBursts() {
        DebtBucket bucket = new DebtBucket(10, 100, 0);
        bucket.take(500, 0);
        assertThat(bucket.owesMoreThan(4, 0)).isFalse();
        bucket.take(1, 0);
        assertThat(bucket.owesMoreThan(4, 0)).isTrue();
        assertThat(bucket.owesMoreThan(4, SECOND)).isFalse();
    }

    @Test
    void keepsLargeRatesExactly() {
        DebtBucket bucket = new DebtBucket(600_000_000, 1 << 30, 0);
        bucket.take(1 << 30, 0);
        bucket.take(600_000_000, 0);
        assertThat(bucket.debtNanos(0)).isBetween(SECOND - 1, SECOND + 1);
    }

    @Test
    void pacesReturnsOneBehindTheOtherUpToTheLongestWait() {
        ReturnPace pace = new ReturnPace(10);
        assertThat(pace.nextNanos(0)).isEqualTo(SECOND / 10);
        assertThat(pace.nextNanos(0)).isEqualTo(2 * SECOND / 10);
        assertThat(pace.nextNanos(SECOND)).as("forgotten").isEqualTo(SECOND / 10);
        for (int i = 0; i < 100_000; i++) {
            assertThat(pace.nextNanos(SECOND)).isLessThanOrEqualTo(ReturnPace.MOST_SECONDS * SECOND);
        }
        assertThat(pace.nextNanos(SECOND)).isEqualTo(ReturnPace.MOST_SECONDS * SECOND);
    }
}
