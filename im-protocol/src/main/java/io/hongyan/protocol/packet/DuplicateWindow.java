// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.Confined;
import java.util.Arrays;

/**
 * Which messages of one client instance were seen: a high-water mark and the {@value #BITS} counters up to it. What is
 * older cannot be told apart any more.
 *
 * <pre>
 *   counters   ... too old ...|- high - 1023 ........... high -|... not seen yet ...
 *   seen                      | 1 1 0 1 1 1 ...          1     |
 * </pre>
 *
 * <p>A sender whose counters in flight may lie further apart than that, for instance because a large message takes long
 * while small ones overtake it, numbers them under two instances.
 *
 * <p>Confined to the owner of the session or client it belongs to. About 180 bytes.
 */
@Confined("owner")
public final class DuplicateWindow {
    /** Counters remembered, up to and including the highest one seen. */
    public static final int BITS = 1024;

    private static final int WORDS = BITS / Long.SIZE;

    private final long[] seen = new long[WORDS];
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

    /** Marks the counter, from 1 to {@link MessageId#MAX_COUNTER}, as seen; the verdict is that of before. */
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

    /** The highest counter seen, 0 before the first. */
    public long high() {
        return high;
    }

    private void moveTo(long counter) {
        if (counter <= high) {
            return;
        }
        if (counter - high >= BITS) {
            Arrays.fill(seen, 0);
        } else {
            for (long entering = high + 1; entering <= counter; entering++) {
                seen[word(entering)] &= ~bit(entering);
            }
        }
        high = counter;
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
