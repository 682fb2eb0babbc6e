// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/**
 * Spreads bursts longer than {@value #BURST_PACKETS} datagrams: a bucket of bytes that fills at the controller's rate.
 * It holds what a burst may have, or what flows in 2 ms where that is more, since no timer is finer than about 1 ms.
 */
final class Pacer {
    static final int BURST_PACKETS = 12;

    private static final int BURST_BYTES = BURST_PACKETS * RudpConfig.DATAGRAM_BYTES;
    private static final long GRAIN_NANOS = 2_000_000L;
    /** After this long any bucket is full; more would overflow the product of time and rate. */
    private static final long LONGEST_NANOS = 1_000_000_000L;

    private long budgetBytes = BURST_BYTES;
    private long filledNanos;
    private boolean begun;

    void reset() {
        budgetBytes = BURST_BYTES;
        begun = false;
    }

    /** Whether a datagram may leave now. */
    boolean maySend(long nowNanos, long bytesPerSecond) {
        fill(nowNanos, bytesPerSecond);
        return budgetBytes >= RudpConfig.DATAGRAM_BYTES;
    }

    /** A datagram left. */
    void onSent(int bytes) {
        budgetBytes -= bytes;
    }

    /** When {@link #maySend} will say yes, having said no. */
    long nextNanos(long nowNanos, long bytesPerSecond) {
        long missing = RudpConfig.DATAGRAM_BYTES - budgetBytes;
        return nowNanos + Math.min(LONGEST_NANOS, missing * 1_000_000_000L / Math.max(bytesPerSecond, 1) + 1);
    }

    private void fill(long nowNanos, long bytesPerSecond) {
        long capacity = Math.max(BURST_BYTES, bytesPerSecond / (1_000_000_000L / GRAIN_NANOS));
        if (!begun) {
            begun = true;
            budgetBytes = capacity;
            filledNanos = nowNanos;
            return;
        }
        long elapsed = nowNanos - filledNanos;
        if (elapsed >= LONGEST_NANOS) {
            budgetBytes = capacity;
            filledNanos = nowNanos;
            return;
        }
        long gained = (long) (elapsed * 1e-9 * bytesPerSecond);
        if (gained > 0) {
            budgetBytes = Math.min(capacity, budgetBytes + gained);
            // Time that bought no whole byte stays on the clock, or quick polling would slow the flow.
            filledNanos += Math.min(elapsed, (long) (gained * 1e9 / bytesPerSecond) + 1);
        }
    }
}
