// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.util.ArrayList;
import java.util.List;

/**
 * One direction of a link: the model itself, without bytes or clock. Each datagram is offered once and comes out as
 * none, one or two copies, each with a time and perhaps a flipped bit.
 *
 * <p>Each impairment has a random stream of its own and takes the same count of numbers from it for every datagram,
 * whatever becomes of it; so switching one on does not reshuffle another. Allocates nothing per datagram. Confined to
 * its owner.
 */
final class Link {

    private final RandomStream jitter;
    private final RandomStream copyJitter;
    private final RandomStream loss;
    private final RandomStream duplication;
    private final RandomStream reordering;
    private final RandomStream corruption;
    private final BurstState bursts;
    private final Bottleneck bottleneck;
    private final List<Span> cuts = new ArrayList<>();
    private final long[] releaseNanos = new long[2];
    private final Tally tally = new Tally();

    private LinkProfile profile;
    private long lastInOrderNanos;
    private int flippedBit;

    /**
     * A link.
     *
     * @param name tells this link's random streams from those of others under the same seed
     * @param startNanos a time not after the first datagram; timed bursts count from here
     */
    Link(LinkProfile profile, long seed, String name, long startNanos) {
        this.profile = profile;
        this.jitter = RandomStream.of(seed, name + " jitter");
        this.copyJitter = RandomStream.of(seed, name + " copy jitter");
        this.loss = RandomStream.of(seed, name + " loss");
        this.duplication = RandomStream.of(seed, name + " duplication");
        this.reordering = RandomStream.of(seed, name + " reordering");
        this.corruption = RandomStream.of(seed, name + " corruption");
        this.bursts = new BurstState(seed, name);
        this.bottleneck = new Bottleneck(startNanos);
        this.lastInOrderNanos = startNanos;
        bursts.begin(profile.bursts(), startNanos);
    }

    /** Another profile from now on; the queue, the cuts, the random streams and the counters stay. */
    void profile(LinkProfile newProfile, long nowNanos) {
        if (!newProfile.bursts().equals(profile.bursts())) {
            bursts.begin(newProfile.bursts(), nowNanos);
        }
        profile = newProfile;
    }

    /** Drops everything offered from the start (inclusive) to the end (exclusive). */
    void cut(long startNanos, long endNanos) {
        if (cuts.size() >= MAX_CUTS) {
            throw new IllegalStateException("a link takes at most " + MAX_CUTS + " cuts that are not over yet");
        }
        cuts.add(new Span(startNanos, endNanos));
    }

    /** Takes a datagram; how many copies of it come out, 0 to 2. */
    int offer(long nowNanos, int length) {
        tally.datagramsIn++;
        tally.bytesIn += length;
        boolean lost = loses(nowNanos);
        boolean corrupts = profile.corruption() > 0 && corruption.chance(profile.corruption());
        long flip = profile.corruption() > 0 ? corruption.nextLong() >>> 1 : 0;
        boolean holdsBack = profile.reordering() > 0 && reordering.chance(profile.reordering());
        boolean duplicates = profile.duplication() > 0 && duplication.chance(profile.duplication());
        long delay = delayNanos(jitter);
        long copyDelay = duplicates ? delayNanos(copyJitter) : 0;

        if (profile.mtuBytes() > 0 && length > profile.mtuBytes()) {
            tally.mtuDrops++;
            tally.mtuDropBytes += length;
            return 0;
        }
        if (!bottleneck.enqueue(profile, nowNanos, length)) {
            tally.queueDrops++;
            tally.queueDropBytes += length;
            return 0;
        }
        if (isCut(nowNanos)) {
            tally.cutDrops++;
            tally.cutDropBytes += length;
            return 0;
        }
        if (lost) {
            tally.datagramsLost++;
            tally.bytesLost += length;
            return 0;
        }
        flippedBit = NO_BIT;
        if (corrupts && length > 0) {
            flippedBit = (int) (flip % ((long) length * Byte.SIZE));
            tally.corrupted++;
        }
        long departure = bottleneck.departureNanos();
        releaseNanos[0] = release(departure + delay, holdsBack);
        if (!duplicates) {
            return 1;
        }
        tally.duplicated++;
        releaseNanos[1] = release(departure + copyDelay, false);
        return 2;
    }

    /** When a copy of the datagram offered last comes out; the first copy is 0. */
    long releaseNanos(int copy) {
        return releaseNanos[copy];
    }

    /** Which bit of a copy is flipped, counted from the lowest of the first byte; {@link #NO_BIT} for none. */
    int flippedBit(int copy) {
        return copy == 0 ? flippedBit : NO_BIT;
    }

    /** Counts a copy that reached its receiver. */
    void forwarded(int length) {
        tally.datagramsForwarded++;
        tally.bytesForwarded += length;
    }

    LinkCounters counters() {
        return tally.snapshot(bottleneck.maxQueueBytes());
    }

    private boolean loses(long nowNanos) {
        boolean inBurst = bursts.loses(profile.bursts(), nowNanos);
        boolean alone = profile.loss() > 0 && loss.chance(profile.loss());
        return inBurst || alone;
    }

    private long delayNanos(RandomStream stream) {
        if (profile.jitterNanos() == 0) {
            return profile.delayNanos();
        }
        double spread = switch (profile.jitterShape()) {
            case UNIFORM -> 2 * stream.nextDouble() - 1;
            case NORMAL -> stream.nextGaussian();
        };
        return Math.max(0, profile.delayNanos() + (long) (spread * profile.jitterNanos()));
    }

    private long release(long atNanos, boolean holdsBack) {
        if (holdsBack) {
            tally.reordered++;
            return atNanos + profile.reorderExtraNanos();
        }
        if (!profile.keepsOrder()) {
            return atNanos;
        }
        if (atNanos - lastInOrderNanos > 0) {
            lastInOrderNanos = atNanos;
        }
        return lastInOrderNanos;
    }

    private boolean isCut(long nowNanos) {
        if (cuts.isEmpty()) {
            return false;
        }
        cuts.removeIf(cut -> nowNanos - cut.endNanos >= 0);
        for (Span cut : cuts) {
            if (nowNanos - cut.startNanos >= 0) {
                return true;
            }
        }
        return false;
    }

    private record Span(long startNanos, long endNanos) {}

    private static final class Tally {
        long datagramsIn;
        long bytesIn;
        long datagramsForwarded;
        long bytesForwarded;
        long datagramsLost;
        long bytesLost;
        long queueDrops;
        long queueDropBytes;
        long mtuDrops;
        long mtuDropBytes;
        long cutDrops;
        long cutDropBytes;
        long duplicated;
        long reordered;
        long corrupted;

        LinkCounters snapshot(long maxQueueBytes) {
            return new LinkCounters(
                    datagramsIn,
                    bytesIn,
                    datagramsForwarded,
                    bytesForwarded,
                    datagramsLost,
                    bytesLost,
                    queueDrops,
                    queueDropBytes,
                    mtuDrops,
                    mtuDropBytes,
                    cutDrops,
                    cutDropBytes,
                    duplicated,
                    reordered,
                    corrupted,
                    maxQueueBytes);
        }
    }

    static final int NO_BIT = -1;
    private static final int MAX_CUTS = 10_000;
}
