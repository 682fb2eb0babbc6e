// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs a simulation test over many seeds, and makes its failure a seed and a command.
 *
 * <pre>{@code
 * @Test
 * void deliversEverythingInOrderOnceTheNetworkIsBack() {
 *     Seeds.forEach(RudpSimulationTest.class, "im-protocol", 1, 2000, seed -> {
 *         FaultPlan plan = FaultPlan.random(seed);
 *         ...
 *     });
 * }
 * }</pre>
 *
 * <p>System properties, which Surefire hands on from Maven's command line: {@code hongyan.seed} runs that seed alone;
 * {@code hongyan.seeds} replaces the count of seeds (from 1 up), as a nightly build does; {@code hongyan.firstSeed}
 * replaces the first seed.
 *
 * <p>Seeds run one after another on the caller's thread; the first failure ends the run.
 */
public final class Seeds {

    private Seeds() {}

    /**
     * Runs the body for {@code count} seeds, one after another.
     *
     * @param test the test class, for the replay
     * @param module the test's Maven module as {@code mvn -pl} wants it, such as {@code im-protocol}
     * @param firstSeed the first seed; the others follow it
     * @param count how many seeds, from 1 up
     * @throws SeedFailure whatever the body throws for a seed, with the seed and its replay in the first line
     */
    public static void forEach(Class<?> test, String module, long firstSeed, int count, SeedBody body) {
        forEach(test, module, firstSeed, count, System::getProperty, body);
    }

    /** The same with the properties of a test. */
    static void forEach(
            Class<?> test,
            String module,
            long firstSeed,
            int count,
            Function<String, @Nullable String> properties,
            SeedBody body) {
        Long only = number(properties, "hongyan.seed");
        Long first = number(properties, "hongyan.firstSeed");
        Long many = number(properties, "hongyan.seeds");
        long begin = only != null ? only : first != null ? first : firstSeed;
        long seeds = only != null ? 1 : many != null ? many : count;
        if (seeds < 1) {
            throw new IllegalArgumentException("the count of seeds must be 1 or more: " + seeds);
        }
        for (long done = 0; done < seeds; done++) {
            run(test, module, begin + done, body);
        }
    }

    /** The command that runs a test class of a module with one seed only. */
    public static String replay(Class<?> test, String module, long seed) {
        Class<?> outermost = test;
        for (Class<?> outer = test.getEnclosingClass(); outer != null; outer = outer.getEnclosingClass()) {
            outermost = outer;
        }
        return "mvn -q -pl " + module + " -am test -Dtest=" + outermost.getSimpleName() + " -Dhongyan.seed=" + seed
                + " -Dsurefire.failIfNoSpecifiedTests=false";
    }

    private static void run(Class<?> test, String module, long seed, SeedBody body) {
        try {
            body.run(seed);
        } catch (Throwable failure) { // whatever it is, it leaves again as the cause
            if (failure instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new SeedFailure(seed, replay(test, module, seed), failure);
        }
    }

    private static @Nullable Long number(Function<String, @Nullable String> properties, String name) {
        String value = properties.apply(name);
        if (value == null || value.isBlank()) {
            return null;
        }
        try {
            return Long.decode(value.trim());
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("-D" + name + " must be a whole number: " + value, notANumber);
        }
    }
}
