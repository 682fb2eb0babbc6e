// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.simnet.Seeds;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MappingLifetimeTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;

    private final MappingLifetime mapping = new MappingLifetime();

    @Test
    void networkNotKnownBeginsWithWhatTheWorstNatsKeep() {
        assertThat(mapping.silenceNanos()).isEqualTo(25 * SECOND);
    }

    @Test
    void aLongerSilenceIsTriedAfterFourThatWereSurvived() {
        survive(3, MINUTE);
        assertThat(mapping.silenceNanos()).isEqualTo(25 * SECOND);
        survive(1, MINUTE);
        assertThat(mapping.silenceNanos()).isEqualTo(31_250_000_000L);
    }

    @Test
    void silencesGrowToWhatTheServerAllowsAndNoFurther() {
        survive(1_000, MINUTE);
        assertThat(mapping.silenceNanos()).isEqualTo(MINUTE);
        survive(1_000, 3 * MINUTE);
        assertThat(mapping.silenceNanos()).isEqualTo(3 * MINUTE);
        survive(1_000, MINUTE);
        assertThat(mapping.silenceNanos()).as("what was learned stays").isEqualTo(3 * MINUTE);
    }

    @Test
    void shorterSilencesTellNothing() {
        for (int i = 0; i < 100; i++) {
            mapping.survived(21 * SECOND, MINUTE);
        }
        assertThat(mapping.silenceNanos()).isEqualTo(25 * SECOND);
    }

    @Test
    void aLostMappingLeadsBackBelowWhatWasGood() {
        survive(8, MINUTE);
        long tooLong = mapping.silenceNanos();
        mapping.lost(tooLong);
        assertThat(mapping.silenceNanos()).isBetween(tooLong / 100 * 74, tooLong / 5 * 4);
    }

    @Test
    void eachLossMakesLongerOnesRarerUpToABound() {
        int before = 8;
        for (int losses = 0; losses < 10; losses++) {
            mapping.lost(mapping.silenceNanos());
            long fallen = mapping.silenceNanos();
            int silences = 0;
            while (mapping.silenceNanos() == fallen) {
                survive(1, MINUTE);
                silences++;
            }
            assertThat(silences).isEqualTo(Math.min(512, 2 * before));
            before = silences;
        }
    }

    @Test
    void nothingIsLearnedFromADeviceThatSlept() {
        mapping.lost(10 * MINUTE);
        assertThat(mapping.silenceNanos()).isEqualTo(25 * SECOND);
        survive(4, MINUTE);
        assertThat(mapping.silenceNanos()).as("nor is it punished").isEqualTo(31_250_000_000L);
    }

    @Test
    void aMappingThatWasLostSoonerHadOtherReasons() {
        mapping.lost(9 * SECOND);
        assertThat(mapping.silenceNanos()).isEqualTo(25 * SECOND);
    }

    @Test
    void noSilenceIsShorterThanTenSeconds() {
        for (int i = 0; i < 100; i++) {
            mapping.lost(mapping.silenceNanos());
        }
        assertThat(mapping.silenceNanos()).isEqualTo(10 * SECOND);
    }

    /** A day behind a NAT that forgets after 12 to 300 s, of a client that says nothing by itself. */
    @Test
    void aDayBehindAnyNatCostsFewLossesAndFewPings() {
        Seeds.forEach(MappingLifetimeTest.class, "im-client", 1, 500, seed -> {
            Random random = new Random(seed);
            long keepsNanos = (12 + random.nextInt(289)) * SECOND;
            long mostNanos = (60 + random.nextInt(241)) * SECOND;
            MappingLifetime learned = new MappingLifetime();
            int lost = 0;
            int pings = 0;
            for (long now = 0; now < 24 * 60 * MINUTE; pings++) {
                long silence = Math.min(learned.silenceNanos(), mostNanos);
                now += silence;
                if (silence > keepsNanos) {
                    learned.lost(silence);
                    lost++;
                } else {
                    learned.survived(silence, mostNanos);
                }
            }
            long meanNanos = 24 * 60 * MINUTE / pings;
            assertThat(lost).as("of %d pings", pings).isLessThanOrEqualTo(24);
            assertThat(meanNanos)
                    .as("in the mean, where %d s are kept and %d s allowed", keepsNanos / SECOND, mostNanos / SECOND)
                    .isGreaterThan(Math.min(keepsNanos, mostNanos) / 10 * 7);
        });
    }

    private void survive(int silences, long mostNanos) {
        for (int i = 0; i < silences; i++) {
            mapping.survived(Math.min(mapping.silenceNanos(), mostNanos), mostNanos);
        }
    }
}
