// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/**
 * Decides how many bytes may be in flight and how fast they may leave. It is told what happened, keeps no packets and arms
 * no timers. One per connection, kept while the connection is idle; what it need not know then is in
 * {@link DeliverySampler}.
 */
interface CongestionController {
    /** The least window: random loss must never starve chat. */
    int MIN_WINDOW_BYTES = 12 * RudpConfig.DATAGRAM_BYTES;

    int MAX_WINDOW_BYTES = 4 << 20;

    /** A new controller of the kind. */
    static CongestionController of(CongestionControl kind) {
        return switch (kind) {
            case BBR -> new BbrController();
            case CUBIC -> new CubicController();
        };
    }

    /** The first datagram after a rest leaves: nothing is in flight. */
    void onSentFromRest(long nowNanos);

    /** An ACK segment with news was read, and what it says was counted by the sampler. */
    void onAck(DeliverySampler sample, RttEstimator rtt, long nowNanos);

    /** The path is another one: nothing learned before holds. */
    void reset();

    /** Bytes that may be in flight, {@link #MIN_WINDOW_BYTES} to {@link #MAX_WINDOW_BYTES}. */
    int windowBytes();

    /** Bytes that may leave per second once a burst is spent, at least 1. */
    long pacingBytesPerSecond(RttEstimator rtt);
}
