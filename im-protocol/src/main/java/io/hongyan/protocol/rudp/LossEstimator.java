// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/**
 * The share of datagrams that get lost on the way to the peer: a moving average over some {@value #WINDOW} of them. A
 * loss that proves spurious, because only the answer was lost, is taken back.
 *
 * <p>What follows from it goes by levels, each of which is left at a lower share than it was entered at:
 *
 * <pre>
 *              2 %             8 %
 *   LITTLE ──────────► SOME ──────────► MUCH
 *          ◄──────────      ◄──────────
 *             0.7 %            4 %
 * </pre>
 *
 * Before {@value #LEAST_SAMPLES} datagrams it is SOME.
 */
final class LossEstimator {
    /** How much is lost. */
    enum Level {
        LITTLE,
        SOME,
        MUCH
    }

    static final int WINDOW = 256;
    static final int LEAST_SAMPLES = 64;

    /** Shares are of a million. */
    private static final int WHOLE = 1_000_000;

    private static final int SOME_ENTERED = 20_000;
    private static final int SOME_LEFT = 7_000;
    private static final int MUCH_ENTERED = 80_000;
    private static final int MUCH_LEFT = 40_000;

    private static final Level[] LEVELS = Level.values();
    private static final int SAMPLES_BITS = 9;
    private static final int SHARE_BITS = 20;

    /** The {@link #summary} before the first sample. */
    static final int NOTHING_KNOWN = Level.SOME.ordinal() << SHARE_BITS + SAMPLES_BITS;

    private Level level = Level.SOME;
    private int samples;
    private int share;

    void onAcked() {
        take(0);
    }

    void onLost() {
        take(WHOLE);
    }

    /** One that was counted as lost had arrived. */
    void onSpurious() {
        share = Math.max(0, share - WHOLE / Math.max(1, samples));
    }

    private void take(int sample) {
        if (samples < WINDOW) {
            samples++;
        }
        share += (sample - share) / samples;
        if (samples >= LEAST_SAMPLES) {
            level = next();
        }
    }

    private Level next() {
        if (share >= MUCH_ENTERED || level == Level.MUCH && share >= MUCH_LEFT) {
            return Level.MUCH;
        }
        return share >= SOME_ENTERED || level != Level.LITTLE && share >= SOME_LEFT ? Level.SOME : Level.LITTLE;
    }

    /** Forgets everything: the path is another one. */
    void reset() {
        restore(NOTHING_KNOWN);
    }

    /** All it knows, for {@link #restore}. */
    int summary() {
        return (level.ordinal() << SAMPLES_BITS | samples) << SHARE_BITS | share;
    }

    /** Goes on from a {@link #summary}. */
    void restore(int summary) {
        share = summary & (1 << SHARE_BITS) - 1;
        samples = summary >> SHARE_BITS & (1 << SAMPLES_BITS) - 1;
        level = LEVELS[summary >> SHARE_BITS + SAMPLES_BITS];
    }

    Level level() {
        return level;
    }

    /** Whether {@link Level#MUCH} would be entered now. */
    boolean isMuchNow() {
        return samples >= LEAST_SAMPLES && share >= MUCH_ENTERED;
    }
}
