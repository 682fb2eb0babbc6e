// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import org.jspecify.annotations.Nullable;

/**
 * Sends at the rate at which the path delivers, with about two round trips' worth in flight at most, after BBR
 * (draft-ietf-ccwg-bbr). The model has two numbers: the largest delivery rate of the last two probing cycles, and the least
 * round trip of the last 10 s ({@link RttEstimator#minNanos()}).
 *
 * <pre>
 *  STARTUP --pipe full--> DRAIN --drained--> CRUISE --2 to 3 s, or rate grew--> PROBE_UP --a round--> PROBE_DOWN
 *                                              ^                                                         |
 *                                              +------------------------drained--------------------------+
 *  any --least round trip not seen for 10 s, or round trips the model cannot explain--> PROBE_RTT --> CRUISE, STARTUP
 * </pre>
 *
 * <p>Rates measured while the application, or the peer's credit, lets go little never lower the model, nor do they count as
 * a pipe that is full, unless a queue overflows. Loss alone does not either, unless it is grave: what is lost without a queue,
 * and also while little is sent, is the path's own, and so much more is sent that about the model's rate arrives. Loss
 * together with a queue lowers the rate to what arrives, and caps what is in flight until the next probe. Round trips of more
 * than twice the least are either a longer path or a queue that the model's rate makes: PROBE_RTT finds out which by sending
 * little. Judged once a round trip.
 */
final class BbrController implements CongestionController {
    /** While nothing is known of the path: a burst of {@link Pacer#BURST_PACKETS} beside the chat under way. */
    static final int INITIAL_WINDOW_BYTES = 16 * RudpConfig.DATAGRAM_BYTES;

    static final long MIN_RTT_EXPIRY_NANOS = 10_000_000_000L;
    private static final long PROBE_RTT_NANOS = 200_000_000L;

    /** Growth of the rate, in percent, from one round to the next by which the pipe is not full. */
    private static final int STARTUP_GROWTH_PERCENT = 25;

    private static final int FLAT_ROUNDS = 3;
    /** Growth of the rate since the last probe that makes the next one due at once. */
    private static final int PROBE_GROWTH_PERCENT = 12;

    private static final int CRUISE_ROUNDS = 4;
    /** Seldom enough that flows governed by loss, as CUBIC's, recover in between from what a probe makes them lose. */
    private static final long CRUISE_NANOS = 2_000_000_000L;
    /** Cycles differ in length by up to 1 s, or flows that share a path would probe in step. */
    private static final long CRUISE_DITHER_NANOS = 62_500_000L;

    private static final int CRUISE_DITHER_MASK = 15;

    /** A queue shorter than this is not told from the jitter of schedulers and radio. */
    private static final long QUEUE_FLOOR_NANOS = 5_000_000L;
    /** A queue that is longer ends STARTUP: chat would wait in it. */
    private static final long QUEUE_CEILING_NANOS = 30_000_000L;

    /** Draining that has not come to its end by then is given up: the model is wrong, not the path. */
    private static final int DRAIN_ROUNDS = 3;

    /** A round trip that sending little shortens to this share or less had a queue of ours in it. */
    private static final int OURS_PERCENT = 80;

    /** Datagrams in a round below which a share of them proves nothing. */
    private static final int LEAST_PACKETS = 20;

    private static final int LOSS_PERCENT = 2;
    private static final int GRAVE_LOSS_PERCENT = 50;
    /** What congestion in one round leaves of the rate at least, and of what is in flight until the next probe. */
    private static final int LEAST_LEFT_PERCENT = 70;

    private static final int CAP_PERCENT = 80;

    /** Draining for so many rounds tells what is lost while little is sent. */
    private static final int WEIGHING_ROUNDS = 2;
    /** For so much loss the rate makes up of itself: the largest of many is above the mean. */
    private static final int MADE_UP_PERCENT = 6;

    private static final int MOST_OWN_LOSS_PERCENT = 40;

    /** What is done, with the gains over the model in percent: of the rate, and of what may be in flight. */
    enum Phase {
        STARTUP(277, 200),
        DRAIN(50, 200),
        CRUISE(100, 200),
        PROBE_UP(125, 225),
        PROBE_DOWN(75, 200),
        PROBE_RTT(50, 50);

