// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/**
 * Decides how many bytes may be in flight and how fast they may leave. A value that is told what happened; it keeps no
 * packets and arms no timers. One per connection, kept while the connection is idle.
 */
interface CongestionController {
    /** The least window: random loss must never starve chat. */
    int MIN_WINDOW_BYTES = 12 * RudpConfig.DATAGRAM_BYTES;

    /**
     * A datagram left.
     *
     * @param windowLimited whether more would have left, had the window been larger
     */
    void onSent(long packetNumber, int bytes, boolean windowLimited);

    /** A datagram was acknowledged for the first time, and had not been declared lost. */
    void onAcked(long packetNumber, int bytes);

    /** A datagram was declared lost. */
    void onLost(int bytes);

    /** A datagram declared lost was acknowledged after all. */
    void onSpuriousLoss(int bytes);

    /**
     * All acknowledgements and losses of one ACK segment were told.
     *
     * @param nextPacketNumber the number the next datagram will have
     */
    void onAckProcessed(RttEstimator rtt, long nextPacketNumber);

    /** The path is another one: nothing learned before holds. */
    void reset();

    /** Bytes that may be in flight, at least {@link #MIN_WINDOW_BYTES}. */
    int windowBytes();

    /** Bytes that may leave per second once a burst is spent. */
    long pacingBytesPerSecond(RttEstimator rtt);
}
