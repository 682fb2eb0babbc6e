// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.measure;

import io.hongyan.simnet.BurstLoss;
import io.hongyan.simnet.JitterShape;
import io.hongyan.simnet.LinkProfile;

/**
 * What a road does to the datagrams of one direction, in the few numbers that a bound is made of. Immutable.
 *
 * @param delayMillis the mean one-way delay
 * @param jitterMillis the delay varies by so much either way, evenly
 * @param loss share of datagrams lost, each on its own, 0 to 1
 * @param goodMillis mean time between outages; 0 for no outages
 * @param badMillis mean length of an outage, which loses everything
 * @param reordering share of datagrams held back, 0 to 1
 * @param heldBackMillis how long they are held back
 */
public record Impairment(
        double delayMillis,
        double jitterMillis,
        double loss,
        double goodMillis,
        double badMillis,
        double reordering,
        double heldBackMillis) {

    /** A steady delay and independent loss. */
    public static Impairment loss(double delayMillis, double loss) {
        return new Impairment(delayMillis, 0, loss, 0, 0, 0, 0);
    }

    /** A steady delay and outages whose lengths, and the times between them, are exponential. */
    public static Impairment outages(double delayMillis, double goodMillis, double badMillis) {
        return new Impairment(delayMillis, 0, 0, goodMillis, badMillis, 0, 0);
    }

    /** The same delay, and nothing lost. */
    public Impairment withoutLoss() {
        return new Impairment(delayMillis, jitterMillis, 0, 0, 0, 0, 0);
    }

    /** The mean round trip. */
    public double roundTripMillis() {
        return 2 * delayMillis;
    }

    /** As a profile of the relay. */
    public LinkProfile profile() {
        return LinkProfile.builder("benchmark")
                .delayMillis(delayMillis)
                .jitterMillis(jitterMillis, JitterShape.UNIFORM)
                .loss(loss)
                .bursts(goodMillis > 0 ? BurstLoss.timed(goodMillis, badMillis) : BurstLoss.NONE)
                .reordering(reordering, heldBackMillis)
                .build();
    }
}
