// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TokenBucketTest {
    private static final long SECOND = 1_000_000_000;

    private long now = Long.MAX_VALUE - SECOND;

    @Test
    void givesItsBurstAtOnceThenItsRate() {
        TokenBucket bucket = new TokenBucket(50, 200, now);
        assertThat(taken(bucket, 300)).isEqualTo(200);

        now += 10 * SECOND;
        assertThat(taken(bucket, 300)).isEqualTo(200);
        now += SECOND;
        assertThat(taken(bucket, 300)).isEqualTo(50);
    }

    @Test
    void onceDryItRefusesUntilATenthIsBack() {
        TokenBucket bucket = new TokenBucket(50, 200, now);
        taken(bucket, 201);

        now += 380 * SECOND / 1_000;
        assertThat(taken(bucket, 1)).isZero();
        now += 20 * SECOND / 1_000;
        assertThat(taken(bucket, 30)).isEqualTo(20);
    }

    @Test
    void keepsItsRateUnderSteadyPressure() {
        TokenBucket bucket = new TokenBucket(50, 200, now);
        taken(bucket, 201);
        int taken = 0;
        for (int i = 0; i < 60 * 1_000; i++) {
            now += SECOND / 1_000;
            taken += taken(bucket, 1);
        }

        assertThat(taken).isBetween(60 * 50 - 20, 60 * 50);
    }

    @Test
    void smallestBucketGivesOneAtATime() {
        TokenBucket bucket = new TokenBucket(1, 1, now);
        assertThat(taken(bucket, 5)).isEqualTo(1);

        now += SECOND;
        assertThat(taken(bucket, 5)).isEqualTo(1);
        assertThat(bucket.isFull(now)).isFalse();
    }

    private int taken(TokenBucket bucket, int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += bucket.take(now) ? 1 : 0;
        }
        return taken;
    }
}
