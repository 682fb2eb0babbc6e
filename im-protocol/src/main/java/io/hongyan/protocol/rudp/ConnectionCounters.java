// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/** What one connection counts; the meaning of each is told by {@link RudpStats}. */
final class ConnectionCounters {
    private final EndpointTotals totals;

    long datagramsSent;
    long bytesSent;
    long datagramsReceived;
    long bytesReceived;
    long datagramsLost;
    long lossesSpurious;
    long probes;
    long messagesRetransmitted;
    long bytesRetransmitted;
    long messagesDelivered;
    long duplicatesDropped;
    long ephemeralDropped;

    ConnectionCounters(EndpointTotals totals) {
        this.totals = totals;
    }

    void lost() {
        datagramsLost++;
        totals.datagramsLost++;
    }

    void droppedEphemeral() {
        ephemeralDropped++;
        totals.ephemeralDropped++;
    }

    void sent(int bytes) {
        datagramsSent++;
        bytesSent += bytes;
    }

    void received(int bytes) {
        datagramsReceived++;
        bytesReceived += bytes;
    }

    void retransmitted(int bytes) {
        messagesRetransmitted++;
        totals.messagesRetransmitted++;
        bytesRetransmitted += bytes;
    }

    RudpStats snapshot(RttEstimator rtt, int windowBytes, int bytesInFlight, int bulkDatagramBytes) {
        return new RudpStats(
                datagramsSent,
                bytesSent,
                datagramsReceived,
                bytesReceived,
                datagramsLost,
                lossesSpurious,
                probes,
                messagesRetransmitted,
                bytesRetransmitted,
                messagesDelivered,
                duplicatesDropped,
                ephemeralDropped,
                rtt.hasSample() ? rtt.smoothedNanos() : 0,
                rtt.minNanos(),
                windowBytes,
                bytesInFlight,
                bulkDatagramBytes);
    }
}
