// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.protocol.Confined;

/**
 * Sees what the engine does, for tests, simulators and diagnosis. Called on the engine's thread, in the middle of its
 * work: an implementation must not call back into the engine and must not block. All methods do nothing by default.
 */
@Confined("owner")
public interface RudpTracer {
    /** A tracer that looks away. */
    RudpTracer NONE = new RudpTracer() {};

    /** A protected datagram left. {@code ackEliciting}: it will be acknowledged or declared lost. */
    default void onSent(RudpConnection connection, long nowNanos, long packetNumber, int bytes, boolean ackEliciting) {}

    /** An authentic datagram with a new packet number arrived. */
    default void onReceived(RudpConnection connection, long nowNanos, long packetNumber, int bytes) {}

    /** A datagram of ours was acknowledged for the first time. */
    default void onAcked(RudpConnection connection, long nowNanos, long packetNumber) {}

    /** A datagram of ours was declared lost; what it carried is sent again. {@code byTimer}: no later ack told so. */
    default void onLost(RudpConnection connection, long nowNanos, long packetNumber, boolean byTimer) {}

    /** A datagram that had been declared lost was acknowledged after all. */
    default void onSpuriousLoss(RudpConnection connection, long nowNanos, long packetNumber) {}

    /** The congestion controller has another window, after an ACK or since the path is another one. */
    default void onWindow(RudpConnection connection, long nowNanos, int windowBytes, long smoothedRttNanos) {}

    /** The connection went to another state, named as in {@code docs/protocol/udp.md}. */
    default void onState(RudpConnection connection, long nowNanos, String from, String to) {}

    /** A datagram was dropped without an answer. */
    default void onDropped(long nowNanos, DropReason reason, PeerAddress from, int bytes) {}
}
