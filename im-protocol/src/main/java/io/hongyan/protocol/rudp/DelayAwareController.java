// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/**
 * The simple default: grows while the window is in use and no queue builds up; shrinks when loss comes together with
 * queueing delay, when most of what was sent is lost, or when the queue grows long. Loss alone, as radio links have it,
 * changes nothing.
 *
 * <p>Judged once a round, a round being the time until the first datagram sent after its beginning is acknowledged.
 * Queueing delay = the least RTT of the round - the least RTT of the path.
 */
final class DelayAwareController implements CongestionController {
    static final int MAX_WINDOW_BYTES = 4 << 20;

    /** A queue shorter than this is not told from the jitter of schedulers and radio. */
    private static final long QUEUE_FLOOR_NANOS = 5_000_000L;
    /** A longer queue than this is ours, or soon will be: chat would wait in it. */
    private static final long QUEUE_CEILING_NANOS = 30_000_000L;

    /** A queue that outlasts this many rounds at the least window is none: the path has become longer. */
    private static final int LEAST_WINDOW_ROUNDS = 16;

    private static final double LOSS_FACTOR = 0.7;
    private static final double QUEUE_FACTOR = 0.85;
    /** Share of a round's datagrams, in percent, above which loss counts as congestion whatever the delay. */
    private static final int SEVERE_LOSS_PERCENT = 50;
    /** Fewer packets than this in a round prove nothing about a share. */
    private static final int SEVERE_LOSS_PACKETS = 20;

    private int windowBytes = MIN_WINDOW_BYTES;
    private boolean slowStart = true;
    private boolean windowLimited;
    private long roundEnd;
    private long roundMinRttNanos = Long.MAX_VALUE;
    private int roundAckedBytes;
    private int roundAckedPackets;
    private int roundLostPackets;
    private boolean roundOver;
    private int queuedAtLeast;
    private long queuedAtLeastMinNanos = Long.MAX_VALUE;

    @Override
    public void onSent(long packetNumber, int bytes, boolean windowLimited) {
        this.windowLimited |= windowLimited;
    }

    @Override
    public void onAcked(long packetNumber, int bytes) {
        roundAckedBytes += bytes;
        roundAckedPackets++;
        if (packetNumber >= roundEnd) {
            roundOver = true;
        }
    }

    @Override
    public void onLost(int bytes) {
        roundLostPackets++;
    }

    @Override
    public void onSpuriousLoss(int bytes) {
        roundLostPackets = Math.max(0, roundLostPackets - 1);
    }

    @Override
    public void onAckProcessed(RttEstimator rtt, long nextPacketNumber) {
        if (rtt.latestNanos() > 0) {
            roundMinRttNanos = Math.min(roundMinRttNanos, rtt.latestNanos());
        }
        if (roundOver) {
            judgeRound(rtt);
            roundEnd = nextPacketNumber;
            roundMinRttNanos = Long.MAX_VALUE;
            roundAckedBytes = 0;
            roundAckedPackets = 0;
            roundLostPackets = 0;
            roundOver = false;
            windowLimited = false;
        }
    }

    private void judgeRound(RttEstimator rtt) {
        long queueNanos = roundMinRttNanos == Long.MAX_VALUE ? 0 : roundMinRttNanos - rtt.minNanos();
        boolean queueing = queueNanos > Math.max(QUEUE_FLOOR_NANOS, rtt.minNanos() / 8);
        if (queueing) {
            slowStart = false;
        }
        if (roundLostPackets > 0 && (queueing || severeLoss())) {
            slowStart = false;
            shrink(LOSS_FACTOR);
        } else if (queueNanos > Math.max(QUEUE_CEILING_NANOS, rtt.minNanos() / 2)) {
            shrink(QUEUE_FACTOR);
        } else if (windowLimited && !queueing) {
            int growth = slowStart ? roundAckedBytes : Math.max(RudpConfig.DATAGRAM_BYTES, windowBytes / 16);
            windowBytes = Math.min(MAX_WINDOW_BYTES, windowBytes + growth);
        }
        noticeLongerPath(rtt, queueing);
    }

    /** Else a route that became longer would be taken for a queue for ever. */
    private void noticeLongerPath(RttEstimator rtt, boolean queueing) {
        if (!queueing || windowBytes > MIN_WINDOW_BYTES) {
            queuedAtLeast = 0;
            queuedAtLeastMinNanos = Long.MAX_VALUE;
            return;
        }
        queuedAtLeastMinNanos = Math.min(queuedAtLeastMinNanos, roundMinRttNanos);
        if (++queuedAtLeast >= LEAST_WINDOW_ROUNDS) {
            rtt.raiseMin(queuedAtLeastMinNanos);
            queuedAtLeast = 0;
            queuedAtLeastMinNanos = Long.MAX_VALUE;
        }
    }

    private void shrink(double factor) {
        windowBytes = Math.max(MIN_WINDOW_BYTES, (int) (windowBytes * factor));
    }

    private boolean severeLoss() {
        int packets = roundAckedPackets + roundLostPackets;
        return packets >= SEVERE_LOSS_PACKETS && roundLostPackets * 100 > packets * SEVERE_LOSS_PERCENT;
    }

    @Override
    public void reset() {
        windowBytes = MIN_WINDOW_BYTES;
        slowStart = true;
        windowLimited = false;
        roundMinRttNanos = Long.MAX_VALUE;
        roundLostPackets = 0;
        queuedAtLeast = 0;
        queuedAtLeastMinNanos = Long.MAX_VALUE;
    }

    @Override
    public int windowBytes() {
        return windowBytes;
    }

    @Override
    public long pacingBytesPerSecond(RttEstimator rtt) {
        double gain = slowStart ? 2.0 : 1.25;
        return (long) (gain * windowBytes * 1e9 / Math.max(rtt.smoothedNanos(), 1));
    }
}
