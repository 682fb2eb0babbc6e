// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a {@link RudpEndpoint}: ordered lanes for chat and bulk, and an unordered one that may lose.
 * Commands only queue; datagrams leave through {@link RudpEndpoint#pollDatagram}.
 */
@Confined("owner")
public abstract sealed class RudpConnection permits ConnectionCore {
    private @Nullable Object attachment;

    RudpConnection() {}

    /** The same connection, as the engine sees it. */
    final ConnectionCore core() {
        return (ConnectionCore) this;
    }

    /**
     * Queues one message. Its bytes are referenced, not copied, and must not change any more. Nothing leaves before
     * {@link #flush()}, unless a datagram leaves anyway. Before {@link RudpEvent#CONNECTED} nobody knows what a server
     * takes: if a message turns out to be larger, the connection ends with {@link ReasonCode#FRAME_TOO_LARGE}.
     *
     * @return false = the lane's buffer is full or the connection is closing, and nothing was taken; in the first case
     *     {@link RudpEvent#WRITABLE} follows. An {@link Lane#EPHEMERAL} message always finds room: where {@value
     *     EphemeralQueue#MAX_MESSAGES} wait, the oldest is dropped for it, since what is live grows stale. One larger
     *     than {@link RudpConfig#MAX_EPHEMERAL_BYTES} is dropped itself. Both are answered with true, and counted in
     *     {@link RudpStats#ephemeralDropped}.
     * @throws IllegalArgumentException if the message is empty or larger than {@link RudpConfig#maxMessageBytes()}, or
     *     than the peer said it takes
     */
    public abstract boolean send(long nowNanos, Lane lane, byte[] frame);

    /**
     * As {@link #send} in {@link Lane#CHAT}; a copy follows soon, even while nothing is lost, unless {@link
     * RudpConfig#redundancy()} is off, the message is longer than 300 bytes, or the path is full.
     */
    public abstract boolean sendUrgent(long nowNanos, byte[] frame);

    /**
     * Whether at least half of the lane's buffer is free. After an answer of no, {@link RudpEvent#WRITABLE} follows
     * when that changes. {@link Lane#EPHEMERAL} is writable as long as the connection takes messages.
     */
    public abstract boolean isWritable(Lane lane);

    /** Bytes that wait or are unacknowledged in this lane, each message's overhead included. */
    public abstract int pendingBytes(Lane lane);

    /** Ends a batch of {@link #send}: what is queued may leave, and the last datagram asks for an answer at once. */
    public abstract void flush();

    /**
     * This machine has another network, or may have: the server hears of it at once, with all that is under way, and what
     * was learned of the path before is forgotten. Does nothing on a server.
     */
    public abstract void networkChanged(long nowNanos);

    /** How long ago the last authentic datagram came, in ns. */
    public abstract long silentNanos(long nowNanos);

    /** After how much silence one of the two sides gives the connection up, in ns: the shorter of their idle timeouts. */
    public abstract long idleTimeoutNanos();

    /**
     * Grants the peer no further credit. What it was granted before may still arrive; ephemeral messages are dropped
     * and counted.
     */
    public abstract void pauseReading();

    /** Grants credit again. */
    public abstract void resumeReading(long nowNanos);

    /**
     * Ends the connection: nothing more is taken or handed up, what was sent before is still delivered within {@link
     * RudpConfig#closeFlushMillis()}, then the peer is told the code and {@link RudpEvent#CLOSED} follows. Idempotent.
     *
     * @param code a number of {@link ReasonCode}, 0 to 65,535
     */
    public abstract void close(long nowNanos, int code);

    /** Whether the handshake is complete and neither side has closed. */
    public abstract boolean isOpen();

    /** Fills the holder with the peer's present address. */
    public final void remote(PeerAddress into) {
        into.copyFrom(core().remote());
    }

    /** The id the server chose, for logs; 0 on a client before the handshake is complete. */
    public abstract long id();

    /** What {@link #attach} left. */
    public final @Nullable Object attachment() {
        return attachment;
    }

    /** Keeps one object of the driver with the connection. */
    public final void attach(@Nullable Object attachment) {
        this.attachment = attachment;
    }

    /** What was counted so far: a new snapshot. */
    public abstract RudpStats stats();
}
