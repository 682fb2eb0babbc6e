// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import org.jspecify.annotations.Nullable;

/** What one connection counts; the meaning of each is told by {@link RudpStats}. */
final class ConnectionCounters {
    private static final Troubles NONE = new Troubles();

    /** Null as long as nothing went wrong. */
    private @Nullable Troubles troubles;

    long messagesDelivered;

    private long datagramsSent;
    private long bytesSent;
    private long datagramsReceived;
    private long bytesReceived;

    void sent(int bytes) {
        datagramsSent++;
        bytesSent += bytes;
    }

    void received(int bytes) {
        datagramsReceived++;
        bytesReceived += bytes;
    }

    void lost(EndpointTotals totals) {
        troubles().datagramsLost++;
        totals.datagramsLost++;
    }

    void spurious() {
        troubles().lossesSpurious++;
    }

    void probe() {
        troubles().probes++;
    }

    void retransmitted(int bytes, EndpointTotals totals) {
        Troubles troubles = troubles();
        troubles.messagesRetransmitted++;
        troubles.bytesRetransmitted += bytes;
        totals.messagesRetransmitted++;
    }

    void duplicate() {
        troubles().duplicatesDropped++;
    }

    void droppedEphemeral(EndpointTotals totals) {
        troubles().ephemeralDropped++;
        totals.ephemeralDropped++;
    }

    private Troubles troubles() {
        Troubles troubles = this.troubles;
        if (troubles == null) {
            troubles = new Troubles();
            this.troubles = troubles;
        }
        return troubles;
    }

    RudpStats snapshot(RttEstimator rtt, int windowBytes, int bytesInFlight, int bulkDatagramBytes) {
        Troubles troubles = this.troubles == null ? NONE : this.troubles;
        return new RudpStats(
                datagramsSent,
                bytesSent,
                datagramsReceived,
                bytesReceived,
                troubles.datagramsLost,
                troubles.lossesSpurious,
                troubles.probes,
                troubles.messagesRetransmitted,
                troubles.bytesRetransmitted,
                messagesDelivered,
                troubles.duplicatesDropped,
                troubles.ephemeralDropped,
                rtt.hasSample() ? rtt.smoothedNanos() : 0,
                rtt.minNanos(),
                windowBytes,
                bytesInFlight,
                bulkDatagramBytes);
    }

    /** What many connections never have. */
    private static final class Troubles {
        long datagramsLost;
        long lossesSpurious;
        long probes;
        long messagesRetransmitted;
        long bytesRetransmitted;
        long duplicatesDropped;
        long ephemeralDropped;
    }
}
