// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.Arrays;

/**
 * Measures how fast datagrams arrive, per ACK, and what became of them, per round trip
 * (draft-cheng-iccrg-delivery-rate-estimation).
 *
 * <p>The rate of an ACK is what was delivered between the ack before the newest acknowledged datagram left, and now, over
 * the longer of the times in which that was sent and acknowledged. It is application-limited when the datagram left while
 * the sender had not enough to say: such a rate is a lower bound of the path's.
 *
 * <p>A round lasts until the first datagram sent after its beginning is acknowledged.
 *
 * <p>Keeps a ring by packet number that grows and is bounded like that of {@link SentPackets}.
 */
final class DeliverySampler {
    private static final int INITIAL_PACKETS = 32;
    private static final int PACKET_BYTES = 3 * Long.BYTES;

    // What was so when each datagram left: bytes delivered (its lowest bit: application-limited), when the last of them
    // was, and when the datagram left that was acknowledged last.
    private long[] delivered = new long[INITIAL_PACKETS];
    private long[] deliveredNanos = new long[INITIAL_PACKETS];
    private long[] firstSentNanos = new long[INITIAL_PACKETS];

    private long totalDelivered;
    private long lastDeliveredNanos;
    private long lastFirstSentNanos;
    /** Datagrams are application-limited until more than this is delivered; -1 = they are not. */
    private long limitedUntilDelivered;
    /** Older datagrams tell nothing: they were sent on another path. */
    private long pathBegin;

    // This ACK.
    private long newest;
    private long sendElapsedNanos;
    private int ackedBytes;
    private int lostBytes;
    private int spuriousBytes;
    private long largestLost;
    private long rateBytesPerSecond;
    private boolean appLimited;
    private int inFlightBytes;
    private long nextNumber;

    // The round.
    private long roundEnd;
    private long roundBeganNanos;
    private boolean roundOver;
    private long roundMinRttNanos;
    private int roundAckedBytes;
    private int roundAckedPackets;
    private int roundLostPackets;
    private long roundRate;

    /** Begins empty; nothing below the number was sent with it. */
    void reset(long nextPacketNumber) {
        totalDelivered = 0;
        limitedUntilDelivered = -1;
        pathBegin = nextPacketNumber;
        roundEnd = nextPacketNumber;
        beginAck();
        beginRound(0);
    }

    /** Gives up what the ring has grown by. Nothing may be under way. */
    void trim() {
        if (delivered.length > INITIAL_PACKETS) {
            delivered = new long[INITIAL_PACKETS];
            deliveredNanos = new long[INITIAL_PACKETS];
            firstSentNanos = new long[INITIAL_PACKETS];
        }
    }

    /** What was sent so far went another way. */
    void onMoved(long nextPacketNumber) {
        pathBegin = nextPacketNumber;
        roundEnd = nextPacketNumber;
    }

    /**
     * A datagram that is to be acknowledged left, and {@code sent} knows it.
     *
     * @param wasAtRest whether nothing was in flight before it
     */
    void onSent(long packetNumber, SentPackets sent, boolean wasAtRest, long nowNanos) {
        if (wasAtRest) {
            lastFirstSentNanos = nowNanos;
            lastDeliveredNanos = nowNanos;
            roundEnd = packetNumber;
            beginRound(nowNanos);
        }
        while (sent.next() - sent.first() > delivered.length) {
            grow(sent.first(), packetNumber);
        }
        int index = index(packetNumber);
        delivered[index] = totalDelivered << 1 | (limitedUntilDelivered >= 0 ? 1 : 0);
        deliveredNanos[index] = lastDeliveredNanos;
        firstSentNanos[index] = lastFirstSentNanos;
    }

    /** Nothing is left to send, though the window has room: until what is in flight is delivered, rates prove little. */
    void onAppLimited(int bytesInFlight) {
        limitedUntilDelivered = totalDelivered + bytesInFlight;
    }

    /** A round trip was measured. */
    void onRtt(long rttNanos) {
        roundMinRttNanos = Math.min(roundMinRttNanos, rttNanos);
    }

    /** A datagram was acknowledged for the first time, perhaps after it had been declared lost. */
    void onAcked(long packetNumber, int bytes, long sentNanos, boolean spuriouslyLost, long nowNanos) {
        if (packetNumber < pathBegin) {
            return;
        }
        totalDelivered += bytes;
        ackedBytes += bytes;
        roundAckedBytes += bytes;
        roundAckedPackets++;
        if (spuriouslyLost) {
            spuriousBytes += bytes;
            roundLostPackets = Math.max(0, roundLostPackets - 1);
        }
        if (packetNumber >= roundEnd) {
            roundOver = true;
        }
        lastDeliveredNanos = nowNanos;
        if (packetNumber > newest) {
            newest = packetNumber;
            int index = index(packetNumber);
            sendElapsedNanos = sentNanos - firstSentNanos[index];
            lastFirstSentNanos = sentNanos;
        }
    }

