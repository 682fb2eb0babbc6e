// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/** The life of a connection. {@link #on} is the whole table; {@code docs/protocol/udp.md} shows it as a picture. */
enum ConnectionState {
    /** Client: the first datagram is on its way, no cookie yet. */
    HELLO_SENT,
    /** Client: the cookie is on its way back, together with the first messages. */
    CONNECTING,
    /** Both sides know each other's ids and keys. A server's connection begins here. */
    OPEN,
    /** This side has closed; what was sent before is still being delivered. */
    FLUSHING,
    /** The peer was told that it is over, and is told again when it goes on speaking. */
    CLOSING,
    /** The peer said that it is over; nothing is sent any more but one confirmation. */
    DRAINING,
    /** Gone: the slot is free. */
    CLOSED;

    /** What moves a connection from state to state. */
    enum Transition {
        COOKIE_RECEIVED,
        ACCEPTED,
        CLOSE_CALLED,
        FLUSHED,
        VIOLATED,
        PEER_CLOSED,
        FAILED,
        LINGERED
    }

    /**
     * The state after a transition.
     *
     * @throws IllegalStateException if the transition is not possible in this state
     */
    ConnectionState on(Transition transition) {
        ConnectionState next = switch (this) {
            case HELLO_SENT ->
                switch (transition) {
                    case COOKIE_RECEIVED -> CONNECTING;
                    case CLOSE_CALLED, FAILED -> CLOSED;
                    default -> null;
                };
            case CONNECTING ->
                switch (transition) {
                    case ACCEPTED -> OPEN;
                    case CLOSE_CALLED -> FLUSHING;
                    case VIOLATED -> CLOSING;
                    case PEER_CLOSED -> DRAINING;
                    case FAILED -> CLOSED;
                    default -> null;
                };
            case OPEN ->
                switch (transition) {
                    case CLOSE_CALLED -> FLUSHING;
                    case VIOLATED -> CLOSING;
                    case PEER_CLOSED -> DRAINING;
                    case FAILED -> CLOSED;
                    default -> null;
                };
            case FLUSHING ->
                switch (transition) {
                    case ACCEPTED -> FLUSHING;
                    case FLUSHED, VIOLATED -> CLOSING;
                    case PEER_CLOSED -> DRAINING;
                    case FAILED -> CLOSED;
                    default -> null;
                };
            case CLOSING ->
                switch (transition) {
                    case PEER_CLOSED -> DRAINING;
                    case LINGERED, FAILED -> CLOSED;
                    default -> null;
                };
            case DRAINING ->
                switch (transition) {
                    case LINGERED, FAILED -> CLOSED;
                    default -> null;
                };
            case CLOSED -> null;
        };
        if (next == null) {
            throw new IllegalStateException(transition + " is not possible in " + this);
        }
        return next;
    }

    /** Whether messages and acks flow. */
    boolean isActive() {
        return this == CONNECTING || this == OPEN || this == FLUSHING;
    }

    /** Whether nothing but CLOSE is said any more. */
    boolean isOver() {
        return this == CLOSING || this == DRAINING || this == CLOSED;
    }
}
