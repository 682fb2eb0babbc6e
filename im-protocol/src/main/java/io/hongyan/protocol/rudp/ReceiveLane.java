// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of one ordered lane: hands messages up exactly once and in order, keeps the early ones within what
 * the peer was granted, and grants more as the application takes them.
 *
 * <p>Invariant: received bytes, overheads included, never exceed granted bytes; who sends more breaks the protocol.
 */
final class ReceiveLane {
    /** The message is the next one and goes up at once; {@link #takeReady} may find more behind it. */
    static final int DELIVER = 0;
    /** Kept for later. */
    static final int STORED = 1;
    /** Had arrived before. */
    static final int DUPLICATE = 2;
    /** The peer contradicts itself, or sends more than it was granted. */
    static final int VIOLATION = 3;

    /**
     * Messages in part take more memory than arrived of them: less than three times what an honest sender was charged,
     * since he begins with their beginning. More than so many windows, and some to spare for small ones, is an attack.
     */
    private static final int PARTIAL_WINDOWS = 4;

    private static final int PARTIAL_SPARE_BYTES = 64 << 10;

    /** A window consumed within so many round trips is too small: what is lost again and again holds up as many. */
    private static final int HELD_UP_ROUND_TRIPS = 8;

    private final int baseBytes;
    private final int mostBytes;
    private final int maxMessageBytes;
    private final GrowthBudget growth;
    private int windowBytes;
    /** How much of the budget the window has. */
    private int grownBytes;

    private long measuredNanos;
    private long measuredBytes;
    private boolean measures;
    private @Nullable ReorderBuffer early;
    private int readyLength;
    private long next;
    private long receivedBytes;
    private long consumedBytes;
    private long grantedBytes = Wire.INITIAL_CREDIT_BYTES;

    /** A lane whose window never grows. */
    ReceiveLane(int windowBytes, int maxMessageBytes) {
        this(windowBytes, windowBytes, maxMessageBytes, new GrowthBudget(0));
    }

    /** A lane with a window of {@code baseBytes} that grows to {@code mostBytes} by use, within the budget. */
    ReceiveLane(int baseBytes, int mostBytes, int maxMessageBytes, GrowthBudget growth) {
        this.baseBytes = baseBytes;
        this.mostBytes = mostBytes;
        this.maxMessageBytes = maxMessageBytes;
        this.growth = growth;
        windowBytes = baseBytes;
    }

    /** Goes on where a lane in which nothing waits had stopped. */
    void resume(long nextNumber, long received, int unconsumed, int grantedAhead) {
        next = nextNumber;
        receivedBytes = received;
        consumedBytes = received - unconsumed;
        grantedBytes = received + grantedAhead;
        grownBytes = promisedGrowth(baseBytes, grantedAhead);
        windowBytes = baseBytes + grownBytes;
        measures = false;
    }

    /** What arrived and was not taken by the application; within the window. */
    int unconsumedBytes() {
        return (int) (receivedBytes - consumedBytes);
    }

    /** How much more may arrive; within the window. */
    int grantedAheadBytes() {
        return (int) (grantedBytes - receivedBytes);
    }

    void attach(ReorderBuffer pooled) {
        early = pooled;
    }

    void detach() {
        ReorderBuffer pooled = early;
        if (pooled != null) {
            pooled.clear();
        }
        early = null;
        int promised = promisedGrowth(baseBytes, grantedAheadBytes());
        growth.giveBack(grownBytes - promised);
        grownBytes = promised;
    }

    /** What a peer that may send so much has of the budget, also while its connection rests. */
    static int promisedGrowth(int baseBytes, int grantedAheadBytes) {
        return Math.max(0, grantedAheadBytes - Math.max(baseBytes, Wire.INITIAL_CREDIT_BYTES));
    }

    /** Whether nothing waits for earlier messages. */
    boolean isEmpty() {
        ReorderBuffer pooled = early;
        return pooled == null || pooled.isEmpty();
    }

    /** The number of the message expected next. */
    long next() {
        return next;
    }

    /** The full number of which the lowest 16 bits came on the wire. It may be as far ahead as messages may be open; all else is old. */
    long expand(int truncated) {
        long most = next + Wire.MAX_MESSAGES_OPEN - 1;
        return most - ((int) most - truncated & 0xffff);
    }

    /** Takes a whole message. */
    int receiveWhole(long number, byte[] bytes, int offset, int length) {
        if (number < next) {
            return DUPLICATE;
        }
        ReorderBuffer early = early();
        if (number - next >= Wire.MAX_MESSAGES_OPEN || length > maxMessageBytes) {
            return VIOLATION;
        }
        early.ensureRoom(next, number);
        Object present = early.get(number);
        if (present != null) {
            return present instanceof byte[] ? DUPLICATE : VIOLATION;
        }
        if (!receive(length + RudpConfig.MESSAGE_OVERHEAD_BYTES)) {
            return VIOLATION;
        }
        if (number == next) {
            next++;
            return DELIVER;
        }
        if (length > BufferPool.LARGEST) {
            // Never sent by us: whole messages are shorter. It would not fit the pool's arrays.
            return VIOLATION;
        }
        early.putWhole(number, bytes, offset, length);
        return STORED;
    }