        private final int ratePercent;
        private final int windowPercent;

        Phase(int ratePercent, int windowPercent) {
            this.ratePercent = ratePercent;
            this.windowPercent = windowPercent;
        }
    }

    private Phase phase = Phase.STARTUP;
    private int windowBytes = INITIAL_WINDOW_BYTES;
    /** Bound of what may be in flight until the next probe, after congestion. */
    private int capBytes = MAX_WINDOW_BYTES;

    /** The largest delivery rate of the cycle before, and of this one so far; bytes a second, 2^31 - 1 standing for more. */
    private int rateBefore;

    private int rateNow;
    /** The rate that growth is measured from: of the last round that grew in STARTUP, of the last probe after it. */
    private int baseRate;

    private long minRttSeenNanos;
    private long phaseEndNanos;
    /** Why PROBE_RTT was entered; null if only since the least round trip was not seen for long. */
    private @Nullable Doubt doubt;

    private byte rounds;
    private boolean pipeFull;
    /** What the path loses of itself, in percent: the less of what was lost before a probe, and while draining behind it. */
    private byte ownLossPercent;
    /** Whether there was a queue in the round before. */
    private boolean queueStands;
    /** Whether draining goes on until that is known anew. */
    private boolean weighsLoss;
    /** Whether this cycle measured a rate that was not application-limited. */
    private boolean measured;
    /** Whether the round began with nothing in flight: its round trips are the path's own. */
    private boolean fromRest;

    @Override
    public void onSentFromRest(long nowNanos) {
        fromRest = true;
    }

    @Override
    public void onAck(DeliverySampler sample, RttEstimator rtt, long nowNanos) {
        learnRate(sample);
        if (rtt.latestNanos() <= rtt.minNanos()) {
            minRttSeenNanos = nowNanos;
        }
        if (sample.isRoundOver()) {
            onRound(sample, rtt, nowNanos);
            fromRest = false;
        }
        boolean drains = phase == Phase.DRAIN || phase == Phase.PROBE_DOWN;
        if (drains && !weighsLoss && sample.inFlightBytes() <= pipeBytes(rtt)) {
            cruise(sample, nowNanos);
        }
        windowBytes = window(rtt);
    }

    private void learnRate(DeliverySampler sample) {
        long rate = sample.rateBytesPerSecond();
        if (rate > 0 && !sample.isAppLimited()) {
            measured = true;
        }
        // What is application-limited is below the path's rate, and no less true if it is above the model.
        rateNow = sample.isAppLimited() && rate < rate() ? rateNow : Math.max(rateNow, bounded(rate));
    }

    private void onRound(DeliverySampler sample, RttEstimator rtt, long nowNanos) {
        rounds = (byte) Math.min(rounds + 1, Byte.MAX_VALUE);
        queueStands = isQueue(queueNanos(sample, rtt), rtt);
        boolean expired = nowNanos - minRttSeenNanos > MIN_RTT_EXPIRY_NANOS;
        boolean atEase = fromRest || sample.isAppLimited();
        if (phase == Phase.PROBE_RTT) {
            judgeProbeRtt(sample, rtt, nowNanos);
        } else if (expired && atEase) {
            renewMinRtt(sample, rtt, nowNanos);
        } else if (!atEase && pipeFull && contradictsModel(sample, rtt)) {
            doubt = new Doubt(sample.roundMinRttNanos(), sample.roundRate());
            probeRtt(nowNanos);
        } else if (expired) {
            doubt = null;
            probeRtt(nowNanos);
        } else {
            switch (phase) {
                case STARTUP -> judgeStartup(sample, rtt);
                case CRUISE -> judgeCruise(sample, rtt, nowNanos);
                case PROBE_UP -> probeDown(sample);
                case DRAIN, PROBE_DOWN -> judgeDraining(sample, nowNanos);
                case PROBE_RTT -> throw new AssertionError();
            }
        }
    }

    /** With the right model, and nobody else, a window of two pipes makes no round trip longer than this. */
    private static boolean contradictsModel(DeliverySampler sample, RttEstimator rtt) {
        return queueNanos(sample, rtt) > rtt.minNanos() + QUEUE_FLOOR_NANOS;
    }

