// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private final Backoff backoff = new Backoff(ReconnectPolicy.defaults(), new SplittableRandom(1));

    @Test
    void boundDoublesFromTheFirstToTheLongest() {
        long[] bounds = {200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000};
        for (long bound : bounds) {
            assertThat(backoff.nextMillis(0)).isBetween(0L, bound);
        }
    }

    @Test
    void jitterIsFull() {
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int i = 0; i < 1_000; i++) {
            backoff.reset();
            long wait = backoff.nextMillis(0);
            least = Math.min(least, wait);
            most = Math.max(most, wait);
        }
        assertThat(least).isLessThan(10);
        assertThat(most).isBetween(190L, 200L);
    }

    @Test
    void askedDelayIsWaitedInFullAndSpreadOverAsMuchAgain() {
        long most = 0;
        for (int i = 0; i < 1_000; i++) {
            backoff.reset();
            long wait = backoff.nextMillis(5_000);
            assertThat(wait).isBetween(5_000L, 10_000L);
            most = Math.max(most, wait);
        }
        assertThat(most).isGreaterThan(9_500);
    }

    @Test
    void boundNeverOverflows() {
        Backoff longest =
                new Backoff(new ReconnectPolicy(Duration.ofDays(1), Duration.ofDays(1), null), new SplittableRandom(1));
        for (int i = 0; i < 100; i++) {
            assertThat(longest.nextMillis(0)).isBetween(0L, 86_400_000L);
        }
    }

    @Test
    void boundsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new ReconnectPolicy(Duration.ZERO, Duration.ofSeconds(1), null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ReconnectPolicy(Duration.ofSeconds(2), Duration.ofSeconds(1), null))
                .isInstanceOf(IllegalArgumentException.class);
        Duration absurd = Duration.ofSeconds(Long.MAX_VALUE);
        assertThatThrownBy(() -> new ReconnectPolicy(absurd, absurd, null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ReconnectPolicy.defaults().givingUpAfter(absurd))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ReconnectPolicy.defaults().givingUpAfter(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