    /** A datagram was declared lost, by an ACK or by the timer. */
    void onLost(long packetNumber, int bytes) {
        if (packetNumber < pathBegin) {
            return;
        }
        lostBytes += bytes;
        roundLostPackets++;
        largestLost = Math.max(largestLost, packetNumber);
    }

    /** An ACK segment is read to its end: tells the controller, if there are news. */
    void onAckProcessed(CongestionController controller, SentPackets sent, RttEstimator rtt, long nowNanos) {
        if (ackedBytes == 0 && lostBytes == 0) {
            return;
        }
        inFlightBytes = sent.bytesInFlight();
        nextNumber = sent.next();
        if (newest >= 0) {
            measure(rtt, nowNanos);
        }
        if (roundOver) {
            long nanos = Math.max(nowNanos - roundBeganNanos, 1);
            roundRate = (long) (roundAckedBytes * 1e9 / nanos);
        }
        controller.onAck(this, rtt, nowNanos);
        if (roundOver) {
            roundEnd = nextNumber;
            beginRound(nowNanos);
        }
        beginAck();
    }

    private void measure(RttEstimator rtt, long nowNanos) {
        int index = index(newest);
        long before = delivered[index] >>> 1;
        appLimited = (delivered[index] & 1) != 0;
        long nanos = Math.max(sendElapsedNanos, nowNanos - deliveredNanos[index]);
        // What takes less than a round trip was acknowledged late and all at once.
        if (nanos >= rtt.minNanos() && nanos > 0) {
            rateBytesPerSecond = (long) ((totalDelivered - before) * 1e9 / nanos);
        }
        if (totalDelivered > limitedUntilDelivered) {
            limitedUntilDelivered = -1;
        }
    }

    private void beginAck() {
        newest = -1;
        ackedBytes = 0;
        lostBytes = 0;
        spuriousBytes = 0;
        largestLost = -1;
        rateBytesPerSecond = 0;
        appLimited = false;
    }

    private void beginRound(long nowNanos) {
        roundBeganNanos = nowNanos;
        roundOver = false;
        roundMinRttNanos = Long.MAX_VALUE;
        roundAckedBytes = 0;
        roundAckedPackets = 0;
        roundLostPackets = 0;
        roundRate = 0;
    }

    // This ACK, for the controller.

    /** The delivery rate; 0 if this ACK tells none. */
    long rateBytesPerSecond() {
        return rateBytesPerSecond;
    }

    /** Whether the newest acknowledged datagram left while there was too little to send. */
    boolean isAppLimited() {
        return appLimited;
    }

    /** The newest datagram acknowledged; -1 = none, the ACK only told of losses. */
    long newestAcked() {
        return newest;
    }

    int ackedBytes() {
        return ackedBytes;
    }

    /** Bytes declared lost since the ACK before. */
    int lostBytes() {
        return lostBytes;
    }

    /** Of the acknowledged bytes, those that had been declared lost. */
    int spuriousBytes() {
        return spuriousBytes;
    }

    /** The largest packet number declared lost since the ACK before; -1 = none. */
    long largestLost() {
        return largestLost;
    }

    int inFlightBytes() {
        return inFlightBytes;
    }

    /** The number the next datagram will have. */
    long nextNumber() {
        return nextNumber;
    }

    // The round that this ACK ends.

    /** Whether this ACK ends a round; what follows holds if it does. */
    boolean isRoundOver() {
        return roundOver;
    }

    /** {@link Long#MAX_VALUE} if no round trip was measured in the round. */
    long roundMinRttNanos() {
        return roundMinRttNanos;
    }

    /** What arrived in the round, by the time it took. */
    long roundRate() {
        return roundRate;
    }

    /** Datagrams of which the fate was learned in the round. */
    int roundPackets() {
        return roundAckedPackets + roundLostPackets;
    }

    int roundLostPackets() {
        return roundLostPackets;
    }

    /** How much memory the ring takes. */
    long heldBytes() {
        return (long) PACKET_BYTES * delivered.length;
    }

    private int index(long packetNumber) {
        return (int) packetNumber & (delivered.length - 1);
    }

    private void grow(long first, long next) {
        int old = delivered.length;
        int wider = 2 * old;
        delivered = Arrays.copyOf(delivered, wider);
        deliveredNanos = Arrays.copyOf(deliveredNanos, wider);
        firstSentNanos = Arrays.copyOf(firstSentNanos, wider);
        for (long number = first; number < next; number++) {
            int from = (int) number & (old - 1);
            int to = (int) number & (wider - 1);
            if (to != from) {
                delivered[to] = delivered[from];
                deliveredNanos[to] = deliveredNanos[from];
                firstSentNanos[to] = firstSentNanos[from];
            }
        }
    }
}
