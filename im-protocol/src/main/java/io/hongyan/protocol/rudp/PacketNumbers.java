// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/** Packet numbers on the wire: their lowest bytes, as many as tell a number from all that may be under way. */
final class PacketNumbers {
    private PacketNumbers() {}

    /** How many bytes of a number to send, 1 to 4 (RFC 9000 §A.2). {@code largestAcked} is -1 before the first. */
    static int length(long packetNumber, long largestAcked) {
        long unacknowledged = packetNumber - largestAcked;
        return unacknowledged < 1 << 7 ? 1 : unacknowledged < 1 << 15 ? 2 : unacknowledged < 1 << 23 ? 3 : 4;
    }

    /** The number of which the lowest {@code length} bytes came, nearest to what is expected next (RFC 9000 §A.3). */
    static long expand(long truncated, int length, long largestReceived) {
        long expected = largestReceived + 1;
        long window = 1L << (8 * length);
        long candidate = (expected & -window) | truncated;
        if (candidate <= expected - window / 2) {
            return candidate + window;
        }
        if (candidate > expected + window / 2 && candidate >= window) {
            return candidate - window;
        }
        return candidate;
    }
}
