// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.protocol.ThreadSafe;

/**
 * What one connection counted since it began, and its estimates now.
 *
 * @param datagramsSent all datagrams, acks included
 * @param bytesSent their UDP payload
 * @param datagramsReceived authentic ones, duplicates included
 * @param bytesReceived their UDP payload
 * @param datagramsLost declared lost, by acks of later ones or by the timer; without those that only tried their length
 * @param lossesSpurious of those, how many were acknowledged after all
 * @param probes how often the loss timer fired
 * @param messagesRetransmitted messages and fragments of messages sent again
 * @param bytesRetransmitted their bytes
 * @param messagesDelivered whole messages handed to the application
 * @param duplicatesDropped messages and fragments that had arrived before
 * @param ephemeralDropped ephemeral messages dropped on this side: newer ones came, too large, or reading paused
 * @param smoothedRttNanos 0 before the first sample
 * @param minRttNanos 0 before the first sample
 * @param windowBytes the congestion window
 * @param bytesInFlight sent, neither acknowledged nor lost
 * @param bulkDatagramBytes how long a datagram of bulk may be on this path, in bytes of UDP payload
 */
@ThreadSafe
public record RudpStats(
        long datagramsSent,
        long bytesSent,
        long datagramsReceived,
        long bytesReceived,
        long datagramsLost,
        long lossesSpurious,
        long probes,
        long messagesRetransmitted,
        long bytesRetransmitted,
        long messagesDelivered,
        long duplicatesDropped,
        long ephemeralDropped,
        long smoothedRttNanos,
        long minRttNanos,
        int windowBytes,
        int bytesInFlight,
        int bulkDatagramBytes) {}
