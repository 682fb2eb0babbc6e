// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Confined;

/**
 * How long a client may be silent on one network without being forgotten by a NAT there (RFC 4787 §4.3), as far as was
 * learned: silences grow until one is too long, or as long as the server allows.
 *
 * <pre>
 *   25 s ──4 survived──► a quarter longer ──4 survived──► ... ──► what the server allows
 *             ▲                  │ the mapping was lost
 *             │                  ▼
 *             └──16 survived── three quarters of what was too long: a little less than was good before
 * </pre>
 *
 * Each loss doubles how many silences are survived before a longer one is tried, up to 512, which is hours. No clock, no
 * randomness: it is told silences and what became of them.
 */
@Confined("owner")
final class MappingLifetime {

    /** No NAT that works forgets sooner; the shortest silence kept, and the shortest that tells anything. */
    static final long LEAST_NANOS = 10_000_000_000L;

    /** What a network not known yet begins with: shorter than the 30 s of the worst that are common. */
    static final long SAFE_NANOS = 25_000_000_000L;

    private static final int SURVIVED_BEFORE_LONGER = 4;
    private static final int LEAST_SURVIVED_AFTER_LOSS = 16;
    private static final int MOST_SURVIVED_AFTER_LOSS = 512;

    private long silenceNanos = SAFE_NANOS;
    private int untilLonger = SURVIVED_BEFORE_LONGER;
    private int afterNextLoss = LEAST_SURVIVED_AFTER_LOSS;

    /** The longest silence to keep, in ns. */
    long silenceNanos() {
        return silenceNanos;
    }

    /**
     * After a silence the server was heard as before.
     *
     * @param mostNanos the longest silence the server allows: no longer one is tried
     */
    void survived(long nanos, long mostNanos) {
        boolean tellsNothing = nanos < silenceNanos - silenceNanos / 8;
        if (tellsNothing || silenceNanos >= mostNanos) {
            return;
        }
        untilLonger--;
        if (untilLonger == 0) {
            untilLonger = SURVIVED_BEFORE_LONGER;
            silenceNanos = Math.min(mostNanos, silenceNanos + silenceNanos / 4);
        }
    }

    /** After a silence the mapping was gone. One much longer than was wanted, as of a device that slept, tells nothing. */
    void lost(long nanos) {
        long shorter = Math.max(LEAST_NANOS, nanos / 4 * 3);
        if (nanos >= LEAST_NANOS && shorter < silenceNanos) {
            silenceNanos = shorter;
            untilLonger = afterNextLoss;
            afterNextLoss = Math.min(2 * afterNextLoss, MOST_SURVIVED_AFTER_LOSS);
        }
    }
}
