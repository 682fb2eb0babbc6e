// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.measure;

import io.hongyan.simnet.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The least latency that a scheme of repetition can have on a road: that of a genie which knows exactly one mean round
 * trip after each transmission whether the message has arrived, and repeats it at once if not. Its acknowledgements cost
 * nothing and are never lost. What a real transport needs is stated as a ratio to this.
 *
 * <p>With a steady delay d, a round trip R and independent loss p a message alone has latency d + K R, where K ≥ k with
 * probability p^k. Order multiplies the tail, since a late message holds up those behind it; there the bound has no
 * simple closed form and is computed by running the genie over the load.
 *
 * @param copies how often a (re)transmission is sent, at least 1
 * @param spreadMillis time between these copies
 * @param carries whether each new message's datagram carries again all messages younger than a round trip
 * @param ordered whether a message waits for those before it
 */
public record GenieBound(int copies, double spreadMillis, boolean carries, boolean ordered) {

    /** Retransmission alone, every message on its own. */
    public static final GenieBound ARQ_UNORDERED = new GenieBound(1, 0, false, false);

    /** Retransmission alone, messages in order. */
    public static final GenieBound ARQ_ORDERED = new GenieBound(1, 0, false, true);

    /** One copy of everything this much later, in order. */
    public static GenieBound copyAfter(double millis) {
        return new GenieBound(2, millis, false, true);
    }

    /** Everything unacknowledged rides along, in order. */
    public static final GenieBound CARRY = new GenieBound(1, 0, true, true);

    /**
     * The latencies of the genie, pooled over seeds.
     *
     * @param seeds how many loads, at least 1
     * @param messages per load, at least 1
     * @param gapMillis mean time between messages
     */
    public Latencies latencies(Impairment road, int seeds, int messages, double gapMillis) {
        List<Latencies> all = new ArrayList<>();
        for (int seed = 1; seed <= seeds; seed++) {
            all.add(run(road, seed, messages, gapMillis));
        }
        return Latencies.pooled(all);
    }

    private Latencies run(Impairment road, long seed, int messages, double gapMillis) {
        double[] sent = Arrays.stream(SendTimes.of(seed, messages, (long) (gapMillis * MILLI_NANOS)))
                .mapToDouble(nanos -> nanos / MILLI_NANOS)
                .toArray();
        Crossing crossing = new Crossing(road, seed);
        double roundTrip = road.roundTripMillis();
        double[] arrived = new double[messages];
        for (int i = 0; i < messages; i++) {
            arrived[i] = crossing.arrival(sent[i]);
        }
        double[] got = arrived.clone();
        if (carries) {
            for (int i = 0; i < messages; i++) {
                for (int j = i - 1; j >= 0 && sent[j] > sent[i] - roundTrip; j--) {
                    got[j] = Math.min(got[j], arrived[i]);
                }
            }
        }
        long[] latencies = new long[messages];
        double inOrder = 0;
        for (int i = 0; i < messages; i++) {
            double at = repeat(crossing, sent[i], roundTrip, got[i]);
            inOrder = Math.max(inOrder, at);
            latencies[i] = (long) (((ordered ? inOrder : at) - sent[i]) * MILLI_NANOS);
        }
        return Latencies.of(latencies);
    }

    /** When a message arrives whose first transmission arrived at {@code first}, infinity if it was lost. */
    private double repeat(Crossing crossing, double sent, double roundTrip, double first) {
        double got = first;
        for (double start = sent; ; start += roundTrip) {
            if (start > sent) {
                got = Math.min(got, crossing.arrival(start));
            }
            for (int copy = 1; copy < copies; copy++) {
                got = Math.min(got, crossing.arrival(start + copy * spreadMillis));
            }
            if (got <= start + roundTrip) {
                return got;
            }
        }
    }

    /** The road as datagrams see it. Confined to its owner. */
    private static final class Crossing {
        private final Impairment road;
        private final RandomStream loss;
        private final RandomStream jitter;
        private final RandomStream reordering;
        private final RandomStream outages;
        /** Where good and bad times end, in turn, beginning with a good one. */
        private double[] switches = new double[0];

        Crossing(Impairment road, long seed) {
            this.road = road;
            loss = RandomStream.of(seed, "genie loss");
            jitter = RandomStream.of(seed, "genie jitter");
            reordering = RandomStream.of(seed, "genie reordering");
            outages = RandomStream.of(seed, "genie outages");
        }

        /** When a datagram sent now arrives, in ms; infinity if it is lost. */
        double arrival(double now) {
            if (loss.nextDouble() < road.loss() || isOut(now)) {
                return Double.POSITIVE_INFINITY;
            }
            double delay = road.delayMillis() + (2 * jitter.nextDouble() - 1) * road.jitterMillis();
            return now + delay + (reordering.nextDouble() < road.reordering() ? road.heldBackMillis() : 0);
        }

        private boolean isOut(double now) {
            if (road.goodMillis() == 0) {
                return false;
            }
            while (switches.length == 0 || switches[switches.length - 1] <= now) {
                extend();
            }
            int next = Arrays.binarySearch(switches, now);
            return ((next < 0 ? -next - 1 : next + 1) & 1) == 1;
        }

        private void extend() {
            int known = switches.length;
            switches = Arrays.copyOf(switches, known + 64);
            double end = known == 0 ? 0 : switches[known - 1];
            for (int i = known; i < switches.length; i++) {
                double mean = (i & 1) == 0 ? road.goodMillis() : road.badMillis();
                end -= mean * Math.log(1 - outages.nextDouble());
                switches[i] = end;
            }
        }
    }

    private static final double MILLI_NANOS = 1_000_000;
}
