// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/**
 * When the next ACK must leave: at once after a gap, a late packet, a packet that asks for it, or every second one; else
 * after min(srtt / 8, 10 ms), as facts of RFC 9000 §13.2 with a shorter delay. An ACK rides free on anything that
 * leaves before.
 */
final class AckSchedule {
    static final long MAX_DELAY_NANOS = 10_000_000L;

    private static final int EVERY = 2;

    private int unacknowledged;
    private boolean now;
    private long deadlineNanos = Deadlines.NONE;

    void reset() {
        unacknowledged = 0;
        now = false;
        deadlineNanos = Deadlines.NONE;
    }

    /** A datagram arrived that is to be acknowledged. */
    void onReceived(long nowNanos, boolean outOfOrder, boolean askedNow, long smoothedRttNanos) {
        unacknowledged++;
        if (outOfOrder || askedNow || unacknowledged >= EVERY) {
            now = true;
        } else if (deadlineNanos == Deadlines.NONE) {
            deadlineNanos = nowNanos + Math.min(smoothedRttNanos / 8, MAX_DELAY_NANOS);
        }
    }

    /** An ACK left. */
    void onAckSent() {
        reset();
    }

    /** Whether there is anything that was not acknowledged yet. */
    boolean isPending() {
        return unacknowledged > 0;
    }

    /** Whether an ACK must leave now even if nothing else does. */
    boolean isDue(long nowNanos) {
        return now || (deadlineNanos != Deadlines.NONE && deadlineNanos - nowNanos <= 0);
    }

    long deadlineNanos() {
        return deadlineNanos;
    }
}
