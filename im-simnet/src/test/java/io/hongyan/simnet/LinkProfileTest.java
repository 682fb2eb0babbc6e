// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class LinkProfileTest {

    private static final LinkProfile EVERYTHING = LinkProfile.builder("everything")
            .delayMillis(25)
            .jitterMillis(5, JitterShape.NORMAL)
            .keepOrder()
            .loss(0.1)
            .bursts(BurstLoss.timed(1000, 80))
            .duplication(0.02)
            .reordering(0.03, 7)
            .corruption(0.01)
            .rate(20_000_000, 100_000)
            .overheadBytes(48)
            .mtuBytes(1200)
            .build();

    @Test
    void builderBeginsWithAPerfectLink() {
        LinkProfile profile = LinkProfile.builder("x").build();
        assertThat(profile).isEqualTo(LinkProfiles.PERFECT.toBuilder().name("x").build());
        assertThat(profile.toString()).isEqualTo("x {delay 0 ms}");
    }

    @Test
    void everyValueArrivesInItsUnit() {
        assertThat(EVERYTHING.delayNanos()).isEqualTo(25_000_000);
        assertThat(EVERYTHING.jitterNanos()).isEqualTo(5_000_000);
        assertThat(EVERYTHING.jitterShape()).isEqualTo(JitterShape.NORMAL);
        assertThat(EVERYTHING.keepsOrder()).isTrue();
        assertThat(EVERYTHING.bursts()).isEqualTo(new BurstLoss.Timed(1_000_000_000, 80_000_000, 0, 1));
        assertThat(EVERYTHING.reorderExtraNanos()).isEqualTo(7_000_000);
        assertThat(EVERYTHING.rateBitsPerSecond()).isEqualTo(20_000_000);
        assertThat(EVERYTHING.queueBytes()).isEqualTo(100_000);
        assertThat(EVERYTHING.overheadBytes()).isEqualTo(48);
        assertThat(EVERYTHING.mtuBytes()).isEqualTo(1200);
    }

    @Test
    void builderOfAProfileBeginsWithAllItsValues() {
        assertThat(EVERYTHING.toBuilder().build()).isEqualTo(EVERYTHING);
        assertThat(EVERYTHING.toBuilder().loss(0.2).build()).isNotEqualTo(EVERYTHING);
    }

    @Test
    void textNamesEveryImpairmentThatIsOn() {
        assertThat(EVERYTHING)
                .hasToString("everything {delay 25 ms, jitter 5 ms normal in order, loss 10 %,"
                        + " bursts (good 1000 ms bad 80 ms, loss 0 %/100 %), duplication 2 %, reordering 3 % by 7 ms,"
                        + " corruption 1 %, rate 20000000 bit/s, queue 100000 B, overhead 48 B, MTU 1200 B}");
    }

    @Test
    void allMistakesAreReportedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinkProfile.builder(" ")
                        .delayMillis(-1)
                        .jitterMillis(60_001, JitterShape.UNIFORM)
                        .loss(1.5)
                        .duplication(-0.1)
                        .reordering(Double.NaN, Double.POSITIVE_INFINITY)
                        .corruption(2)
                        .rate(999, 0)
                        .overheadBytes(-1)
                        .mtuBytes(70_000)
                        .build())
                .withMessageContainingAll(
                        "name must",
                        "delayNanos must",
                        "jitterNanos must",
                        "loss must be a share from 0 to 1: 1.5",
                        "duplication must",
                        "reordering must",
                        "reorderExtraNanos must",
                        "corruption must",
                        "rateBitsPerSecond must",
                        "queueBytes must",
                        "overheadBytes must",
                        "mtuBytes must be 0 to 65535: 70000");
    }

    @Test
    void burstsRefuseWhatTheyCannotMean() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BurstLoss.perDatagram(2, 0))
                .withMessageContainingAll("enter", "never ends");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BurstLoss.timed(0, -5))
                .withMessageContainingAll("goodNanos", "badNanos");
        assertThatIllegalArgumentException().isThrownBy(() -> new BurstLoss.Timed(100_000, 100_000, -1, 2));
    }

    @Test
    void burstsSayWhatTheyAre() {
        assertThat(BurstLoss.NONE).hasToString("none");
        assertThat(BurstLoss.NONE.goodLoss() + BurstLoss.NONE.badLoss()).isZero();
        assertThat(BurstLoss.perDatagram(0.01, 0.2)).hasToString("enter 1 % leave 20 % per datagram, loss 0 %/100 %");
    }
}
