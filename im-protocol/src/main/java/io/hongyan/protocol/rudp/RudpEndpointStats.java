// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.protocol.ThreadSafe;
import java.util.Map;

/**
 * What an endpoint counted since it was made.
 *
 * @param connections open, closing and draining ones, now
 * @param handshakesStarted first datagrams that got a cookie (server) or connections begun (client)
 * @param handshakesCompleted connections that came to be
 * @param handshakesFailed connections begun that timed out or were refused; on clients only
 * @param handshakeRetries first datagrams sent again; on clients only
 * @param versionAnswers answers to first datagrams of another version
 * @param resetsSent connections of the past that were told so
 * @param ticketsTaken connections that began with a ticket; on servers only
 * @param ticketsRefused first datagrams whose ticket was not taken, and which got a cookie; on servers only
 * @param resetsReceived connections that a proven reset ended
 * @param moves address changes
 * @param datagramsReceived all of them, good and bad
 * @param bytesReceived their UDP payload
 * @param datagramsSent all of them
 * @param bytesSent their UDP payload
 * @param datagramsLost declared lost by connections of this endpoint, past ones included
 * @param messagesRetransmitted messages and fragments of messages sent again by them
 * @param ephemeralDropped ephemeral messages dropped by them on this side
 * @param dropped datagrams dropped in silence, by reason; reasons that never happened are absent
 */
@ThreadSafe
public record RudpEndpointStats(
        int connections,
        long handshakesStarted,
        long handshakesCompleted,
        long handshakesFailed,
        long handshakeRetries,
        long versionAnswers,
        long resetsSent,
        long ticketsTaken,
        long ticketsRefused,
        long resetsReceived,
        long moves,
        long datagramsReceived,
        long bytesReceived,
        long datagramsSent,
        long bytesSent,
        long datagramsLost,
        long messagesRetransmitted,
        long ephemeralDropped,
        Map<DropReason, Long> dropped) {

    /** Takes an immutable copy of the map. */
    public RudpEndpointStats {
        dropped = Map.copyOf(dropped);
    }

    /** How many datagrams were dropped for this reason. */
    public long dropped(DropReason reason) {
        return dropped.getOrDefault(reason, 0L);
    }
}
