// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.Confined;

/**
 * Which messages of one client instance were seen, and which of them were delivered: a high-water mark and the
 * {@value #BITS} counters up to it. What is older cannot be told apart any more.
 *
 * <pre>
 *   counters   ... too old ...|- high - 1023 ........... high -|... not seen yet ...
 *   seen                      | 1 1 0 1 1 1 ...          1     |
 *   delivered                 | 1 1 0 0 1 1 ...          0     |
 * </pre>
 *
 * <p>A sender whose counters in flight may lie further apart than that, for instance because a large message takes long
 * while small ones overtake it, numbers them under two instances.
 *
 * <p>Confined to the owner of the session or client it belongs to. About 350 bytes; see {@link DuplicateWindows}.
 */
@Confined("owner")
public final class DuplicateWindow {
    /** Counters remembered, up to and including the highest one seen. */
    public static final int BITS = 1024;

    private static final int WORDS = BITS / Long.SIZE;

    private final long[] seen = new long[WORDS];
    private final long[] delivered = new long[WORDS];
    private long high;

    /** What is known of a counter. */
    public enum Verdict {
        /** Not seen before. */
        NEW,
        /** Seen before. */
        DUPLICATE,
        /** Too far below the highest one to know. */
        TOO_OLD
    }

    /** Marks the counter, from 1, as seen; the verdict is that of before. */
    public Verdict markSeen(long counter) {
        Verdict verdict = verdict(counter);
        if (verdict == Verdict.NEW) {
            moveTo(counter);
            seen[word(counter)] |= bit(counter);
        }
        return verdict;
    }

    /** What is known of the counter, from 1, without marking it. */
    public Verdict verdict(long counter) {
        if (counter > high) {
            return Verdict.NEW;
        }
        if (isTooOld(counter)) {
            return Verdict.TOO_OLD;
        }
        return (seen[word(counter)] & bit(counter)) != 0 ? Verdict.DUPLICATE : Verdict.NEW;
    }

    /** Forgets that the counter was seen, so that it is new again; for a message that was refused after all. */
    public void unmark(long counter) {
        if (isRemembered(counter)) {
            seen[word(counter)] &= ~bit(counter);
            delivered[word(counter)] &= ~bit(counter);
        }
    }

    /** Marks a counter as delivered, if it was seen and is not too old. */
    public void markDelivered(long counter) {
        if (isRemembered(counter)) {
            delivered[word(counter)] |= bit(counter) & seen[word(counter)];
        }
    }

    /** Whether the counter was marked delivered; false when it is too old to know. */
    public boolean isDelivered(long counter) {
        return isRemembered(counter) && (delivered[word(counter)] & bit(counter)) != 0;
    }

    /** The highest counter seen, 0 before the first. */
    public long high() {
        return high;
    }

    private void moveTo(long counter) {
        if (counter <= high) {
            return;
        }
        long from = Math.max(high, counter - BITS);
        for (long entering = from + 1; entering <= counter; ) {
            if ((entering & (Long.SIZE - 1)) == 0 && counter - entering >= Long.SIZE) {
                seen[word(entering)] = 0;
                delivered[word(entering)] = 0;
                entering += Long.SIZE;
            } else {
                seen[word(entering)] &= ~bit(entering);
                delivered[word(entering)] &= ~bit(entering);
                entering++;
            }
        }
        high = counter;
    }

    private boolean isRemembered(long counter) {
        return counter <= high && !isTooOld(counter);
    }

    private boolean isTooOld(long counter) {
        return counter <= high - BITS;
    }

    private static int word(long counter) {
        return (int) (counter >>> 6) & (WORDS - 1);
    }

    private static long bit(long counter) {
        return 1L << counter;
    }
}
