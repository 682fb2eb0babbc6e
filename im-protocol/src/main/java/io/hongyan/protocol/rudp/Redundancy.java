// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/**
 * Which messages are sent twice before anything is known to be lost: chat messages of up to {@value #MAX_COPIED_BYTES}
 * bytes, each once.
 *
 * <pre>
 *   loss LITTLE      none
 *   loss SOME        they ride along in the next datagram that leaves with messages anyway
 *   loss MUCH        the same; where none leaves for a while, in a datagram of their own
 *   marked urgent    as with loss MUCH, whatever the loss
 * </pre>
 *
 * Never more bytes of copies than of messages, and none while a queue stands on the path: that loss would be ours.
 */
final class Redundancy {
    /** Longer messages are not worth a copy. */
    static final int MAX_COPIED_BYTES = 300;

    /** Of more messages under way only the newest are looked at. */
    static final int NEWEST_MESSAGES = 32;

    private static final int MAX_BUDGET_BYTES = 4096;
    private static final long LEAST_COPY_DELAY_NANOS = 10_000_000L;
    private static final long LEAST_QUEUE_NANOS = 10_000_000L;
    private static final int SAMPLES = 8;

    private int budgetBytes;
    /** The least round trip of the samples being taken, and of those before. */
    private long leastNanos;

    private long leastBeforeNanos;
    private int samples;

    private long sentNanos;
    private long gapNanos;
    private long copyNanos;

    void reset() {
        budgetBytes = 0;
        leastNanos = Long.MAX_VALUE;
        leastBeforeNanos = Long.MAX_VALUE;
        samples = 0;
        sentNanos = Deadlines.NONE;
        gapNanos = Deadlines.NONE;
        copyNanos = Deadlines.NONE;
    }

    /** A round trip was measured. */
    void onRoundTrip(long nanos) {
        leastNanos = Math.min(leastNanos, nanos);
        if (++samples == SAMPLES) {
            leastBeforeNanos = leastNanos;
            leastNanos = Long.MAX_VALUE;
            samples = 0;
        }
    }

    /** A message left for the first time. */
    void onSent(int bytes) {
        budgetBytes = Math.min(MAX_BUDGET_BYTES, budgetBytes + bytes);
    }

    /** Whether a copy of so many bytes may leave; takes them. */
    boolean take(int bytes) {
        if (bytes > budgetBytes) {
            return false;
        }
        budgetBytes -= bytes;
        return true;
    }

    /** Whether urgent messages are copied now. */
    boolean isOn(ConnectionCore connection) {
        return connection.config().redundancy() && !hasQueue(connection.rtt);
    }

    private boolean hasQueue(RttEstimator rtt) {
        long recent = Math.min(leastNanos, leastBeforeNanos);
        return leastBeforeNanos != Long.MAX_VALUE
                && recent - rtt.minNanos() > Math.max(LEAST_QUEUE_NANOS, rtt.minNanos() / 4);
    }

    /**
     * A datagram with messages left.
     *
     * @param withNew whether some of them left for the first time
     * @param copiesWait whether some are to be copied soon
     */
    void onDatagram(RttEstimator rtt, long nowNanos, boolean withNew, boolean copiesWait) {
        if (withNew) {
            if (sentNanos != Deadlines.NONE) {
                long gap = nowNanos - sentNanos;
                gapNanos = gapNanos == Deadlines.NONE ? gap : gapNanos + (gap - gapNanos) / 4;
            }
            sentNanos = nowNanos;
        }
        copyNanos = copiesWait ? nowNanos + copyDelay(rtt.smoothedNanos()) : Deadlines.NONE;
    }

    /** A flow whose next datagram comes soon waits for that. */
    private long copyDelay(long smoothedNanos) {
        return gapNanos <= smoothedNanos / 2
                ? smoothedNanos / 4 * 3
                : Math.max(LEAST_COPY_DELAY_NANOS, smoothedNanos / 4);
    }

    /** When the next datagram with new messages may be expected; {@link Deadlines#NONE} if that is not known. */
    long expectedNanos() {
        return gapNanos == Deadlines.NONE ? Deadlines.NONE : sentNanos + gapNanos;
    }

    /** When messages are to be copied by a datagram of their own. */
    long copyNanos() {
        return copyNanos;
    }

    /** Whether that time has come; says so once: a copy that cannot leave now is not worth waiting for. */
    boolean takeCopyDue(long nowNanos) {
        boolean isDue = copyNanos != Deadlines.NONE && copyNanos - nowNanos <= 0;
        if (isDue) {
            copyNanos = Deadlines.NONE;
        }
        return isDue;
    }
}
