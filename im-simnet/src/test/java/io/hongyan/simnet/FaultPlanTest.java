// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class FaultPlanTest {

    private static final long MILLI = 1_000_000;

    @Test
    void sameSeedIsTheSamePlan() {
        for (long seed = 0; seed < 200; seed++) {
            assertThat(FaultPlan.random(seed)).isEqualTo(FaultPlan.random(seed));
            assertThat(FaultPlan.random(seed)).isNotEqualTo(FaultPlan.random(seed + 1));
        }
    }

    @Test
    void randomPlansStayWithinTheirLimits() {
        FaultLimits limits = FaultLimits.DEFAULT;
        for (long seed = 0; seed < 5000; seed++) {
            FaultPlan plan = FaultPlan.random(seed, limits);
            for (LinkProfile profile : List.of(plan.up(), plan.down())) {
                assertThat(meanLoss(profile)).isLessThanOrEqualTo(limits.maxLoss() + 1e-6);
                assertThat(profile.delayNanos()).isLessThanOrEqualTo(limits.maxDelayNanos());
                assertThat(profile.jitterNanos()).isLessThanOrEqualTo(limits.maxDelayNanos());
                assertThat(profile.duplication()).isLessThanOrEqualTo(limits.maxDuplication());
                assertThat(profile.reordering()).isLessThanOrEqualTo(limits.maxReordering());
                assertThat(profile.corruption()).isLessThanOrEqualTo(limits.maxCorruption());
                assertThat(profile.rateBitsPerSecond() == 0
                                || profile.rateBitsPerSecond() >= limits.minRateBitsPerSecond())
                        .isTrue();
            }
            assertThat(plan.cuts()).hasSizeLessThanOrEqualTo(limits.maxCuts());
            assertThat(plan.cuts()).allMatch(cut -> cut.durationNanos() <= limits.maxCutNanos());
            assertThat(plan.addressChanges()).hasSizeLessThanOrEqualTo(limits.maxAddressChanges());
            assertThat(plan.lastFaultNanos()).isLessThanOrEqualTo(limits.horizonNanos());
        }
    }

    @Test
    void randomPlansMeetEveryFaultAndDoWithoutEvery() {
        int lossless = 0;
        int bursts = 0;
        int heavy = 0;
        int duplicating = 0;
        int slow = 0;
        int cut = 0;
        int moving = 0;
        int plans = 1000;
        for (long seed = 0; seed < plans; seed++) {
            FaultPlan plan = FaultPlan.random(seed);
            lossless += meanLoss(plan.up()) == 0 ? 1 : 0;
            heavy += meanLoss(plan.up()) > 0.2 ? 1 : 0;
            bursts += plan.up().bursts().equals(BurstLoss.NONE) ? 0 : 1;
            duplicating += plan.up().duplication() > 0 ? 1 : 0;
            slow += plan.up().rateBitsPerSecond() > 0 ? 1 : 0;
            cut += plan.cuts().isEmpty() ? 0 : 1;
            moving += plan.addressChanges().isEmpty() ? 0 : 1;
        }
        assertThat(List.of(lossless, heavy, bursts, duplicating, slow, cut, moving))
                .allMatch(count -> count > 100 && count < 900);
    }

    @Test
    void limitsOfNothingMakeAPlanThatLosesNothing() {
        for (long seed = 0; seed < 500; seed++) {
            FaultPlan plan = FaultPlan.random(seed, FaultLimits.DELAY_ONLY);
            assertThat(plan.up().toBuilder()
                            .name("x")
                            .delayMillis(0)
                            .jitterMillis(0, JitterShape.UNIFORM)
                            .allowOvertaking()
                            .reordering(0, 0)
                            .build())
                    .isEqualTo(LinkProfiles.PERFECT.toBuilder()
                            .name("x")
                            .reordering(0, 0)
                            .build());
            assertThat(plan.cuts()).isEmpty();
            assertThat(plan.addressChanges()).isEmpty();
        }
    }

    @Test
    void eachLimitCanBeChangedAlone() {
        FaultLimits limits = FaultLimits.DEFAULT
                .withMaxLoss(0.5)
                .withMaxDelayMillis(20)
                .withMaxDisorder(0.2, 0.3, 0.4)
                .withMinRate(0)
                .withMaxCuts(7, 300)
                .withMaxAddressChanges(9)
                .withHorizonMillis(1234);
        assertThat(limits)
                .isEqualTo(new FaultLimits(0.5, 20 * MILLI, 0.2, 0.3, 0.4, 0, 7, 300 * MILLI, 9, 1234 * MILLI));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FaultLimits(2, -1, 2, 2, 2, 5, -1, -1, -1, -1))
                .withMessageContainingAll("maxLoss", "maxDelayNanos", "minRate", "maxCuts", "horizonNanos");
    }

    @Test
    void appliedPlanCutsAndMovesAtItsTimes() {
        VirtualClock clock = new VirtualClock(500);
        SimulatedNetwork network = new SimulatedNetwork(clock, 3);
        SimAddress home = SimAddress.ipv4("10.0.0.1", 4000);
        int[] arrived = new int[2];
        SimNode client = network.attach("client", home, (from, to, datagram) -> arrived[0]++);
        SimNode server = network.attach("server", SimAddress.ipv4("10.0.1.1", 1), (from, to, datagram) -> arrived[1]++);
        FaultPlan.steady(LinkProfiles.PERFECT)
                .withCuts(Cut.ofMillis(Direction.UP, 10, 10), Cut.ofMillis(Direction.BOTH, 30, 10))
                .withAddressChanges(new AddressChange(50 * MILLI, false), new AddressChange(60 * MILLI, true))
                .applyTo(network, client, server);
        for (int at : new int[] {5, 15, 25, 35, 45}) {
            clock.schedule(500 + at * MILLI, () -> {
                client.send(server.address(), new byte[1]);
                server.send(client.address(), new byte[1]);
            });
        }
        clock.advanceTo(500 + 55 * MILLI);
        assertThat(arrived).containsExactly(4, 3);
        SimAddress rebound = client.address();
        assertThat(rebound).isNotEqualTo(home).isEqualTo(home.withPort(rebound.port()));
        clock.advanceTo(500 + 65 * MILLI);
        assertThat(client.address().low()).isNotEqualTo(home.low());
    }

    @Test
    void addressOfADetachedClientStays() {
        VirtualClock clock = new VirtualClock();
        SimulatedNetwork network = new SimulatedNetwork(clock, 3);
        SimNode client = network.attach("client", SimAddress.ipv4("10.0.0.1", 1), (from, to, datagram) -> {});
        SimNode server = network.attach("server", SimAddress.ipv4("10.0.1.1", 1), (from, to, datagram) -> {});
        FaultPlan.steady(LinkProfiles.PERFECT)
                .withAddressChanges(new AddressChange(5, false))
                .applyTo(network, client, server);
        client.detach();
        assertThat(clock.runUntilIdle(10)).isTrue();
        assertThat(client.address().port()).isEqualTo(1);
    }

    @Test
    void planTellsItsWholeStory() {
        FaultPlan plan = FaultPlan.steady(LinkProfiles.LOSSY)
                .withCuts(Cut.ofMillis(Direction.BOTH, 200, 50), Cut.ofMillis(Direction.UP, 100, 50))
                .withAddressChanges(new AddressChange(70 * MILLI, false));
        assertThat(plan.toString())
                .contains(
                        "lossy {delay 25 ms, loss 10 %}",
                        "[UP 100 ms to 150 ms, BOTH 200 ms to 250 ms]", "port at 70 ms");
        assertThat(plan.lastFaultNanos()).isEqualTo(250 * MILLI);
    }

    private static double meanLoss(LinkProfile profile) {
        double burst = 0;
        if (profile.bursts() instanceof BurstLoss.Timed timed) {
            burst = timed.badNanos() / (double) (timed.badNanos() + timed.goodNanos());
        } else if (profile.bursts() instanceof BurstLoss.PerDatagram counted) {
            burst = counted.enter() / (counted.enter() + counted.leave());
        }
        return profile.loss() + burst;
    }
}
