// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import java.util.BitSet;

/**
 * Which sequences of one pair have arrived, in what order. One bit a message; used by one thread at a time.
 *
 * <p>A message is out of order when a later one of its pair was there before it.
 */
final class ArrivalLedger {

    private final BitSet arrived = new BitSet();
    private int highest = -1;
    private long duplicated;
    private long outOfOrder;

    /** True when the message arrives for the first time. */
    boolean arrived(int sequence) {
        if (arrived.get(sequence)) {
            duplicated++;
            return false;
        }
        arrived.set(sequence);
        if (sequence < highest) {
            outOfOrder++;
        } else {
            highest = sequence;
        }
        return true;
    }

    /** How many have arrived, doubles not counted. */
    long arrivedOnce() {
        return arrived.cardinality();
    }

    long duplicated() {
        return duplicated;
    }

    long outOfOrder() {
        return outOfOrder;
    }
}
