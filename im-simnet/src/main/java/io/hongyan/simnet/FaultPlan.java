// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Everything that goes wrong between one client and one server: a profile each way, cuts, and changes of the client's
 * address. Immutable. Times count from when the plan is applied; {@link #toString} tells the whole story in one line.
 *
 * @param seed what the plan was drawn from, and what draws the new addresses
 * @param up from the client to the server
 * @param down from the server to the client
 * @param cuts total outages, by start
 * @param addressChanges changes of the client's address, by time
 */
public record FaultPlan(
        long seed, LinkProfile up, LinkProfile down, List<Cut> cuts, List<AddressChange> addressChanges) {

    /** Copies the lists and puts them in order. */
    public FaultPlan {
        Objects.requireNonNull(up, "up");
        Objects.requireNonNull(down, "down");
        cuts = cuts.stream().sorted(Comparator.comparingLong(Cut::startNanos)).toList();
        addressChanges = addressChanges.stream()
                .sorted(Comparator.comparingLong(AddressChange::atNanos))
                .toList();
    }

    /** A plan with this profile both ways, no cuts, and an address that stays. */
    public static FaultPlan steady(LinkProfile profile) {
        return new FaultPlan(0, profile, profile, List.of(), List.of());
    }

    /** The plan of a seed within {@link FaultLimits#DEFAULT}. */
    public static FaultPlan random(long seed) {
        return random(seed, FaultLimits.DEFAULT);
    }

    /** The plan of a seed within limits; the same pair yields the same plan. Each fault is left out of some plans. */
    public static FaultPlan random(long seed, FaultLimits limits) {
        RandomStream random = RandomStream.of(seed, "fault plan");
        LinkProfile up = randomProfile(random, limits, "up");
        LinkProfile down =
                random.chance(0.3) ? up.toBuilder().name("down").build() : randomProfile(random, limits, "down");
        List<Cut> cuts = new ArrayList<>();
        for (long left = random.between(0, limits.maxCuts()); left > 0; left--) {
            long duration = random.between(0, Math.min(limits.maxCutNanos(), limits.horizonNanos()));
            long start = random.between(0, limits.horizonNanos() - duration);
            cuts.add(new Cut(DIRECTIONS.get((int) random.between(0, DIRECTIONS.size() - 1)), start, duration));
        }
        List<AddressChange> changes = new ArrayList<>();
        for (long left = random.between(0, limits.maxAddressChanges()); left > 0; left--) {
            changes.add(new AddressChange(random.between(0, limits.horizonNanos()), random.chance(0.3)));
        }
        return new FaultPlan(seed, up, down, cuts, changes);
    }

    /** The same plan with other cuts. */
    public FaultPlan withCuts(Cut... otherCuts) {
        return new FaultPlan(seed, up, down, List.of(otherCuts), addressChanges);
    }

    /** The same plan with other address changes. */
    public FaultPlan withAddressChanges(AddressChange... otherChanges) {
        return new FaultPlan(seed, up, down, cuts, List.of(otherChanges));
    }

    /** Puts the plan into effect on the links between two nodes, beginning now. */
    public void applyTo(SimulatedNetwork network, SimNode client, SimNode server) {
        VirtualClock clock = network.clock();
        long start = clock.nowNanos();
        network.link(client, server, up, down);
        for (Cut cut : cuts) {
            if (cut.direction().covers(Direction.UP)) {
                network.cut(client, server, start + cut.startNanos(), cut.durationNanos());
            }
            if (cut.direction().covers(Direction.DOWN)) {
                network.cut(server, client, start + cut.startNanos(), cut.durationNanos());
            }
        }
        RandomStream addresses = RandomStream.of(seed, "addresses of " + client.name());
        for (AddressChange change : addressChanges) {
            clock.schedule(start + change.atNanos(), () -> {
                if (client.isAttached()) {
                    client.changeAddress(newAddress(network, client.address(), change.newHost(), addresses));
                }
            });
        }
    }

    /** When the last cut is over and the address has changed for the last time; 0 if neither happens. */
    public long lastFaultNanos() {
        long last = 0;
        for (Cut cut : cuts) {
            last = Math.max(last, cut.endNanos());
        }
        for (AddressChange change : addressChanges) {
            last = Math.max(last, change.atNanos());
        }
        return last;
    }

    private static LinkProfile randomProfile(RandomStream random, FaultLimits limits, String name) {
        double lossBudget = random.chance(0.15) ? 0 : random.nextDouble() * limits.maxLoss();
        double burstLoss = random.chance(0.3) ? random.nextDouble() * lossBudget : 0;
        double delayMillis = random.nextDouble() * limits.maxDelayNanos() / Units.MILLI_NANOS;
        LinkProfile.Builder profile = LinkProfile.builder(name)
                .delayMillis(delayMillis)
                .loss(lossBudget - burstLoss)
                .bursts(burstLoss > 0 ? randomBursts(random, burstLoss) : BurstLoss.NONE)
                .duplication(random.chance(0.5) ? random.nextDouble() * limits.maxDuplication() : 0)
                .reordering(
                        random.chance(0.5) ? random.nextDouble() * limits.maxReordering() : 0,
                        1 + random.nextDouble() * 2 * delayMillis)
                .corruption(random.chance(0.5) ? random.nextDouble() * limits.maxCorruption() : 0);
        if (random.chance(0.6)) {
            JitterShape shape = random.chance(0.5) ? JitterShape.UNIFORM : JitterShape.NORMAL;
            profile.jitterMillis(random.nextDouble() * delayMillis, shape);
        }
        if (random.chance(0.5)) {
            profile.keepOrder();
        }
        if (limits.minRateBitsPerSecond() > 0 && random.chance(0.4)) {
            long rate = (long) (limits.minRateBitsPerSecond() * StrictMath.pow(100, random.nextDouble()));
            profile.rate(Math.min(rate, 1_000_000_000_000L), (int) random.between(16 * 1024, 256 * 1024));
        }
        return profile.build();
    }

    /** Bursts that lose this share on average. */
    private static BurstLoss randomBursts(RandomStream random, double share) {
        double badShare = Math.min(share, 0.95);
        if (random.chance(0.5)) {
            double badMillis = 5 + random.nextDouble() * 200;
            double goodMillis = Math.min(MAX_GOOD_MILLIS, badMillis * (1 - badShare) / badShare);
            return BurstLoss.timed(goodMillis, badMillis);
        }
        double leave = 0.1 + random.nextDouble() * 0.4;
        return BurstLoss.perDatagram(Math.min(1, leave * badShare / (1 - badShare)), leave);
    }

    private static SimAddress newAddress(
            SimulatedNetwork network, SimAddress old, boolean newHost, RandomStream random) {
        SimAddress candidate = old;
        while (!network.isFree(candidate)) {
            int port = (int) random.between(1024, 65_535);
            candidate = newHost
                    ? SimAddress.of(
                            new byte[] {10, (byte) random.nextInt(), (byte) random.nextInt(), (byte) random.nextInt()},
                            port)
                    : old.withPort(port);
        }
        return candidate;
    }

    /** A share near zero would ask for more than a day between two bursts. */
    private static final double MAX_GOOD_MILLIS = 86_400_000;

    private static final List<Direction> DIRECTIONS = List.of(Direction.values());
}
