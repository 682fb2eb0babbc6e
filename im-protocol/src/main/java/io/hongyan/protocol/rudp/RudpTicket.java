// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.protocol.ThreadSafe;

/**
 * What a server gave a client so that the client's next connection to it needs no round trip first: see {@link
 * RudpEvent#TICKET} and {@link RudpEndpoint#connect(long, PeerAddress, RudpTicket)}. Good for one connection, in this
 * process, to the server that gave it. Immutable.
 */
@ThreadSafe
public final class RudpTicket {
    private final byte[] ticket;
    private final byte[] secret;
    private final long expiresNanos;
    private final long rttNanos;

    /**
     * @param ticket the server's bytes
     * @param secret what both ends make the next connection's keys of
     * @param rttNanos the round trip of the connection that it came by
     */
    RudpTicket(byte[] ticket, byte[] secret, long expiresNanos, long rttNanos) {
        this.ticket = ticket;
        this.secret = secret;
        this.expiresNanos = expiresNanos;
        this.rttNanos = rttNanos;
    }

    /** Whether the server would take it still, as far as age decides; in the time of the endpoint that it came by. */
    public boolean isGood(long nowNanos) {
        return expiresNanos - nowNanos > 0;
    }

    byte[] ticket() {
        return ticket;
    }

    byte[] secret() {
        return secret;
    }

    long rttNanos() {
        return rttNanos;
    }

    /** Says nothing of the bytes. */
    @Override
    public String toString() {
        return "RudpTicket[" + ticket.length + " bytes]";
    }
}