    private void judgeStartup(DeliverySampler sample, RttEstimator rtt) {
        boolean overflows = isLossy(sample, rtt.smoothedNanos() - rtt.minNanos(), rtt);
        if (sample.isAppLimited() && !overflows) {
            return;
        }
        if (rate() >= percent(baseRate, 100 + STARTUP_GROWTH_PERCENT)) {
            baseRate = rate();
            rounds = 0;
            return;
        }
        long queueNanos = queueNanos(sample, rtt);
        boolean longQueue = rounds >= 2 && queueNanos > longQueueNanos(rtt);
        if (rounds >= FLAT_ROUNDS || longQueue || isLossy(sample, queueNanos, rtt)) {
            pipeFull = true;
            enter(Phase.DRAIN);
        }
    }

    private void judgeCruise(DeliverySampler sample, RttEstimator rtt, long nowNanos) {
        if (sample.isAppLimited()) {
            return;
        }
        // The first round tells of what left before it, of which draining was the answer.
        if (rounds > 1 && isCongested(sample, rtt)) {
            lowerRate(Math.max(sample.roundRate(), percent(rate(), LEAST_LEFT_PERCENT)));
            ownLossPercent = 0;
            if (capBytes == MAX_WINDOW_BYTES) {
                // Once a cycle, or whoever does not yield would have it all.
                capBytes = (int) Math.max(MIN_WINDOW_BYTES, percent(sample.inFlightBytes(), CAP_PERCENT));
            }
        }
        boolean due = rounds >= CRUISE_ROUNDS && nowNanos - phaseEndNanos >= 0;
        if (due || rate() >= percent(baseRate, 100 + PROBE_GROWTH_PERCENT)) {
            probeUp();
        }
    }

    /** The round that ends told of what left before the probe. */
    private void probeDown(DeliverySampler sample) {
        enter(Phase.PROBE_DOWN);
        weighsLoss = ownLossPercent > 0 || exceeds(sample, MADE_UP_PERCENT);
        ownLossPercent = lossPercent(sample);
    }

    private void judgeDraining(DeliverySampler sample, long nowNanos) {
        if (weighsLoss && rounds >= WEIGHING_ROUNDS) {
            weighsLoss = false;
            ownLossPercent = queueStands ? 0 : (byte) Math.min(ownLossPercent, lossPercent(sample));
        }
        if (rounds >= DRAIN_ROUNDS) {
            cruise(sample, nowNanos);
        }
    }

    private void probeRtt(long nowNanos) {
        enter(Phase.PROBE_RTT);
        weighsLoss = false;
        ownLossPercent = 0;
        phaseEndNanos = nowNanos + PROBE_RTT_NANOS;
    }

    /** The first rounds drain the queue, the last one tells how long the path is without. */
    private void judgeProbeRtt(DeliverySampler sample, RttEstimator rtt, long nowNanos) {
        if (rounds < 2 || nowNanos - phaseEndNanos < 0) {
            return;
        }
        Doubt doubt = this.doubt;
        if (doubt != null && sample.roundMinRttNanos() < percent(doubt.rttNanos, OURS_PERCENT)) {
            // The queue was ours.
            lowerRate(doubt.rate);
            enter(Phase.DRAIN);
            return;
        }
        renewMinRtt(sample, rtt, nowNanos);
        if (pipeFull) {
            cruise(sample, nowNanos);
        } else {
            enter(Phase.STARTUP);
        }
    }

    private void renewMinRtt(DeliverySampler sample, RttEstimator rtt, long nowNanos) {
        if (sample.roundMinRttNanos() != Long.MAX_VALUE) {
            rtt.raiseMin(sample.roundMinRttNanos());
        }
        minRttSeenNanos = nowNanos;
    }

    private void cruise(DeliverySampler sample, long nowNanos) {
        enter(Phase.CRUISE);
        phaseEndNanos = nowNanos + CRUISE_NANOS + (sample.nextNumber() & CRUISE_DITHER_MASK) * CRUISE_DITHER_NANOS;
    }

    private void probeUp() {
        enter(Phase.PROBE_UP);
        capBytes = MAX_WINDOW_BYTES;
        baseRate = rate();
        if (measured) {
            rateBefore = rateNow;
            rateNow = 0;
            measured = false;
        }
    }

    private void enter(Phase next) {
        phase = next;
        rounds = 0;
    }

