// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.Arrays;

/**
 * What each datagram still of interest carried: a ring indexed by packet number, and beside it a ring of references to
 * messages, two longs each. Numbers below {@link #first()} are forgotten.
 *
 * <p>Invariant: {@link #bytesInFlight()} is the sum of the sizes of all {@link #OUTSTANDING} packets.
 */
final class SentPackets {
    /** Carries nothing that would be sent again; will not be acknowledged by itself. */
    static final byte UNTRACKED = 0;

    static final byte OUTSTANDING = 1;
    static final byte ACKED = 2;
    static final byte LOST = 3;
    /** A number never sent, to catch a peer that acknowledges what it cannot have seen. */
    static final byte SKIPPED = 4;

    /** With more packets than this remembered no message leaves. */
    static final int MAX_PACKETS = 1 << 13;

    /** More are never remembered: the rest is room for acks and control while messages wait. */
    private static final int HARD_MAX_PACKETS = 2 * MAX_PACKETS;

    private static final int INITIAL_PACKETS = 32;
    private static final int INITIAL_REFERENCES = 128;

    /** What a packet takes in the arrays below. */
    private static final int PACKET_BYTES = 1 + 8 + 8 + 2 + 2 + 4 + 2;

    private byte[] states = new byte[INITIAL_PACKETS];
    private long[] sentNanos = new long[INITIAL_PACKETS];
    private long[] largestAckReported = new long[INITIAL_PACKETS];
    private short[] sizes = new short[INITIAL_PACKETS];
    private short[] control = new short[INITIAL_PACKETS];
    private int[] referenceStarts = new int[INITIAL_PACKETS];
    private short[] referenceCounts = new short[INITIAL_PACKETS];

    private long[] references = new long[INITIAL_REFERENCES];
    private int referenceHead;
    private int referenceTail;

    private long first;
    private long next;
    private long oldest;
    private int outstanding;
    private int bytesInFlight;

    /** Begins empty with the given next number. */
    void reset(long nextPacketNumber) {
        referenceHead = 0;
        referenceTail = 0;
        first = nextPacketNumber;
        next = nextPacketNumber;
        oldest = nextPacketNumber;
        outstanding = 0;
        bytesInFlight = 0;
    }

    /** Gives up what the rings have grown by. Nothing may be remembered. */
    void trim() {
        if (states.length > INITIAL_PACKETS) {
            states = new byte[INITIAL_PACKETS];
            sentNanos = new long[INITIAL_PACKETS];
            largestAckReported = new long[INITIAL_PACKETS];
            sizes = new short[INITIAL_PACKETS];
            control = new short[INITIAL_PACKETS];
            referenceStarts = new int[INITIAL_PACKETS];
            referenceCounts = new short[INITIAL_PACKETS];
        }
        if (references.length > INITIAL_REFERENCES) {
            references = new long[INITIAL_REFERENCES];
        }
    }

    /** Notes that {@link #next()} is never sent. */
    void skip() {
        append(SKIPPED, 0, 0, 0, -1);
    }

    /** Whether a packet with messages may be sent. */
    boolean hasRoom() {
        return next - first < MAX_PACKETS;
    }

    /** Whether no packet at all may be sent before older ones are forgotten. */
    boolean isFull() {
        return next - first >= HARD_MAX_PACKETS;
    }

    /**
     * Notes a message, or a part of one, that the packet being assembled carries: it begins the record of {@link
     * #next()}, {@link #commit} ends it.
     */
    void addReference(long what, long range) {
        if (((referenceHead - referenceTail) + 2) > references.length) {
            growReferences();
        }
        int mask = references.length - 1;
        references[referenceHead & mask] = what;
        references[(referenceHead + 1) & mask] = range;
        referenceHead += 2;
    }

    /**
     * Ends the record of {@link #next()}, which takes the references added since the last commit.
     *
     * @param largestAck the largest number acknowledged by this packet's ACK, -1 if it has none
     */
    void commit(boolean ackEliciting, long nowNanos, int bytes, int controlBits, long largestAck) {
        append(ackEliciting ? OUTSTANDING : UNTRACKED, nowNanos, bytes, controlBits, largestAck);
        if (ackEliciting) {
            outstanding++;
            bytesInFlight += bytes;
        } else if (outstanding == 0) {
            forgetSettled(nowNanos, 0);
        }
    }

