// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.protocol.ThreadSafe;

/** Why a datagram was dropped in silence. Each reason has a counter in {@link RudpEndpointStats}. */
@ThreadSafe
public enum DropReason {
    /** Too short, too long, or with a first byte that no datagram of ours has. */
    NOT_OURS,
    /** A datagram of a kind that this side never receives. */
    WRONG_KIND,
    /** A long-header datagram cut short or with fields that contradict each other. */
    MALFORMED_HANDSHAKE,
    /** The loop byte of its connection id names another loop: the driver should have handed it over. */
    WRONG_LOOP,
    /** A connection id that was never given out. */
    FORGED_ID,
    /** A connection id given out once, its connection gone, and the budget of resets spent. */
    RESET_LIMITED,
    /** No connection for it on a client. */
    UNKNOWN_CONNECTION,
    /** Its tag or seal is wrong. */
    NOT_AUTHENTIC,
    /** A packet number that arrived before, or is too old to know. */
    DUPLICATE,
    /** A cookie forged, expired, of another address, or used up. */
    BAD_COOKIE,
    /** A bound of the endpoint is reached: connections, cookies, or answers waiting. */
    ENDPOINT_FULL,
    /** For a connection that is closing or closed. */
    CLOSED,
    /** From an address that is not the server's, on a client. */
    WRONG_ADDRESS,
    /** A reset whose token is wrong. */
    BAD_RESET
}
