// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol;

import java.util.Random;

/**
 * Runs a check with one seed after the other and says with which it failed.
 *
 * <p>{@code -Dhongyan.fuzz.seed=N} runs one seed alone, {@code -Dhongyan.fuzz.times=N} runs N times as many.
 */
public final class FuzzRounds {
    private static final Long ONLY = Long.getLong("hongyan.fuzz.seed");
    private static final int TIMES = Integer.getInteger("hongyan.fuzz.times", 1);

    private FuzzRounds() {}

    /** One round. */
    @FunctionalInterface
    public interface Round {
        void run(Random random) throws Exception;
    }

    /** Runs rounds with the seeds 0 to {@code rounds - 1}. */
    public static void run(int rounds, Round round) {
        if (ONLY != null) {
            run(ONLY.longValue(), round);
            return;
        }
        for (long seed = 0; seed < (long) rounds * TIMES; seed++) {
            run(seed, round);
        }
    }

    private static void run(long seed, Round round) {
        try {
            round.run(new Random(seed));
        } catch (Exception | AssertionError e) {
            throw new AssertionError("failed with seed " + seed + "; again: -Dhongyan.fuzz.seed=" + seed, e);
        }
    }
}