    private void append(byte state, long nowNanos, int bytes, int controlBits, long largestAck) {
        if (next - first == states.length) {
            growPackets();
        }
        int index = index(next);
        states[index] = state;
        sentNanos[index] = nowNanos;
        sizes[index] = (short) bytes;
        control[index] = (short) controlBits;
        largestAckReported[index] = largestAck;
        int start = next == first ? referenceTail : referenceEnd(next - 1);
        referenceStarts[index] = start;
        referenceCounts[index] = (short) ((referenceHead - start) / 2);
        next++;
    }

    /** Changes the state of a packet from {@link #OUTSTANDING} or {@link #LOST}. */
    void settle(long packetNumber, byte state) {
        int index = index(packetNumber);
        if (states[index] == OUTSTANDING) {
            outstanding--;
            bytesInFlight -= sizes[index];
        }
        states[index] = state;
    }

    /** Forgets leading packets of which nothing more is expected; lost ones when older than {@code keepLostNanos}. */
    void forgetSettled(long nowNanos, long keepLostNanos) {
        boolean crowded = next - first > MAX_PACKETS / 2;
        while (first < next) {
            int index = index(first);
            byte state = states[index];
            if (state == OUTSTANDING
                    || (state == LOST && outstanding > 0 && !crowded && nowNanos - sentNanos[index] < keepLostNanos)) {
                break;
            }
            referenceTail = referenceEnd(first);
            first++;
        }
        if (first == next) {
            referenceTail = referenceHead;
        }
        oldest = Math.max(oldest, first);
    }

    /** The oldest {@link #OUTSTANDING} packet, or -1. */
    long oldestOutstanding() {
        if (outstanding == 0) {
            return -1;
        }
        while (states[index(oldest)] != OUTSTANDING) {
            oldest++;
        }
        return oldest;
    }

    long first() {
        return first;
    }

    long next() {
        return next;
    }

    int outstanding() {
        return outstanding;
    }

    int bytesInFlight() {
        return bytesInFlight;
    }

    byte state(long packetNumber) {
        return states[index(packetNumber)];
    }

    long sentNanos(long packetNumber) {
        return sentNanos[index(packetNumber)];
    }

    int bytes(long packetNumber) {
        return sizes[index(packetNumber)];
    }

    int control(long packetNumber) {
        return control[index(packetNumber)];
    }

    /** Whether the packet only tries its length: its loss tells nothing of congestion. */
    boolean isMtuProbe(long packetNumber) {
        return (control(packetNumber) & HotState.MTU_PROBE) != 0;
    }

    long largestAckReported(long packetNumber) {
        return largestAckReported[index(packetNumber)];
    }

    int references(long packetNumber) {
        return referenceCounts[index(packetNumber)];
    }

    long referenceWhat(long packetNumber, int i) {
        return references[(referenceStarts[index(packetNumber)] + 2 * i) & (references.length - 1)];
    }

    long referenceRange(long packetNumber, int i) {
        return references[(referenceStarts[index(packetNumber)] + 2 * i + 1) & (references.length - 1)];
    }

    /** How much memory the rings take. */
    long heldBytes() {
        return (long) PACKET_BYTES * states.length + (long) Long.BYTES * references.length;
    }

    private int referenceEnd(long packetNumber) {
        int index = index(packetNumber);
        return referenceStarts[index] + 2 * referenceCounts[index];
    }

    private int index(long packetNumber) {
        return (int) packetNumber & (states.length - 1);
    }

    private void growPackets() {
        int old = states.length;
        int wider = 2 * old;
        states = Arrays.copyOf(states, wider);
        sentNanos = Arrays.copyOf(sentNanos, wider);
        largestAckReported = Arrays.copyOf(largestAckReported, wider);
        sizes = Arrays.copyOf(sizes, wider);
        control = Arrays.copyOf(control, wider);
        referenceStarts = Arrays.copyOf(referenceStarts, wider);
        referenceCounts = Arrays.copyOf(referenceCounts, wider);
        // A number's place in the wider ring is its old one or its old one plus the old length.
        for (long number = first; number < next; number++) {
            int from = (int) number & (old - 1);
            int to = (int) number & (wider - 1);
            if (to != from) {
                states[to] = states[from];
                sentNanos[to] = sentNanos[from];
                largestAckReported[to] = largestAckReported[from];
                sizes[to] = sizes[from];
                control[to] = control[from];
                referenceStarts[to] = referenceStarts[from];
                referenceCounts[to] = referenceCounts[from];
            }
        }
    }

    private void growReferences() {
        long[] wider = new long[2 * references.length];
        for (int i = referenceTail; i != referenceHead; i++) {
            wider[i & (wider.length - 1)] = references[i & (references.length - 1)];
        }
        references = wider;
    }
}
