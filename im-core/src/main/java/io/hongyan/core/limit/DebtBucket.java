// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.limit;

/**
 * A rate with a burst that refuses nothing: what is taken beyond it is a debt, which its owner makes its peer pay by not
 * reading it for so long. Like {@link TokenBucket} one number, the time at which the bucket would be full again; unlike
 * it, tokens are taken many at a time. Not thread-safe; its owner passes the time.
 */
public final class DebtBucket {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final int perSecond;
    private final long burstNanos;
    private long fullAtNanos;

    /**
     * A full bucket.
     *
     * @param perSecond tokens that come back per second, 1 to 10^9
     * @param burst tokens in a full bucket, at least 1
     */
    public DebtBucket(int perSecond, int burst, long nowNanos) {
        this.perSecond = perSecond;
        this.burstNanos = nanosOf(burst);
        this.fullAtNanos = nowNanos;
    }

    /** Takes tokens, whether or not there are as many. */
    public void take(int tokens, long nowNanos) {
        fullAtNanos = nowNanos + lackingNanos(nowNanos) + nanosOf(tokens);
    }

    /** How long it takes until the debt is paid, in ns; 0 when there is none. */
    public long debtNanos(long nowNanos) {
        return Math.max(0, lackingNanos(nowNanos) - burstNanos);
    }

    /** Whether the debt is larger than so many full buckets. */
    public boolean owesMoreThan(int bursts, long nowNanos) {
        return debtNanos(nowNanos) / bursts > burstNanos;
    }

    private long lackingNanos(long nowNanos) {
        return Math.max(0, fullAtNanos - nowNanos);
    }

    private long nanosOf(int tokens) {
        return tokens * SECOND_NANOS / perSecond;
    }
}
