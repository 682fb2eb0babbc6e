// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/**
 * Grows the window as a cubic function of the time since the last loss, after RFC 9438: the yardstick. Slow start ends with
 * the first loss, or when a round's least round trip shows a queue (RFC 9406 §4.2, without its conservative part).
 *
 * <p>A reduction is rolled back, once, when all losses that led to it prove spurious (RFC 9438 §4.9.2), and when less than a
 * fifth of the window was lost in a round whose least round trip shows no queue: that is radio, not congestion.
 */
final class CubicController implements CongestionController {
    private static final double BETA = 0.7;
    /** Segments per second³ (RFC 9438 §5.1). */
    private static final double C = 0.4;

    private static final double ALPHA = 3 * (1 - BETA) / (1 + BETA);
    private static final int SEGMENT_BYTES = RudpConfig.DATAGRAM_BYTES;
    private static final long MIN_QUEUE_NANOS = 4_000_000L;
    private static final long MAX_QUEUE_NANOS = 16_000_000L;
    private static final int SMALL_LOSS_DIVISOR = 5;

    private double window = MIN_WINDOW_BYTES;
    private double slowStartEnd = MAX_WINDOW_BYTES;
    private double windowMax;
    /** The window that Reno would have (RFC 9438 §4.3). */
    private double renoWindow;
    /** Seconds from the beginning of the epoch until the window is {@link #windowMax} again. */
    private double k;

    private long epochNanos;
    private boolean inEpoch;

    // The reduction that may be rolled back.
    private double priorWindow;
    private double priorSlowStartEnd;
    private double priorWindowMax;
    private long recoveryEnd;
    private int lossBytes;
    private boolean canRollBack;

    @Override
    public void onSentFromRest(long nowNanos) {
        // The cubic function must not run on while nothing is sent (RFC 9438 §5.8).
        inEpoch = false;
    }

    @Override
    public void onAck(DeliverySampler sample, RttEstimator rtt, long nowNanos) {
        if (sample.largestLost() >= recoveryEnd) {
            reduce(sample);
        } else if (canRollBack) {
            lossBytes += sample.lostBytes();
        }
        if (canRollBack && sample.spuriousBytes() > 0) {
            lossBytes -= sample.spuriousBytes();
            if (lossBytes <= 0) {
                rollBack();
            }
        }
        boolean over = sample.isRoundOver();
        boolean queue = over && hasQueue(sample, rtt);
        if (over && canRollBack && sample.newestAcked() >= recoveryEnd) {
            if (!queue && lossBytes < priorWindow / SMALL_LOSS_DIVISOR) {
                rollBack();
            }
            canRollBack = false;
        }
        if (queue && window < slowStartEnd) {
            slowStartEnd = window;
        }
        if (!sample.isAppLimited() && sample.newestAcked() >= recoveryEnd) {
            grow(sample.ackedBytes(), rtt, nowNanos);
        }
    }

    private static boolean hasQueue(DeliverySampler sample, RttEstimator rtt) {
        long least = sample.roundMinRttNanos();
        long allowance = Math.max(MIN_QUEUE_NANOS, Math.min(rtt.minNanos() / 8, MAX_QUEUE_NANOS));
        return least != Long.MAX_VALUE && least - rtt.minNanos() >= allowance;
    }

    private void reduce(DeliverySampler sample) {
        priorWindow = window;
        priorSlowStartEnd = slowStartEnd;
        priorWindowMax = windowMax;
        canRollBack = true;
        lossBytes = sample.lostBytes();
        recoveryEnd = sample.nextNumber();
        // Fast convergence (RFC 9438 §4.7): a window that did not come back to its maximum leaves room for others.
        windowMax = window < windowMax ? window * (1 + BETA) / 2 : window;
        window = Math.max(MIN_WINDOW_BYTES, window * BETA);
        slowStartEnd = window;
        inEpoch = false;
    }

    private void rollBack() {
        window = Math.max(window, priorWindow);
        slowStartEnd = priorSlowStartEnd;
        windowMax = priorWindowMax;
        canRollBack = false;
        inEpoch = false;
    }

    private void grow(int ackedBytes, RttEstimator rtt, long nowNanos) {
        if (window < slowStartEnd) {
            window += ackedBytes;
        } else {
            growCubically(ackedBytes, rtt, nowNanos);
        }
        window = Math.min(window, MAX_WINDOW_BYTES);
    }

    private void growCubically(int ackedBytes, RttEstimator rtt, long nowNanos) {
        if (!inEpoch) {
            inEpoch = true;
            epochNanos = nowNanos;
            windowMax = Math.max(windowMax, window);
            k = StrictMath.cbrt((windowMax - window) / SEGMENT_BYTES / C);
            renoWindow = window;
        }
        double alpha = renoWindow < priorWindow ? ALPHA : 1;
        renoWindow += alpha * SEGMENT_BYTES * ackedBytes / window;
        double seconds = (nowNanos - epochNanos + rtt.smoothedNanos()) * 1e-9 - k;
        double target = windowMax + C * seconds * seconds * seconds * SEGMENT_BYTES;
        target = Math.max(window, Math.min(target, 1.5 * window));
        window += (target - window) * ackedBytes / window;
        window = Math.max(window, renoWindow);
    }

    @Override
    public void reset() {
        window = MIN_WINDOW_BYTES;
        slowStartEnd = MAX_WINDOW_BYTES;
        windowMax = 0;
        priorWindow = 0;
        canRollBack = false;
        inEpoch = false;
    }

    @Override
    public int windowBytes() {
        return (int) window;
    }

    @Override
    public long pacingBytesPerSecond(RttEstimator rtt) {
        double gain = window < slowStartEnd ? 2.0 : 1.25;
        return (long) (gain * window * 1e9 / Math.max(rtt.smoothedNanos(), 1)) + 1;
    }
}
