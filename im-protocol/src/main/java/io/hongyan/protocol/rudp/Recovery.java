// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/**
 * Finds out which datagrams arrived and which are lost.
 *
 * <p>By acks (RFC 8985 in form): lost is what was sent before an acknowledged datagram and is either so many numbers
 * behind it, or a round trip and a reordering window old. Both allowances widen when a loss proves spurious, and shrink
 * again in quiet.
 *
 * <p>By the timer, which runs on the oldest unacknowledged datagram and is not re-armed by later ones: a thin flow never
 * sees enough later acks. It fires in rounds of one timeout. Outages on phones are short, so in the first four each
 * datagram has its own time, and in the first sixteen the timer does not slow down. Behind the first four it waits from
 * the firing before, or all that left together would be due together. After a firing up to two datagrams are sent again
 * past the congestion window.
 */
final class Recovery {
    private static final int PACKET_THRESHOLD = 3;
    private static final int MAX_PACKET_THRESHOLD = 64;
    private static final int MAX_WINDOW_FACTOR = 16;
    private static final long MIN_REORDER_NANOS = 1_000_000L;
    /**
     * How long a lost datagram is remembered, where there is room. It must be longer than any round trip: where a path
     * becomes slow at once, all is taken for lost, and only a late ack of what was taken for lost tells how slow.
     */
    private static final long KEEP_LOST_NANOS = 10_000_000_000L;

    private static final long MAX_TIMEOUT_NANOS = 8_000_000_000L;
    private static final int PROBE_DATAGRAMS = 2;
    /** In so many rounds of the timer each datagram has its own time; later, only the oldest two. */
    private static final int ROUNDS_FOR_ALL = 4;
    /** In so many rounds the timer does not slow down. */
    private static final int ROUNDS_WITHOUT_BACK_OFF = 16;
    /** A peer that is heard may yet be slow to acknowledge: then it is tried at a third of the pace. */
    private static final int ROUNDS_WHEN_HEARD = ROUNDS_WITHOUT_BACK_OFF + 2;
    /** Twice the factors of the rounds behind these. */
    private static final int[] BACK_OFF_HALVES = {3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128};

    private final SentPackets sent;
    private final DeliverySampler delivery;
    private final LossEstimator loss;
    private int packetThreshold = PACKET_THRESHOLD;
    private int windowFactor = 1;
    private long widenedNanos;
    private int rounds;
    private long roundNanos;
    private int probeDatagrams;
    private long reorderNanos = Deadlines.NONE;

    Recovery(SentPackets sent, DeliverySampler delivery, LossEstimator loss) {
        this.sent = sent;
        this.delivery = delivery;
        this.loss = loss;
    }

    void reset() {
        packetThreshold = PACKET_THRESHOLD;
        windowFactor = 1;
        rounds = 0;
        probeDatagrams = 0;
        reorderNanos = Deadlines.NONE;
    }

    /**
     * Reads an ACK segment behind its type byte.
     *
     * @return false if it is malformed or acknowledges what was never sent
     */
    boolean onAck(ConnectionCore connection, WireReader in, long nowNanos) {
        long largest = in.readVarint();
        long delayNanos = Math.min(in.readVarint(), 1 << 24) * 1_000;
        int ranges = in.readByte();
        long low = largest - in.readVarint();
        if (in.failed() || low < 0 || largest >= sent.next() || ranges >= Wire.MAX_ACK_RANGES) {
            return false;
        }
        long first = sent.first();
        boolean largestIsNew = largest >= first && isUnsettled(sent.state(largest));
        boolean anyNew = false;
        if (largestIsNew) {
            connection.rtt.sample(nowNanos - sent.sentNanos(largest), delayNanos);
            connection.onRoundTrip(nowNanos - sent.sentNanos(largest));
            delivery.onRtt(nowNanos - sent.sentNanos(largest));
        }
        long high = largest;
        while (true) {
            for (long number = Math.max(low, first); number <= high; number++) {
                byte state = sent.state(number);
                if (state == SentPackets.SKIPPED) {
                    return false;
                }
                if (isUnsettled(state)) {
                    anyNew = true;
                    acknowledge(connection, number, state, nowNanos);
                }
            }
            if (ranges-- == 0) {
                break;
            }
            high = low - in.readVarint() - 2;
            low = high - in.readVarint();
            if (in.failed() || low < 0) {
                return false;
            }
        }
        if (anyNew) {
            rounds = 0;
        }
        connection.largestAcked = Math.max(connection.largestAcked, largest);
        narrow(connection.rtt, nowNanos);
        detectByAcks(connection, nowNanos);
        int windowBytes = connection.congestion.windowBytes();
        delivery.onAckProcessed(connection.congestion, sent, connection.rtt, nowNanos);
        connection.noticeWindow(windowBytes, nowNanos);
        sent.forgetSettled(nowNanos, KEEP_LOST_NANOS);
        return true;
    }

