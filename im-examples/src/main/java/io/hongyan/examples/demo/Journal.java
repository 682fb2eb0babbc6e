// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.demo;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * What was sent and what arrived, by route: the demo's judge. For all threads.
 *
 * <p>A message is known by its route and the counter of its sender, which only grows.
 */
final class Journal {

    private final LongSupplier nanoClock;
    private final Map<Route, Entries> routes = new LinkedHashMap<>();

    Journal(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Sends a message and notes it before it can arrive. */
    synchronized long send(Route route, LongSupplier post) {
        long nowNanos = nanoClock.getAsLong();
        long counter = post.getAsLong();
        entries(route).sent(counter, nowNanos);
        return counter;
    }

    /** Notes an arrival; returns how long the message took, in nanoseconds. */
    synchronized long arrived(Route route, long counter) {
        return entries(route).arrived(counter, nanoClock.getAsLong());
    }

    /** What became of one route's messages. */
    synchronized Summary summary(Route route) {
        return entries(route).summary();
    }

    private Entries entries(Route route) {
        return routes.computeIfAbsent(route, any -> new Entries());
    }

    /**
     * One line of the table.
     *
     * @param delivered that arrived, each counted once
     * @param latencies of first arrivals, in nanoseconds
     */
    record Summary(long sent, long delivered, long doubled, long outOfOrder, Histogram latencies) {

        boolean isComplete() {
            return sent == delivered;
        }

        boolean isClean() {
            return isComplete() && doubled == 0 && outOfOrder == 0;
        }

        Summary plus(Summary other) {
            Histogram both = latencies.copy();
            both.add(other.latencies);
            return new Summary(
                    sent + other.sent,
                    delivered + other.delivered,
                    doubled + other.doubled,
                    outOfOrder + other.outOfOrder,
                    both);
        }
    }

    private static final class Entries {

        private final Map<Long, Long> sentNanos = new HashMap<>();
        private final Set<Long> arrivedOnce = new HashSet<>();
        private final Histogram latencies = new Histogram(TimeUnit.HOURS.toNanos(1), 3);
        private long highest;
        private long doubled;
        private long outOfOrder;

        private void sent(long counter, long nowNanos) {
            sentNanos.put(counter, nowNanos);
        }

        private long arrived(long counter, long nowNanos) {
            long tookNanos = nowNanos - sentNanos.getOrDefault(counter, nowNanos);
            if (!arrivedOnce.add(counter)) {
                doubled++;
            } else {
                latencies.recordValue(tookNanos);
                outOfOrder += counter < highest ? 1 : 0;
                highest = Math.max(highest, counter);
            }
            return tookNanos;
        }

        private Summary summary() {
            return new Summary(sentNanos.size(), arrivedOnce.size(), doubled, outOfOrder, latencies.copy());
        }
    }
}
