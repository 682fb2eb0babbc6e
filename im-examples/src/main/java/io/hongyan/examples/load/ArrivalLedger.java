// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import java.util.BitSet;

/**
 * Which messages of one pair have arrived, in what order; used by one thread at a time.
 *
 * <p>A message is out of order when a later one of its pair was there before it. Of the latest {@value #KEPT} sequences at
 * least, each is remembered by a bit: more than can be under way. One from before counts as there already.
 */
final class ArrivalLedger {

    static final int KEPT = 1 << 17;

    private BitSet arrived = new BitSet();
    /** The sequence of the first bit. */
    private long base;

    private long highest = -1;
    private long arrivedOnce;
    private long duplicated;
    private long outOfOrder;

    /**
     * True when the message arrives for the first time.
     *
     * @param stamped its sequence modulo 2^32
     */
    boolean arrived(int stamped) {
        long sequence = highest + (stamped - (int) highest);
        if (sequence < base || sequence - base < arrived.length() && arrived.get((int) (sequence - base))) {
            duplicated++;
            return false;
        }
        if (sequence < highest) {
            outOfOrder++;
        } else {
            highest = sequence;
            forgetOldOnes();
        }
        arrived.set((int) (sequence - base));
        arrivedOnce++;
        return true;
    }

    /** How many have arrived, doubles not counted. */
    long arrivedOnce() {
        return arrivedOnce;
    }

    long duplicated() {
        return duplicated;
    }

    long outOfOrder() {
        return outOfOrder;
    }

    private void forgetOldOnes() {
        if (highest - base >= 2L * KEPT) {
            long forgotten = highest - KEPT - base;
            int length = arrived.length();
            arrived = arrived.get((int) Math.min(forgotten, length), length);
            base += forgotten;
        }
    }
}