    private void acknowledge(ConnectionCore connection, long number, byte state, long nowNanos) {
        boolean spurious = state == SentPackets.LOST;
        sent.settle(number, SentPackets.ACKED);
        if (spurious) {
            long distance = connection.largestAcked - number;
            if (distance > 0) {
                widen(distance, nowNanos);
            }
        }
        if (!sent.isMtuProbe(number)) {
            delivery.onAcked(number, sent.bytes(number), sent.sentNanos(number), spurious, nowNanos);
            if (spurious) {
                loss.onSpurious();
                connection.onSpuriousLoss(number, nowNanos);
            } else {
                loss.onAcked();
            }
        }
        connection.onPacketAcked(sent, number, nowNanos);
    }

    private void detectByAcks(ConnectionCore connection, long nowNanos) {
        reorderNanos = Deadlines.NONE;
        long largestAcked = connection.largestAcked;
        RttEstimator rtt = connection.rtt;
        long allowance = Math.max(rtt.smoothedNanos(), rtt.latestNanos()) + reorderWindow(rtt);
        for (long number = sent.oldestOutstanding();
                number >= 0 && number < largestAcked;
                number = sent.oldestOutstanding()) {
            long deadline = sent.sentNanos(number) + allowance;
            if (largestAcked - number >= packetThreshold || deadline - nowNanos <= 0) {
                lose(connection, number, nowNanos, false);
            } else {
                reorderNanos = deadline;
                break;
            }
        }
    }

    private void lose(ConnectionCore connection, long number, long nowNanos, boolean byTimer) {
        sent.settle(number, SentPackets.LOST);
        if (!sent.isMtuProbe(number)) {
            delivery.onLost(number, sent.bytes(number));
            loss.onLost();
        }
        connection.onPacketLost(sent, number, nowNanos, byTimer);
    }

    /** All that is under way was sent under keys, or from a place, of the past: its content is sent again at once. */
    void loseAll(ConnectionCore connection, long nowNanos) {
        for (long number = sent.oldestOutstanding(); number >= 0; number = sent.oldestOutstanding()) {
            sent.settle(number, SentPackets.LOST);
            connection.onPacketLost(sent, number, nowNanos, false);
        }
        sent.forgetSettled(nowNanos, 0);
        reset();
        delivery.onMoved(sent.next());
        connection.resetCongestion(nowNanos);
    }

    /** The peer is heard: if the timer has backed off far, it should not sleep through the end of an outage. */
    void onHeard() {
        rounds = Math.min(rounds, ROUNDS_WHEN_HEARD);
    }

    /** The peer speaks from another address: what was sent to the old one is worth a new try at once. */
    void onMoved() {
        rounds = 0;
    }

    /** When {@link #onDeadline} must be called. */
    long deadlineNanos(ConnectionCore connection) {
        long oldest = sent.oldestOutstanding();
        if (oldest < 0) {
            return Deadlines.NONE;
        }
        return Math.min(timerNanos(connection.rtt, oldest) + heldNanos(connection, oldest), reorderNanos);
    }

    /** Declares lost what is due. */
    void onDeadline(ConnectionCore connection, long nowNanos) {
        if (reorderNanos != Deadlines.NONE && reorderNanos - nowNanos <= 0) {
            detectByAcks(connection, nowNanos);
        }
        long oldest = sent.oldestOutstanding();
        if (oldest < 0 || timerNanos(connection.rtt, oldest) + heldNanos(connection, oldest) - nowNanos > 0) {
            return;
        }
        long unbackedNanos = connection.rtt.timeoutNanos();
        if (rounds == 0 || nowNanos - roundNanos >= unbackedNanos) {
            rounds++;
            roundNanos = nowNanos;
        }
        connection.counters.probe();
        for (int i = 0; i < PROBE_DATAGRAMS && oldest >= 0; i++) {
            if (i > 0 && sent.sentNanos(oldest) + unbackedNanos - nowNanos > 0) {
                break;
            }
            lose(connection, oldest, nowNanos, true);
            probeDatagrams = Math.min(PROBE_DATAGRAMS, probeDatagrams + 1);
            oldest = sent.oldestOutstanding();
        }
        if (!sent.hasRoom()) {
            // No ack comes to make room for what must be sent again.
            sent.forgetSettled(nowNanos, KEEP_LOST_NANOS);
        }
    }

