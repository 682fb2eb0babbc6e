// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/** The round trip of one path, estimated as RFC 9002 §5 says. All times in ns. */
final class RttEstimator {
    /** Assumed before the first sample. */
    static final long INITIAL_NANOS = 200_000_000L;
    /** The least allowance for variance: timers and schedulers are no finer. */
    static final long MIN_VARIANCE_NANOS = 2_000_000L;

    private long smoothedNanos = INITIAL_NANOS;
    private long varianceNanos = INITIAL_NANOS / 2;
    private long minNanos;
    /** Rounded down: half of a long at rest. */
    private int latestMicros;

    /** Takes a guess from the handshake: it sets the timers, but is no sample. */
    void guess(long rttNanos) {
        if (minNanos == 0) {
            smoothedNanos = Math.min(Math.max(rttNanos, 1), INITIAL_NANOS);
            varianceNanos = smoothedNanos / 2;
        }
    }

    /** Takes a sample; the peer says by how much it delayed its ack. */
    void sample(long rttNanos, long ackDelayNanos) {
        long rtt = Math.max(rttNanos, 1);
        latestMicros = (int) Math.min(Integer.MAX_VALUE, rtt / 1_000);
        if (minNanos == 0) {
            minNanos = rtt;
            smoothedNanos = rtt;
            varianceNanos = rtt / 2;
            return;
        }
        minNanos = Math.min(minNanos, rtt);
        long adjusted = rtt - ackDelayNanos >= minNanos ? rtt - ackDelayNanos : rtt;
        varianceNanos += (Math.abs(smoothedNanos - adjusted) - varianceNanos) / 4;
        smoothedNanos += (adjusted - smoothedNanos) / 8;
    }

    /** The path itself takes this long now (RFC 9002 §5.2 lets the least RTT be found anew). */
    void raiseMin(long rttNanos) {
        minNanos = Math.max(minNanos, rttNanos);
    }

    /** Forgets everything: the path is another one. */
    void reset() {
        smoothedNanos = INITIAL_NANOS;
        varianceNanos = INITIAL_NANOS / 2;
        latestMicros = 0;
        minNanos = 0;
    }

    boolean hasSample() {
        return minNanos != 0;
    }

    long smoothedNanos() {
        return smoothedNanos;
    }

    /** Rounded down to a microsecond. */
    long latestNanos() {
        return latestMicros * 1_000L;
    }

    /** 0 before the first sample. */
    long minNanos() {
        return minNanos;
    }

    /** srtt + max(4 var, 2 ms): how long an answer given at once may take. */
    long timeoutNanos() {
        return smoothedNanos + Math.max(4 * varianceNanos, MIN_VARIANCE_NANOS);
    }
}
