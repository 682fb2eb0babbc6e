// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What happened on a connection: a holder owned by the caller of {@link RudpEndpoint#pollEvent} and filled again by
 * each call.
 */
@Confined("owner")
public final class RudpEvent {
    /** Nothing yet: a holder not filled so far. */
    public static final int NONE = 0;
    /** The handshake is complete. On a server the first event of a connection. */
    public static final int CONNECTED = 1;
    /** A whole message arrived: see {@link #lane()} and {@link #frame()}. */
    public static final int FRAME = 2;
    /** {@link RudpConnection#send} on {@link #lane()} had said no, and would now say yes. */
    public static final int WRITABLE = 3;
    /** The peer speaks from another address now: see {@link RudpConnection#remote}. */
    public static final int MOVED = 4;
    /** The connection ended: see {@link #code()} and {@link #byPeer()}. Its last event, and always given. */
    public static final int CLOSED = 5;
    /**
     * A client has a ticket for its next connection, see {@link #ticket()}: the server gave it, or a connection that
     * nobody answered gives its own back.
     */
    public static final int TICKET = 6;
    /**
     * A client was not reachable for a while, at the address that the server knew: the server has seen it at another one, or
     * what the server said during a silence did not arrive. Probably a NAT has forgotten it.
     */
    public static final int MAPPING_LOST = 7;

    int kind;

    @Nullable
    RudpConnection connection;

    Lane lane = Lane.CHAT;

    @Nullable
    ByteBuffer frame;

    @Nullable
    RudpTicket ticket;

    int code;
    boolean byPeer;

    /** An empty holder. */
    public RudpEvent() {}

    /** One of the constants of this class. */
    public int kind() {
        return kind;
    }

    /**
     * The connection of the event.
     *
     * @throws IllegalStateException if the holder was never filled
     */
    public RudpConnection connection() {
        RudpConnection value = connection;
        if (value == null) {
            throw new IllegalStateException("no event");
        }
        return value;
    }

    /** The lane of a {@link #FRAME} or {@link #WRITABLE} event. */
    public Lane lane() {
        return lane;
    }

    /**
     * The message of a {@link #FRAME} event, from position to limit. A view into the engine's memory: read only by
     * contract, and valid only until the next {@link RudpEndpoint#pollEvent} or {@link RudpEndpoint#input}.
     *
     * @throws IllegalStateException if this is no {@link #FRAME} event
     */
    public ByteBuffer frame() {
        ByteBuffer value = frame;
        if (value == null) {
            throw new IllegalStateException("no frame in an event of kind " + kind);
        }
        return value;
    }

    /**
     * What a {@link #TICKET} event brought.
     *
     * @throws IllegalStateException if this is no {@link #TICKET} event
     */
    public RudpTicket ticket() {
        RudpTicket value = ticket;
        if (value == null) {
            throw new IllegalStateException("no ticket in an event of kind " + kind);
        }
        return value;
    }

    /** Why the connection ended, a number of {@link io.hongyan.protocol.ReasonCode}; for {@link #CLOSED} only. */
    public int code() {
        return code;
    }

    /** Whether the peer, not this side, ended the connection; for {@link #CLOSED} only. */
    public boolean byPeer() {
        return byPeer;
    }

    @Override
    public String toString() {
        return switch (kind) {
            case CONNECTED -> "CONNECTED";
            case FRAME -> "FRAME " + lane + " " + frame().remaining() + " B";
            case WRITABLE -> "WRITABLE " + lane;
            case MOVED -> "MOVED";
            case TICKET -> "TICKET";
            case MAPPING_LOST -> "MAPPING_LOST";
            case CLOSED -> "CLOSED " + code + (byPeer ? " by peer" : "");
            default -> "NONE";
        };
    }
}