    /** How much longer the timer may wait for a datagram that leaves anyway. */
    private long heldNanos(ConnectionCore connection, long number) {
        if ((sent.control(number) & HotState.AGAIN) != 0 || connection.config().redundancy() || !loss.isMuchNow()) {
            return 0;
        }
        long most = connection.rtt.smoothedNanos() / 6;
        long until = connection.expectedNanos() - timerNanos(connection.rtt, number);
        return until > 0 && until <= most ? most : 0;
    }

    /** A datagram is about to leave: what was held for it goes along. */
    void releaseHeld(ConnectionCore connection, long nowNanos) {
        long oldest = sent.oldestOutstanding();
        while (oldest >= 0 && heldNanos(connection, oldest) > 0 && timerNanos(connection.rtt, oldest) - nowNanos <= 0) {
            lose(connection, oldest, nowNanos, true);
            oldest = sent.oldestOutstanding();
        }
    }

    /**
     * The peer must be answered, but has acknowledged nothing for so long that no more can be remembered: the oldest is
     * given up, and its content sent again.
     */
    void makeRoom(ConnectionCore connection, long nowNanos) {
        sent.forgetSettled(nowNanos, KEEP_LOST_NANOS);
        while (sent.isFull()) {
            lose(connection, sent.oldestOutstanding(), nowNanos, true);
            sent.forgetSettled(nowNanos, KEEP_LOST_NANOS);
        }
    }

    /** When the timer fires, {@code number} being the oldest outstanding. */
    private long timerNanos(RttEstimator rtt, long number) {
        long fromNanos = sent.sentNanos(number);
        if (rounds >= ROUNDS_FOR_ALL && roundNanos - fromNanos > 0) {
            fromNanos = roundNanos;
        }
        return fromNanos + timeout(rtt, number);
    }

    private long timeout(RttEstimator rtt, long number) {
        long nanos = rtt.timeoutNanos();
        if ((sent.control(number) & HotState.ASKED_NOW) == 0) {
            nanos += AckSchedule.MAX_DELAY_NANOS;
        }
        int backedOff = rounds - ROUNDS_WITHOUT_BACK_OFF;
        if (backedOff < 0) {
            return nanos;
        }
        int halves = BACK_OFF_HALVES[Math.min(backedOff, BACK_OFF_HALVES.length - 1)];
        return Math.min(nanos * halves / 2, MAX_TIMEOUT_NANOS);
    }

    /** Whether a datagram may leave past the congestion window and the pacer. */
    boolean hasProbe() {
        return probeDatagrams > 0;
    }

    /** A datagram that is to be acknowledged left. */
    void onSent() {
        if (probeDatagrams > 0) {
            probeDatagrams--;
        }
    }

    /** Nothing is left to probe with. */
    void cancelProbes() {
        probeDatagrams = 0;
    }

    private long reorderWindow(RttEstimator rtt) {
        long window = Math.max(rtt.minNanos() / 8, MIN_REORDER_NANOS) * windowFactor;
        return Math.min(window, Math.max(rtt.smoothedNanos(), MIN_REORDER_NANOS));
    }

    private void widen(long distance, long nowNanos) {
        windowFactor = Math.min(MAX_WINDOW_FACTOR, windowFactor * 2);
        if (distance >= packetThreshold) {
            packetThreshold = (int) Math.min(MAX_PACKET_THRESHOLD, distance + 1);
        }
        widenedNanos = nowNanos;
    }

    private void narrow(RttEstimator rtt, long nowNanos) {
        if ((windowFactor > 1 || packetThreshold > PACKET_THRESHOLD)
                && nowNanos - widenedNanos > 16 * rtt.smoothedNanos()) {
            windowFactor = Math.max(1, windowFactor / 2);
            packetThreshold = Math.max(PACKET_THRESHOLD, packetThreshold / 2);
            widenedNanos = nowNanos;
        }
    }

    private static boolean isUnsettled(byte state) {
        return state == SentPackets.OUTSTANDING || state == SentPackets.LOST;
    }
}
