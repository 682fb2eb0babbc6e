// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/** So many per second, and at most one second's worth at once. */
final class TokenBucket {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final int perSecond;
    private long tokenNanos;
    private long filledNanos;
    private boolean begun;

    TokenBucket(int perSecond) {
        this.perSecond = perSecond;
    }

    boolean tryTake(long nowNanos) {
        if (perSecond == 0) {
            return false;
        }
        long full = SECOND_NANOS;
        if (!begun) {
            begun = true;
            tokenNanos = full;
        } else {
            tokenNanos = Math.min(full, tokenNanos + Math.max(0, Math.min(full, nowNanos - filledNanos)));
        }
        filledNanos = nowNanos;
        long price = SECOND_NANOS / perSecond;
        if (tokenNanos < price) {
            return false;
        }
        tokenNanos -= price;
        return true;
    }
}
