// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.limit;

/**
 * A rate with a burst, in one number: the time at which the bucket would be full again (the generic cell rate
 * algorithm). Not thread-safe; its owner passes the time.
 *
 * <p>Once it has run dry it gives nothing until a tenth of the burst is back, or what comes back in 0.4 s if that is
 * less: a peer's messages under way are then refused together, and sent again they keep their order.
 */
public final class TokenBucket {
    private final long intervalNanos;
    private final long burstNanos;
    private final long resumeNanos;
    private long fullAtNanos;
    private boolean dry;

    /**
     * A full bucket.
     *
     * @param perSecond tokens that come back per second, at least 1
     * @param burst tokens in a full bucket, at least 1
     */
    public TokenBucket(int perSecond, int burst, long nowNanos) {
        this.intervalNanos = 1_000_000_000L / perSecond;
        this.burstNanos = intervalNanos * burst;
        this.resumeNanos = intervalNanos * Math.max(1, Math.min(burst / 10, perSecond * 2L / 5));
        this.fullAtNanos = nowNanos;
    }

    /** Takes a token; false when there is none. */
    public boolean take(long nowNanos) {
        long lacking = Math.max(0, fullAtNanos - nowNanos);
        dry = burstNanos - lacking < (dry ? resumeNanos : intervalNanos);
        if (dry) {
            return false;
        }
        fullAtNanos = nowNanos + lacking + intervalNanos;
        return true;
    }

    /** Whether it is full. */
    public boolean isFull(long nowNanos) {
        return fullAtNanos - nowNanos <= 0;
    }
}
