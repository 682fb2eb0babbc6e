// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.Arrays;

/**
 * Which tickets were used: one bit for each of the newest ones given out, in the order of their serial numbers. Those
 * before count as used. It grows with the tickets given out, up to its bound.
 */
final class StrikeRegister {
    private final int maxTickets;
    private long[] struck = new long[1];
    private long next;

    /** @param maxTickets how many of the newest tickets may still be used; at least 1 */
    StrikeRegister(int maxTickets) {
        this.maxTickets = maxTickets;
    }

    /** The serial number of a new ticket. */
    long issue() {
        long serial = next++;
        int index = index(serial);
        if (index >> 6 == struck.length) {
            struck = Arrays.copyOf(struck, 2 * struck.length);
        }
        struck[index >> 6] &= ~(1L << index);
        return serial;
    }

    /** Whether the ticket was not used so far, for all that is known. */
    boolean isUnused(long serial) {
        if (serial < 0 || serial >= next || next - serial > maxTickets) {
            return false;
        }
        int index = index(serial);
        return (struck[index >> 6] & 1L << index) == 0;
    }

    /** Notes that a ticket of which {@link #isUnused} is true is used now. */
    void strike(long serial) {
        int index = index(serial);
        struck[index >> 6] |= 1L << index;
    }

    /** About how much memory it takes. */
    int heldBytes() {
        return Long.BYTES * struck.length;
    }

    private int index(long serial) {
        return (int) (serial % maxTickets);
    }
}
