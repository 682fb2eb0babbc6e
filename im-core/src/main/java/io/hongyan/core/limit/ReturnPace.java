// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.limit;

import io.hongyan.protocol.ThreadSafe;

/**
 * When those who are sent away may come back: one behind the other, as fast as they can be let in. So a crowd does not
 * come back as one, and the wait grows with the excess, up to {@value #MOST_SECONDS} s. It forgets as time passes.
 */
@ThreadSafe
public final class ReturnPace {
    /** The longest wait, in s. */
    public static final int MOST_SECONDS = 300;

    private static final long SECOND_NANOS = 1_000_000_000L;

    private final long intervalNanos;

    // Guarded by this.
    private boolean begun;
    private long lastNanos;

    /** @param perSecond how many can be let in, at least 1 */
    public ReturnPace(int perSecond) {
        this.intervalNanos = SECOND_NANOS / perSecond;
    }

    /** How long the next one waits, in ns; more than 0. */
    public synchronized long nextNanos(long nowNanos) {
        long before = begun ? Math.max(0, lastNanos - nowNanos) : 0;
        long wait = Math.min(before + Math.max(1, intervalNanos), MOST_SECONDS * SECOND_NANOS);
        begun = true;
        lastNanos = nowNanos + wait;
        return wait;
    }
}