    private boolean isCongested(DeliverySampler sample, RttEstimator rtt) {
        long queueNanos = queueNanos(sample, rtt);
        return isLossy(sample, queueNanos, rtt)
                || (exceeds(sample, GRAVE_LOSS_PERCENT) && sample.roundRate() < percent(rate(), 88));
    }

    private boolean isLossy(DeliverySampler sample, long queueNanos, RttEstimator rtt) {
        return exceeds(sample, LOSS_PERCENT + 2 * ownLossPercent) && isQueue(queueNanos, rtt);
    }

    private static boolean isQueue(long queueNanos, RttEstimator rtt) {
        return queueNanos > Math.max(QUEUE_FLOOR_NANOS, rtt.minNanos() / 8);
    }

    /** The share lost in the round; 0 if it is small, or so few were sent that it proves nothing. */
    private static byte lossPercent(DeliverySampler sample) {
        return (byte)
                (exceeds(sample, MADE_UP_PERCENT)
                        ? Math.min(MOST_OWN_LOSS_PERCENT, sample.roundLostPackets() * 100 / sample.roundPackets())
                        : 0);
    }

    private static boolean exceeds(DeliverySampler sample, int lossPercent) {
        int packets = sample.roundPackets();
        return packets >= LEAST_PACKETS && sample.roundLostPackets() * 100 > packets * lossPercent;
    }

    private static long queueNanos(DeliverySampler sample, RttEstimator rtt) {
        long least = sample.roundMinRttNanos();
        return least == Long.MAX_VALUE ? 0 : least - rtt.minNanos();
    }

    private static long longQueueNanos(RttEstimator rtt) {
        return Math.max(QUEUE_CEILING_NANOS, rtt.minNanos() / 2);
    }

    private void lowerRate(long rate) {
        rateBefore = Math.min(rateBefore, bounded(rate));
        rateNow = Math.min(rateNow, bounded(rate));
    }

    private int rate() {
        return Math.max(rateBefore, rateNow);
    }

    private static int bounded(long rate) {
        return (int) Math.min(rate, Integer.MAX_VALUE);
    }

    /** What the path holds without a queue. */
    private long pipeBytes(RttEstimator rtt) {
        return (long) (rate() * (rtt.minNanos() * 1e-9));
    }

    private int window(RttEstimator rtt) {
        long bytes = percent(pipeBytes(rtt), phase.windowPercent);
        int least = phase == Phase.STARTUP ? INITIAL_WINDOW_BYTES : MIN_WINDOW_BYTES;
        return (int) Math.max(least, Math.min(bytes, capBytes));
    }

    private static long percent(long value, int percent) {
        return value / 100 * percent;
    }

    @Override
    public void reset() {
        phase = Phase.STARTUP;
        windowBytes = INITIAL_WINDOW_BYTES;
        capBytes = MAX_WINDOW_BYTES;
        rateBefore = 0;
        rateNow = 0;
        baseRate = 0;
        rounds = 0;
        pipeFull = false;
        ownLossPercent = 0;
        queueStands = false;
        weighsLoss = false;
        measured = false;
        fromRest = false;
    }

    @Override
    public int windowBytes() {
        return windowBytes;
    }

    @Override
    public long pacingBytesPerSecond(RttEstimator rtt) {
        // A least window a round trip, whatever little the application has shown of the path so far.
        long least = (long) (MIN_WINDOW_BYTES * 1e9 / Math.max(rtt.smoothedNanos(), 1));
        return pipeFull
                ? Math.max(least / 2, percent(offeredRate(), phase.ratePercent))
                : percent(Math.max(least, rate()), phase.ratePercent);
    }

    /** What a round had when it contradicted the model. */
    private record Doubt(long rttNanos, long rate) {}

    /** What must be sent so that about the model's rate arrives. */
    private long offeredRate() {
        boolean makesUp = phase == Phase.PROBE_UP || (phase == Phase.CRUISE && !queueStands);
        return makesUp ? rate() * 100 / (100 - Math.max(0, ownLossPercent - MADE_UP_PERCENT)) : rate();
    }

    Phase phase() {
        return phase;
    }

    /** The model's rate in bytes a second. */
    long rateBytesPerSecond() {
        return rate();
    }
}
