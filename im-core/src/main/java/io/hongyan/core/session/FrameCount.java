// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import org.jspecify.annotations.Nullable;

/**
 * The counted frames that came in one channel, and how many of them, without a gap, are finished with: what COUNT tells
 * the peer. Most frames are finished as they come and cost two additions; where one has to wait, those finished behind it
 * are remembered in a bitmap. Numbers are modulo 2^32. Not thread-safe.
 */
final class FrameCount {
    private int received;
    private int finished;
    private int told;
    private long @Nullable [] finishedAhead;

    /** A frame came and is to be finished later; its number. */
    int open() {
        received++;
        makeRoom();
        return received;
    }

    /** A frame came and is finished with. */
    void finishNow() {
        received++;
        if (finished == received - 1) {
            finished = received;
        } else {
            makeRoom();
            set(received, true);
        }
    }

    /** The frame with this number is finished with. */
    void finish(int number) {
        if (number != finished + 1) {
            set(number, true);
            return;
        }
        finished = number;
        while (finished != received && isSet(finished + 1)) {
            finished++;
            set(finished, false);
        }
    }

    /** What is not finished counts as not come: the peer sends it again, behind the count told now. */
    void rewind() {
        received = finished;
        finishedAhead = null;
    }

    /** Frames from the first that is not finished to the last that came. */
    int span() {
        return received - finished;
    }

    /** Whether there is something to tell. */
    boolean hasNews() {
        return told != finished;
    }

    /** The count, told from now on. */
    int tell() {
        told = finished;
        return finished;
    }

    private void makeRoom() {
        int span = received - finished;
        long[] bits = finishedAhead;
        if (bits == null) {
            finishedAhead = new long[4];
        } else if (span > bits.length * Long.SIZE) {
            long[] wider = new long[bits.length * 2];
            for (int number = finished + 1; number != received; number++) {
                if (isSet(number)) {
                    int at = number & wider.length * Long.SIZE - 1;
                    wider[at >>> 6] |= 1L << at;
                }
            }
            finishedAhead = wider;
        }
    }

    private boolean isSet(int number) {
        long[] bits = finishedAhead;
        if (bits == null) {
            return false;
        }
        int at = number & bits.length * Long.SIZE - 1;
        return (bits[at >>> 6] & 1L << at) != 0;
    }

    private void set(int number, boolean value) {
        long[] bits = finishedAhead;
        if (bits == null) {
            throw new IllegalStateException("no frame is open");
        }
        int at = number & bits.length * Long.SIZE - 1;
        if (value) {
            bits[at >>> 6] |= 1L << at;
        } else {
            bits[at >>> 6] &= ~(1L << at);
        }
    }
}