    /** Takes a fragment. A message it completes is found by {@link #takeReady}. */
    int receiveFragment(long number, int firstGranule, byte[] bytes, int offset, int length, boolean isFinal) {
        if (number < next) {
            return DUPLICATE;
        }
        ReorderBuffer early = early();
        if (number - next >= Wire.MAX_MESSAGES_OPEN || (long) firstGranule * Wire.GRANULE + length > maxMessageBytes) {
            return VIOLATION;
        }
        early.ensureRoom(next, number);
        Object present = early.get(number);
        Reassembly reassembly;
        if (present == null) {
            if (!receive(RudpConfig.MESSAGE_OVERHEAD_BYTES)) {
                return VIOLATION;
            }
            reassembly = early.putReassembly(number);
        } else if (present instanceof Reassembly begun) {
            reassembly = begun;
        } else {
            return VIOLATION;
        }
        int heldBefore = reassembly.heldBytes();
        int fresh = reassembly.add(firstGranule, bytes, offset, length, isFinal);
        early.addPartialBytes(reassembly.heldBytes() - heldBefore);
        if (fresh == Reassembly.MALFORMED
                || !receive((long) fresh * Wire.GRANULE)
                || early.partialBytes() > (long) PARTIAL_WINDOWS * windowBytes + PARTIAL_SPARE_BYTES) {
            return VIOLATION;
        }
        return fresh == 0 ? DUPLICATE : STORED;
    }

    /**
     * The next message, if it is here and complete: an array of the pool with {@link #readyLength()}, or a {@link
     * Reassembly}; both belong to the caller from now on.
     */
    @Nullable
    Object takeReady() {
        ReorderBuffer early = this.early;
        if (early == null || early.isEmpty()) {
            return null;
        }
        Object message = early.get(next);
        if (message == null) {
            return null;
        }
        if (message instanceof Reassembly reassembly) {
            if (!reassembly.isComplete()) {
                return null;
            }
            readyLength = reassembly.length();
        } else {
            readyLength = early.length(next);
        }
        early.remove(next);
        next++;
        return message;
    }

    int readyLength() {
        return readyLength;
    }

    /** The application took a message that cost this much. */
    void consume(long bytes) {
        consumedBytes += bytes;
    }

    /** What a whole message of this length costs. */
    static long costOfWhole(int length) {
        return (long) length + RudpConfig.MESSAGE_OVERHEAD_BYTES;
    }

    /** What a fragmented message costs. */
    static long costOf(Reassembly reassembly) {
        return (long) reassembly.arrivedGranules() * Wire.GRANULE + RudpConfig.MESSAGE_OVERHEAD_BYTES;
    }

    /**
     * Doubles the window, if all of it was consumed within a few round trips since this was last so. To be asked before
     * each grant.
     */
    void growIfConsumedQuickly(long nowNanos, long roundTripNanos) {
        if (measures && consumedBytes - measuredBytes < windowBytes) {
            return;
        }
        boolean quick = measures && nowNanos - measuredNanos <= HELD_UP_ROUND_TRIPS * roundTripNanos;
        measures = true;
        measuredNanos = nowNanos;
        measuredBytes = consumedBytes;
        int wider = (int) Math.min(2L * windowBytes, mostBytes);
        if (quick && wider > windowBytes && growth.take(wider - windowBytes)) {
            grownBytes += wider - windowBytes;
            windowBytes = wider;
        }
    }

    /** Whether so much was consumed since the last grant that the peer should hear of it. */
    boolean shouldGrant() {
        return consumedBytes + windowBytes - grantedBytes >= windowBytes / 4;
    }

    /**
     * The limit to tell the peer: a whole window beyond what was consumed, or the old one while reading rests. It never
     * falls, also where the window is smaller than what each side may send unasked.
     */
    long creditToTell(boolean paused) {
        if (!paused) {
            grantedBytes = Math.max(grantedBytes, consumedBytes + windowBytes);
        }
        return grantedBytes;
    }

    /** Bytes that arrived for the first time, overheads included. */
    long receivedBytes() {
        return receivedBytes;
    }

    /** Bytes of messages the application took, overheads included. */
    long consumedBytes() {
        return consumedBytes;
    }

    /** What the peer was granted, in all. */
    long grantedBytes() {
        return grantedBytes;
    }

    private boolean receive(long bytes) {
        receivedBytes += bytes;
        return receivedBytes <= grantedBytes;
    }

    private ReorderBuffer early() {
        return Objects.requireNonNull(early);
    }
}
