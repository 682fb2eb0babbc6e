// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.Arrays;

/**
 * Which parts of one long outgoing message must be sent, and which were acknowledged: two bitmaps over its granules of
 * {@value Wire#GRANULE} bytes.
 */
final class FragmentedMessage {
    /** The object itself, and the heads of its arrays. */
    private static final int FIXED_BYTES = 80;

    private long[] toSend = new long[1];
    private long[] acked = new long[1];
    private int granules;
    private int unacked;
    private int unsent;
    private int scanFrom;
    /** Granules below this have been sent at least once, and so have been charged. */
    private int charged;

    /** Begins with a message of which nothing was sent. */
    void reset(int length) {
        granules = granulesOf(length);
        int words = (granules + 63) >> 6;
        if (toSend.length < words || toSend.length > 256) {
            toSend = new long[words];
            acked = new long[words];
        }
        Arrays.fill(acked, 0);
        Arrays.fill(toSend, 0);
        for (int i = 0; i < granules; i++) {
            toSend[i >> 6] |= 1L << i;
        }
        unacked = granules;
        unsent = granules;
        scanFrom = 0;
        charged = 0;
    }

    static int granulesOf(int length) {
        return (length + Wire.GRANULE - 1) / Wire.GRANULE;
    }

    boolean hasUnsent() {
        return unsent > 0;
    }

    boolean isAcked() {
        return unacked == 0;
    }

    int granules() {
        return granules;
    }

    /** How many granules from the beginning were sent at least once. */
    int charged() {
        return charged;
    }

    /** The first granule that must be sent. */
    int firstUnsent() {
        while ((toSend[scanFrom >> 6] & 1L << scanFrom) == 0) {
            scanFrom++;
        }
        return scanFrom;
    }

    /** How many granules from {@code start} on must be sent, at most {@code most}. */
    int run(int start, int most) {
        int count = 0;
        while (count < most && start + count < granules && isToSend(start + count)) {
            count++;
        }
        return count;
    }

    void onSent(int start, int count) {
        for (int i = start; i < start + count; i++) {
            toSend[i >> 6] &= ~(1L << i);
        }
        unsent -= count;
        charged = Math.max(charged, start + count);
    }

    void onLost(int start, int count) {
        for (int i = start; i < start + count; i++) {
            if ((acked[i >> 6] & 1L << i) == 0 && !isToSend(i)) {
                toSend[i >> 6] |= 1L << i;
                unsent++;
            }
        }
        scanFrom = Math.min(scanFrom, start);
    }

    void onAcked(int start, int count) {
        for (int i = start; i < start + count; i++) {
            if ((acked[i >> 6] & 1L << i) == 0) {
                acked[i >> 6] |= 1L << i;
                unacked--;
                if (isToSend(i)) {
                    toSend[i >> 6] &= ~(1L << i);
                    unsent--;
                }
            }
        }
    }

    /** How much memory it takes. */
    int heldBytes() {
        return FIXED_BYTES + 2 * Long.BYTES * toSend.length;
    }

    private boolean isToSend(int granule) {
        return (toSend[granule >> 6] & 1L << granule) != 0;
    }
}
