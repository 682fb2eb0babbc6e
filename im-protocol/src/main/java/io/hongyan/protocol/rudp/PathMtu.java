// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/**
 * How long a datagram of bulk may be on one path, found by probing it (RFC 8899). A connection has none before bulk
 * queues up, and another one on another path. All sizes are bytes of UDP payload.
 *
 * <p>Probed are {@value #STEP_BYTES}, then the most. A size that fails three times is left alone for 600 s. Datagrams
 * that vanish in a row, while shorter ones pass, tell of a black hole: back to the base for 60 s.
 */
final class PathMtu {
    /** Every path carries this, as the handshake has shown. */
    static final int BASE_BYTES = RudpConfig.DATAGRAM_BYTES;

    static final int STEP_BYTES = 1400;
    /** What an IPv6 tunnel over IPv4 still carries, the header being 20 bytes longer. */
    static final int MOST_BYTES_IPV6 = RudpConfig.LONGEST_DATAGRAM_BYTES - 20;

    static final int MAX_TRIES = 3;
    static final int BLACK_HOLE_DATAGRAMS = 3;
    static final long RAISE_NANOS = 600_000_000_000L;
    static final long BLACK_HOLE_NANOS = 60_000_000_000L;

    private final int mostBytes;
    private int bytes = BASE_BYTES;

    /** The last probe, -1 if an ack of it would tell nothing any more. */
    private long probe = -1;

    private boolean probing;
    private int tries;
    private boolean resting;
    private long restUntilNanos;

    // Of datagrams beyond the base that are no probes.
    private long largestAcked = -1;
    private long largestLost = -1;
    private int lostInARow;

    /** @param mostBytes the bound of the configuration */
    PathMtu(int mostBytes, boolean ipv4) {
        this.mostBytes = ipv4 ? mostBytes : Math.min(mostBytes, MOST_BYTES_IPV6);
    }

    /** The longest datagram that may leave. */
    int bytes() {
        return isSuspect() ? BASE_BYTES : bytes;
    }

    /** How long the probe is that should leave now, 0 if none should. */
    int probeBytes(long nowNanos) {
        if (probing || bytes >= mostBytes || isSuspect() || (resting && restUntilNanos - nowNanos > 0)) {
            return 0;
        }
        return bytes < STEP_BYTES ? Math.min(STEP_BYTES, mostBytes) : mostBytes;
    }

    void onProbeSent(long packetNumber) {
        probe = packetNumber;
        probing = true;
        tries++;
        resting = false;
    }

    /** A probe arrived, perhaps after it was declared lost. */
    void onProbeAcked(long packetNumber, int probeBytes) {
        if (packetNumber == probe) {
            bytes = Math.max(bytes, probeBytes);
            probing = false;
            tries = 0;
        }
    }

    void onProbeLost(long packetNumber, long nowNanos) {
        if (packetNumber != probe || !probing) {
            return;
        }
        probing = false;
        if (tries == MAX_TRIES) {
            rest(nowNanos + RAISE_NANOS);
        }
    }

    /** A datagram that is no probe arrived. */
    void onAcked(long packetNumber, int datagramBytes, long nowNanos) {
        if (datagramBytes > BASE_BYTES) {
            largestAcked = Math.max(largestAcked, packetNumber);
            lostInARow = 0;
        } else if (isSuspect() && packetNumber > largestLost) {
            bytes = BASE_BYTES;
            lostInARow = 0;
            probe = -1;
            probing = false;
            rest(nowNanos + BLACK_HOLE_NANOS);
        }
    }

    /** A datagram that is no probe was lost. One behind which a longer one than the base arrived tells nothing. */
    void onLost(long packetNumber, int datagramBytes) {
        if (datagramBytes > BASE_BYTES && bytes > BASE_BYTES && packetNumber > largestAcked) {
            lostInARow++;
            largestLost = Math.max(largestLost, packetNumber);
        }
    }

    /** So much was lost in a row that only the base is safe, until it is known whether shorter ones pass. */
    private boolean isSuspect() {
        return lostInARow >= BLACK_HOLE_DATAGRAMS;
    }

    private void rest(long untilNanos) {
        tries = 0;
        resting = true;
        restUntilNanos = untilNanos;
    }
}
