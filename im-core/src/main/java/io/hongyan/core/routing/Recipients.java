// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import io.hongyan.protocol.Confined;

/**
 * To whom the last messages of one instance went, as a 16-bit fingerprint for each: who says that he has read a message
 * must be the one it went to. Takes 32 bytes at first and 2 KiB at most.
 */
@Confined("its window's lock")
final class Recipients {
    private static final int LEAST = 16;

    private short[] fingerprints = new short[LEAST];
    private long base;
    private long high;

    /** @param first the first counter that will be put */
    Recipients(long first) {
        this.base = first;
        this.high = first;
    }

    /** A message went to him. */
    void put(long counter, short fingerprint) {
        makeRoomFor(counter);
        fingerprints[at(counter)] = fingerprint;
    }

    /** The window goes up to this counter from now on; what was passed over went to nobody. */
    void advance(long counter) {
        makeRoomFor(counter);
    }

    /** Whether a message that the window remembers went to him. */
    boolean isTo(long counter, short fingerprint) {
        return counter >= base && counter <= high && fingerprints[at(counter)] == fingerprint;
    }

    private void makeRoomFor(long counter) {
        long newHigh = Math.max(high, counter);
        long newBase = Math.max(Math.min(base, counter), newHigh - InstanceWindow.WIDTH + 1);
        int length = fingerprints.length;
        while (newHigh - newBase >= length) {
            length *= 2;
        }
        if (length != fingerprints.length) {
            grow(length, newBase);
        }
        for (long begun = newBase; begun < Math.min(base, newHigh + 1); begun++) {
            fingerprints[at(begun)] = 0;
        }
        for (long begun = Math.max(high + 1, newBase); begun <= newHigh; begun++) {
            fingerprints[at(begun)] = 0;
        }
        base = newBase;
        high = newHigh;
    }

    private void grow(int length, long newBase) {
        short[] longer = new short[length];
        for (long counter = Math.max(base, newBase); counter <= high; counter++) {
            longer[(int) (counter & length - 1)] = fingerprints[at(counter)];
        }
        fingerprints = longer;
    }

    private int at(long counter) {
        return (int) (counter & fingerprints.length - 1);
    }
}
