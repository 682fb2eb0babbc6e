// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.inbound;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ReasonCode;

/**
 * How far one session is on its way out, from the GOAWAY on.
 *
 * <pre>
 *   told ──► its messages are still taken ──► not any more ──► nothing under way: ended
 *              500 ms, or until it says LOGOUT,    └── behind what worker lanes held when it was told
 *              or what it has begun has come
 * </pre>
 */
@Confined("owner")
final class Departure {
    /** How long messages are taken that left before the client knew. */
    static final long PATIENCE_NANOS = 500_000_000L;

    /** How long the worker lanes are waited for: what they hold may be for this session. */
    static final long LANES_NANOS = 2_000_000_000L;

    private final ReasonCode code;
    private final String text;
    private final long toldNanos;
    private boolean ready;

    Departure(ReasonCode code, String text, long toldNanos) {
        this.code = code;
        this.text = text;
        this.toldNanos = toldNanos;
    }

    /** The client has nothing more to send. */
    void ready() {
        ready = true;
    }

    /**
     * Whether a message that comes now is taken.
     *
     * @param receiving whether a message in chunks is on its way in
     */
    boolean takesMessages(long nowNanos, boolean receiving) {
        return !ready && (receiving || nowNanos - toldNanos < PATIENCE_NANOS);
    }

    /**
     * Whether what was in the lanes when it was told has been routed.
     *
     * @param lanesRanDry whether they were seen without a task
     * @param dryNanos when, last
     */
    boolean isBehindLanes(long nowNanos, boolean lanesRanDry, long dryNanos) {
        return lanesRanDry && dryNanos - toldNanos >= 0 || nowNanos - toldNanos >= LANES_NANOS;
    }

    /** Why the session ends. */
    ReasonCode code() {
        return code;
    }

    /** The same for people. */
    String text() {
        return text;
    }
}
