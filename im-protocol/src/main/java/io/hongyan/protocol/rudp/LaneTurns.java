// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/**
 * Whose turn it is to fill a datagram: deficit round robin between chat and bulk, in bytes, ephemeral messages being
 * chat's. Chat goes first and has a quantum of {@value #CHAT_QUANTUM_BYTES} bytes, bulk one of {@value
 * #BULK_QUANTUM_BYTES}; who has nothing to send saves nothing up.
 *
 * <p>While both wait, bulk gets at least a quarter of the bytes, less one datagram. A chat message stands behind bulk only
 * when chat has just had its whole quantum, and then for one datagram.
 */
final class LaneTurns {
    static final int BULK_QUANTUM_BYTES = RudpConfig.DATAGRAM_BYTES;
    static final int CHAT_QUANTUM_BYTES = 3 * BULK_QUANTUM_BYTES;

    /** What bulk lacks of its share, as chat bytes: bulk's own count {@link #CHAT_QUANTUM_BYTES} / its quantum times. */
    private int deficitBytes;

    void reset() {
        deficitBytes = 0;
    }

    /** Whether the next datagram begins with bulk. */
    boolean isBulkFirst() {
        return deficitBytes >= CHAT_QUANTUM_BYTES;
    }

    /**
     * A datagram was filled.
     *
     * @param bulkWaits whether bulk is left that could leave at once
     */
    void onFilled(int chatBytes, int bulkBytes, boolean bulkWaits) {
        int deficit = deficitBytes + chatBytes - CHAT_QUANTUM_BYTES / BULK_QUANTUM_BYTES * bulkBytes;
        deficitBytes = bulkWaits ? Math.max(0, deficit) : 0;
    }
}
