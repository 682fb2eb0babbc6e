// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.inbound;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.GoAway;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When and how the sessions of a node are told to go.
 *
 * @param beginNanos when the first is told
 * @param windowNanos in which time all are told, evenly
 * @param endNanos when those still there are ended
 * @param awayMillis how long clients stay away at least, in ms
 * @param endpoints where else to go; empty: back to this server, which must be there again first
 */
@ThreadSafe
public record DeparturePlan(
        long beginNanos,
        long windowNanos,
        long endNanos,
        long awayMillis,
        ReasonCode code,
        List<String> endpoints,
        String text) {

    /**
     * How many of so many sessions are to have been told.
     *
     * @param phase when the first has its turn, as a part of the time between two: 0 to 1
     */
    int due(int sessions, double phase, long nowNanos) {
        long elapsed = nowNanos - beginNanos;
        return elapsed >= windowNanos ? sessions : (int) ((double) sessions * elapsed / windowNanos + 1 - phase);
    }

    /** What one of them is told now. */
    GoAway goAway(long nowNanos) {
        long leaveWithin = Math.max(0, (endNanos - nowNanos) / 1_000_000);
        return new GoAway(code, clamped(leaveWithin), clamped(retryAfterMillis(nowNanos)), endpoints, text);
    }

    /**
     * Elsewhere they are as spread as they leave. Here they would come while others still leave: so they come when all
     * have left, and a draw of each its own spreads them.
     */
    private long retryAfterMillis(long nowNanos) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        if (!endpoints.isEmpty()) {
            return awayMillis + random.nextLong(awayMillis + 1);
        }
        long untilAllLeft = Math.max(0, (beginNanos + windowNanos - nowNanos) / 1_000_000);
        return untilAllLeft + awayMillis + random.nextLong(Math.max(awayMillis, windowNanos / 1_000_000) + 1);
    }

    private static int clamped(long millis) {
        return (int) Math.min(Integer.MAX_VALUE, millis);
    }
}
