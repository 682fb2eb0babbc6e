// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenBucketTest {
    @Test
    void givesASecondsWorthAtOnceAndThenTheRate() {
        TokenBucket bucket = new TokenBucket(100);
        int taken = 0;
        for (int i = 0; i < 1_000; i++) {
            taken += bucket.tryTake(5) ? 1 : 0;
        }
        assertThat(taken).isEqualTo(100);
        for (long now = 5; now < 1_000_000_000L; now += 1_000_000) {
            taken += bucket.tryTake(now) ? 1 : 0;
        }
        assertThat(taken).isBetween(198, 200);
    }

    @Test
    void givesNothingAtARateOfZero() {
        assertThat(new TokenBucket(0).tryTake(1)).isFalse();
    }
}
