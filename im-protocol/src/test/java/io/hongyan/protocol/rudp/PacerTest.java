// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PacerTest {
    private static final long MILLI = 1_000_000L;
    private static final long RATE = 1_200_000;

    private final Pacer pacer = new Pacer();

    @Test
    void letsABurstPassAndSpreadsTheRest() {
        int burst = 0;
        while (pacer.maySend(0, RATE)) {
            pacer.onSent(1200);
            burst++;
        }
        assertThat(burst).isEqualTo(Pacer.BURST_PACKETS);
        assertThat(pacer.nextNanos(0, RATE)).isBetween(MILLI - 1, MILLI + 1);
        assertThat(pacer.maySend(MILLI / 2, RATE)).isFalse();
        assertThat(pacer.maySend(MILLI + 1, RATE)).isTrue();
    }

    @Test
    void sendsAtTheRateHoweverOftenItIsAsked() {
        int sent = 0;
        for (long now = 0; now < 1_000 * MILLI; now += 777) {
            if (pacer.maySend(now, RATE)) {
                pacer.onSent(1200);
                sent++;
            }
        }
        assertThat(sent).isBetween(1_000, 1_014);
    }

    @Test
    void holdsTwoMillisecondsOfAFastFlow() {
        int burst = 0;
        while (pacer.maySend(0, 120_000_000)) {
            pacer.onSent(1200);
            burst++;
        }
        assertThat(burst).isEqualTo(200);
    }
}
