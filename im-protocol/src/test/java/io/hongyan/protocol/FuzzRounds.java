// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol;

import java.util.Random;

/**
 * Runs a check with one seed after the other and, when it fails, says with which, and the command that runs it again.
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
        } catch (Throwable e) { // also what runs out of memory or stack; it leaves again as the cause
            throw new AssertionError(
                    "seed " + seed + " failed; replay: mvn -q -pl im-protocol -am test -Dtest=" + testOf(round)
                            + " -Dhongyan.fuzz.seed=" + seed + " -Dsurefire.failIfNoSpecifiedTests=false",
                    e);
        }
    }

    /** The test class whose lambda the round is. */
    private static String testOf(Round round) {
        return round.getClass().getSimpleName().replaceFirst("\\$\\$.*", "");
    }
}
