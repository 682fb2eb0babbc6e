// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

/** Where a client is between its first connect and its end. The picture is in {@code docs/guide/client.md}. */
enum ClientState {
    /** Built, not connected. */
    NEW,
    /** Trying the servers, one after another. */
    CONNECTING,
    /** Waiting for the next attempt to come back. */
    WAITING,
    /** Logged in. */
    ONLINE,
    /** Closed by the application; receipts and counts are on their way. */
    CLOSING,
    /** The end. */
    CLOSED;

    /** Whether a client may go from this state to that one. */
    boolean leadsTo(ClientState next) {
        return switch (this) {
            case NEW -> next == CONNECTING || next == CLOSED;
            case CONNECTING -> next == ONLINE || next == WAITING || next == CLOSED;
            case WAITING -> next == CONNECTING || next == CLOSED;
            case ONLINE -> next == WAITING || next == CLOSING || next == CLOSED;
            case CLOSING -> next == CLOSED;
            case CLOSED -> false;
        };
    }
}
