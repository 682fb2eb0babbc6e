// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkTest {

    private static final long MILLI = 1_000_000;
    private static final int MANY = 100_000;

    @Test
    void delayIsExact() {
        Link link = link(LinkProfile.builder("x").delayMillis(25).build());
        assertThat(link.offer(1000, 100)).isEqualTo(1);
        assertThat(link.releaseNanos(0)).isEqualTo(25 * MILLI + 1000);
        assertThat(link.flippedBit(0)).isEqualTo(Link.NO_BIT);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.01, 0.05, 0.1, 0.2, 1})
    void losesTheShareAskedFor(double loss) {
        Run run = run(link(LinkProfile.builder("x").loss(loss).build()), MANY, MILLI);
        assertThat(run.lostShare()).isCloseTo(loss, within(4 * Math.sqrt(loss * (1 - loss) / MANY)));
        assertThat(run.counters.datagramsLost()).isEqualTo(MANY - run.releases.size());
        assertThat(run.counters.bytesLost()).isEqualTo(run.counters.datagramsLost() * SIZE);
        assertThat(run.counters.dropShare()).isCloseTo(run.lostShare(), within(1e-9));
    }

    @Test
    void burstsCountedInDatagramsHaveTheirShareAndLength() {
        Run run = run(
                link(LinkProfile.builder("x")
                        .bursts(BurstLoss.perDatagram(0.01, 0.2))
                        .build()),
                MANY,
                MILLI);
        assertThat(run.lostShare()).isCloseTo(1 / 21.0, within(0.004));
        assertThat(run.meanLossRun()).isCloseTo(5, within(0.3));
    }

    @ParameterizedTest
    @ValueSource(longs = {MILLI / 2, 5 * MILLI})
    void burstsCountedInTimeLastTheirTimeHoweverOftenOneSends(long gapNanos) {
        int count = (int) (600_000 * MILLI / gapNanos);
        Run run = run(
                link(LinkProfile.builder("x").bursts(BurstLoss.timed(900, 100)).build()), count, gapNanos);
        assertThat(run.lostShare()).isCloseTo(0.1, within(0.012));
        assertThat(run.meanLossRun() * gapNanos / MILLI).isCloseTo(100, within(12.0));
    }

    @Test
    void timedBurstsFallOnTheSameTimesWhateverIsSent() {
        LinkProfile profile =
                LinkProfile.builder("x").bursts(BurstLoss.timed(200, 50)).build();
        Link often = link(profile);
        Link seldom = link(profile);
        for (long now = 0; now < 20_000 * MILLI; now += MILLI) {
            boolean arrives = often.offer(now, SIZE) == 1;
            if (now % (10 * MILLI) == 0) {
                assertThat(seldom.offer(now, SIZE) == 1).isEqualTo(arrives);
            }
        }
    }

    @Test
    void uniformJitterSpreadsEvenly() {
        Run run = run(
                link(LinkProfile.builder("x")
                        .delayMillis(25)
                        .jitterMillis(10, JitterShape.UNIFORM)
                        .build()),
                MANY,
                MILLI);
        assertThat(run.delayMillis(0)).isBetween(15.0, 15.01);
        assertThat(run.delayMillis(0.01)).isCloseTo(15.2, within(0.1));
        assertThat(run.delayMillis(0.5)).isCloseTo(25, within(0.2));
        assertThat(run.delayMillis(0.99)).isCloseTo(34.8, within(0.1));
        assertThat(run.delayMillis(1)).isBetween(34.99, 35.0);
        assertThat(run.overtaken()).isGreaterThan(MANY / 4);
    }

    @Test
    void normalJitterHasItsDeviationAndNeverGoesBelowZero() {
        Run run = run(
                link(LinkProfile.builder("x")
                        .delayMillis(25)
                        .jitterMillis(10, JitterShape.NORMAL)
                        .build()),
                MANY,
                MILLI);
        assertThat(run.delayMillis(0.5)).isCloseTo(25, within(0.2));
        assertThat(run.delayMillis(0.8413)).isCloseTo(35, within(0.3));
        assertThat(run.delayMillis(0.1587)).isCloseTo(15, within(0.3));
        assertThat(run.delayMillis(0)).isZero();
    }

    @Test
    void jitterThatKeepsOrderLetsNothingOvertake() {
        Run run = run(
                link(LinkProfile.builder("x")
                        .delayMillis(25)
                        .jitterMillis(10, JitterShape.UNIFORM)
                        .keepOrder()
                        .build()),
                MANY,
                MILLI);
        assertThat(run.overtaken()).isZero();
        assertThat(run.delayMillis(1)).isLessThanOrEqualTo(35);
    }

    @Test
    void reorderedDatagramsAreHeldBackByTheExtraDelay() {
        Run run = run(
                link(LinkProfile.builder("x")
                        .delayMillis(5)
                        .reordering(0.05, 7)
                        .keepOrder()
                        .build()),
                MANY,
                MILLI);
        assertThat(run.counters.reordered() / (double) MANY).isCloseTo(0.05, within(0.003));
        assertThat(run.delayMillis(0.94)).isEqualTo(5);
        assertThat(run.delayMillis(0.96)).isEqualTo(12);
        assertThat(run.overtaken()).isCloseTo((int) run.counters.reordered(), within(MANY / 100));
    }

    @Test
    void duplicatesComeTwiceWithAJitterOfTheirOwn() {
        Link link = link(LinkProfile.builder("x")
                .delayMillis(5)
                .jitterMillis(1, JitterShape.UNIFORM)
                .duplication(0.05)
                .build());
        int doubled = 0;
        for (int i = 0; i < MANY; i++) {
            int copies = link.offer(i * MILLI, SIZE);
            assertThat(copies).isBetween(1, 2);
            if (copies == 2) {
                doubled++;
                assertThat(link.releaseNanos(1)).isNotEqualTo(link.releaseNanos(0));
            }
        }
        assertThat(doubled / (double) MANY).isCloseTo(0.05, within(0.003));
        assertThat(link.counters().duplicated()).isEqualTo(doubled);
    }

    @Test
    void corruptionFlipsEachBitOfTheFirstCopyAlike() {
        Link link = link(LinkProfile.builder("x").corruption(0.5).duplication(1).build());
        int[] flips = new int[4 * Byte.SIZE];
        int corrupted = 0;
        for (int i = 0; i < MANY; i++) {
            assertThat(link.offer(i, 4)).isEqualTo(2);
            assertThat(link.flippedBit(1)).isEqualTo(Link.NO_BIT);
            if (link.flippedBit(0) != Link.NO_BIT) {
                flips[link.flippedBit(0)]++;
                corrupted++;
            }
        }
        assertThat(corrupted / (double) MANY).isCloseTo(0.5, within(0.01));
        assertThat(link.counters().corrupted()).isEqualTo(corrupted);
        assertThat(Arrays.stream(flips).min().orElseThrow()).isGreaterThan(MANY / 2 / 32 * 8 / 10);
    }

    @Test
    void emptyDatagramHasNoBitToFlip() {
        Link link = link(LinkProfile.builder("x").corruption(1).build());
        assertThat(link.offer(0, 0)).isEqualTo(1);
        assertThat(link.flippedBit(0)).isEqualTo(Link.NO_BIT);
        assertThat(link.counters().corrupted()).isZero();
    }

    @Test
    void largerThanTheMtuVanishes() {
        Link link = link(LinkProfile.builder("x").mtuBytes(1200).build());
        assertThat(link.offer(0, 1200)).isEqualTo(1);
        assertThat(link.offer(0, 1201)).isZero();
        assertThat(link.counters().mtuDrops()).isEqualTo(1);
        assertThat(link.counters().mtuDropBytes()).isEqualTo(1201);
    }

    @Test
    void everythingOfferedDuringACutIsGone() {
        Link link = link(LinkProfile.builder("x").delayMillis(50).build());
        link.cut(100, 200);
        link.cut(150, 300);
        assertThat(link.offer(99, SIZE)).isEqualTo(1);
        assertThat(link.offer(100, SIZE)).isZero();
        assertThat(link.offer(250, SIZE)).isZero();
        assertThat(link.offer(300, SIZE)).isEqualTo(1);
        assertThat(link.counters().cutDrops()).isEqualTo(2);
        assertThat(link.counters().cutDropBytes()).isEqualTo(2 * SIZE);
    }

    @Test
    void cutsThatAreNotOverAreBounded() {
        Link link = link(LinkProfiles.PERFECT);
        for (int i = 0; i < 10_000; i++) {
            link.cut(1000, 2000);
        }
        assertThatIllegalStateException().isThrownBy(() -> link.cut(1000, 2000)).withMessageContaining("10000");
    }

    @Test
    void switchingOneImpairmentOnDoesNotReshuffleAnother() {
        LinkProfile base = LinkProfile.builder("x")
                .delayMillis(50)
                .jitterMillis(10, JitterShape.UNIFORM)
                .loss(0.1)
                .build();
        LinkProfile more = base.toBuilder()
                .duplication(0.3)
                .corruption(0.2)
                .bursts(BurstLoss.perDatagram(0.05, 0.3))
                .mtuBytes(SIZE)
                .build();
        Link plain = link(base);
        Link impaired = link(more);
        int both = 0;
        for (int i = 0; i < 10_000; i++) {
            boolean plainArrives = plain.offer(i * MILLI, SIZE) > 0;
            boolean impairedArrives = impaired.offer(i * MILLI, SIZE) > 0;
            assertThat(plainArrives || !impairedArrives).isTrue();
            if (impairedArrives) {
                both++;
                assertThat(impaired.releaseNanos(0)).isEqualTo(plain.releaseNanos(0));
            }
        }
        assertThat(both).isGreaterThan(5_000);
    }

    @Test
    void linksOfOtherNamesOrSeedsAreIndependent() {
        LinkProfile profile = LinkProfile.builder("x").loss(0.5).build();
        List<Integer> one = fates(new Link(profile, 1, "a", 0));
        assertThat(fates(new Link(profile, 1, "a", 0))).isEqualTo(one);
        assertThat(fates(new Link(profile, 1, "b", 0))).isNotEqualTo(one);
        assertThat(fates(new Link(profile, 2, "a", 0))).isNotEqualTo(one);
    }

    @Test
    void anotherProfileCountsFromNowOn() {
        Link link = link(LinkProfile.builder("x").delayMillis(10).build());
        link.offer(0, SIZE);
        link.profile(
                LinkProfile.builder("y")
                        .bursts(BurstLoss.timed(1000, 1000))
                        .loss(1)
                        .build(),
                5);
        assertThat(link.offer(6, SIZE)).isZero();
        link.profile(LinkProfile.builder("z").delayMillis(20).build(), 7);
        assertThat(link.offer(8, SIZE)).isEqualTo(1);
        assertThat(link.releaseNanos(0)).isEqualTo(20 * MILLI + 8);
        assertThat(link.counters().datagramsIn()).isEqualTo(3);
    }

    private static List<Integer> fates(Link link) {
        List<Integer> fates = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            fates.add(link.offer(i, SIZE));
        }
        return fates;
    }

    private static Link link(LinkProfile profile) {
        return new Link(profile, 20_260_101, "test", 0);
    }

    private static Run run(Link link, int count, long gapNanos) {
        Run run = new Run();
        run.offered = count;
        boolean inLoss = false;
        for (int i = 0; i < count; i++) {
            long now = i * gapNanos;
            int copies = link.offer(now, SIZE);
            for (int copy = 0; copy < copies; copy++) {
                run.releases.add(link.releaseNanos(copy));
                run.delays.add(link.releaseNanos(copy) - now);
                link.forwarded(SIZE);
            }
            run.lossRuns += copies == 0 && !inLoss ? 1 : 0;
            inLoss = copies == 0;
        }
        run.counters = link.counters();
        assertThat(run.counters.datagramsIn()).isEqualTo(count);
        assertThat(run.counters.bytesIn()).isEqualTo((long) count * SIZE);
        assertThat(run.counters.datagramsForwarded()).isEqualTo(run.releases.size());
        run.delays.sort(null);
        return run;
    }

    private static final class Run {
        final List<Long> releases = new ArrayList<>();
        final List<Long> delays = new ArrayList<>();
        LinkCounters counters = LinkCounters.ZERO;
        int offered;
        int lossRuns;

        double lostShare() {
            return 1 - releases.size() / (double) offered;
        }

        double meanLossRun() {
            return (offered - releases.size()) / (double) lossRuns;
        }

        double delayMillis(double quantile) {
            int index = (int) Math.min(delays.size() - 1, quantile * delays.size());
            return delays.get(index) / (double) MILLI;
        }

        /** How many came out after one that was sent later. */
        int overtaken() {
            int overtaken = 0;
            long soonestLater = Long.MAX_VALUE;
            for (int i = releases.size() - 1; i >= 0; i--) {
                overtaken += releases.get(i) > soonestLater ? 1 : 0;
                soonestLater = Math.min(soonestLater, releases.get(i));
            }
            return overtaken;
        }
    }

    private static final int SIZE = 200;
}
