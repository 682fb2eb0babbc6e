// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
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
 * {@code hongyan.seeds} replaces the count of seeds (from 1 up); {@code hongyan.firstSeed} replaces the first seed;
 * {@code hongyan.seedPercent} runs that share of the count (at least one seed), more than 100 in a nightly build, and
 * less where a build repeats what another has done.
 *
 * <p>{@link #forEach} runs them one after another on the caller's thread, {@link #forEachInParallel} on as many threads
 * as there are processors; the first failure ends the run.
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
        Range range = Range.of(firstSeed, count, properties);
        for (long done = 0; done < range.count; done++) {
            run(test, module, range.first + done, body);
        }
    }

    /**
     * Runs the body for {@code count} seeds on as many threads as there are processors, for bodies that are worlds of
     * their own: nothing outside may be changed by two of them. Seeds begin in their order, and those before a failure are
     * brought to their end, so that the failure told is the one of {@link #forEach}.
     *
     * @see #forEach(Class, String, long, int, SeedBody)
     */
    public static void forEachInParallel(Class<?> test, String module, long firstSeed, int count, SeedBody body) {
        int threads = Runtime.getRuntime().availableProcessors();
        forEachInParallel(test, module, firstSeed, count, threads, System::getProperty, body);
    }

    /** The same with the properties of a test, on so many threads. */
    static void forEachInParallel(
            Class<?> test,
            String module,
            long firstSeed,
            int count,
            int threads,
            Function<String, @Nullable String> properties,
            SeedBody body) {
        Range range = Range.of(firstSeed, count, properties);
        AtomicLong begun = new AtomicLong();
        Queue<SeedFailure> failures = new ConcurrentLinkedQueue<>();
        List<Thread> workers = new ArrayList<>();
        for (long worker = 0; worker < Math.min(threads, range.count); worker++) {
            Thread thread = new Thread(() -> {
                while (failures.isEmpty()) {
                    long next = begun.getAndIncrement();
                    if (next >= range.count) {
                        break;
                    }
                    try {
                        run(test, module, range.first + next, body);
                    } catch (SeedFailure failure) {
                        failures.add(failure);
                    }
                }
            });
            thread.setName("seeds-" + worker);
            thread.setDaemon(true);
            workers.add(thread);
            thread.start();
        }
        try {
            for (Thread thread : workers) {
                thread.join();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            begun.set(range.count);
            throw new IllegalStateException("interrupted with seeds under way", stopped);
        }
        failures.stream().min(Comparator.comparingLong(SeedFailure::seed)).ifPresent(failure -> {
            throw failure;
        });
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

    /** Which seeds run. */
    private record Range(long first, long count) {
        static Range of(long firstSeed, int count, Function<String, @Nullable String> properties) {
            Long only = number(properties, "hongyan.seed");
            Long first = number(properties, "hongyan.firstSeed");
            Long many = number(properties, "hongyan.seeds");
            Long percent = number(properties, "hongyan.seedPercent");
            if (percent != null && percent < 1) {
                throw new IllegalArgumentException("the percentage of seeds must be 1 or more: " + percent);
            }
            long usual = percent == null ? count : Math.max(1, count * percent / 100);
            long seeds = only != null ? 1 : many != null ? many : usual;
            if (seeds < 1) {
                throw new IllegalArgumentException("the count of seeds must be 1 or more: " + seeds);
            }
            return new Range(only != null ? only : first != null ? first : firstSeed, seeds);
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
