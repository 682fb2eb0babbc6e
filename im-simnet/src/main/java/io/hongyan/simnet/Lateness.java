// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

/**
 * How much later than due the datagrams of one direction of a {@link UdpRelay} left it. Immutable snapshot. Distrust a
 * latency measured through the relay when {@code maxNanos} is not small against it.
 *
 * @param datagrams how many left
 * @param totalNanos the lateness of all together
 * @param maxNanos the worst
 */
public record Lateness(long datagrams, long totalNanos, long maxNanos) {

    /** The average lateness, in nanoseconds; 0 if nothing left yet. */
    public long averageNanos() {
        return datagrams == 0 ? 0 : totalNanos / datagrams;
    }

    @Override
    public String toString() {
        return "late by " + averageNanos() / 1000 + " us on average, " + maxNanos / 1000 + " us at most";
    }
}
