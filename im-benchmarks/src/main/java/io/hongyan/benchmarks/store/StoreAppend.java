// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.store;

import com.sun.management.OperatingSystemMXBean;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.store.jdbc.JdbcMessageStore;
import io.hongyan.store.jdbc.StoreStats;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * How many messages a second a store keeps for 50 senders with 32 under way each, 200 bytes, two inboxes: alternately with
 * a bare writer of the same rows in batches of the same size. Prints a line a round, and the medians.
 *
 * <pre>
 *   java -cp benchmarks.jar io.hongyan.benchmarks.store.StoreAppend ROUNDS SECONDS DIRECTORY
 *   java -cp benchmarks.jar io.hongyan.benchmarks.store.StoreAppend ROUNDS SECONDS URL USER [PASSWORD]
 * </pre>
 *
 * <p>All that the database has in its tables is deleted.
 */
public final class StoreAppend {
    private static final int WINDOW = 32;
    private static final int DEFAULT_BATCH = 256;

    private StoreAppend() {}

    /** Measures. */
    public static void main(String[] args) throws SQLException {
        List<String> words = List.of(args);
        int rounds = Integer.parseInt(words.get(0));
        long nanos = Math.round(Double.parseDouble(words.get(1)) * 1e9);
        Target target = Target.of(words.subList(2, words.size()));
        double[] stored = new double[rounds];
        double[] bare = new double[rounds];
        double[] ratios = new double[rounds];
        int batch = DEFAULT_BATCH;
        for (int round = 0; round <= rounds; round++) {
            target.empty();
            Round result = store(target, nanos, round);
            batch = Math.max(1, (int) Math.round(result.meanBatch));
            target.empty();
            long cpu = cpuNanos();
            double rate = bare(target, nanos, batch);
            double bareCpuMicros = (cpuNanos() - cpu) / 1e3 / (rate * nanos / 1e9);
            // The first round warms up.
            if (round > 0) {
                stored[round - 1] = result.rate;
                bare[round - 1] = rate;
                ratios[round - 1] = result.rate / rate;
                System.out.printf(
                        Locale.ROOT,
                        "STORE APPEND stored_per_s=%.0f cpu_us=%.1f batch=%d commit_ms=%.2f"
                                + " bare_per_s=%.0f bare_cpu_us=%.1f ratio=%.2f%n",
                        result.rate,
                        result.cpuMicros,
                        batch,
                        result.commitMillis,
                        rate,
                        bareCpuMicros,
                        result.rate / rate);
            }
        }
        System.out.printf(
                Locale.ROOT,
                "STORE APPEND MEDIAN stored_per_s=%.0f bare_per_s=%.0f ratio=%.2f%n",
                median(stored),
                median(bare),
                median(ratios));
    }

    private record Round(double rate, double cpuMicros, double meanBatch, double commitMillis) {}

    private static Round store(Target target, long nanos, long instance) {
        JdbcMessageStore store = target.open();
        Senders senders = new Senders(store, instance);
        long cpu = cpuNanos();
        long begin = System.nanoTime();
        senders.begin();
        LockSupport.parkNanos(nanos);
        senders.end();
        long kept = senders.kept.sum();
        double seconds = (System.nanoTime() - begin) / 1e9;
        double cpuMicros = (cpuNanos() - cpu) / 1e3 / kept;
        store.close().toCompletableFuture().join();
        StoreStats stats = store.stats();
        if (senders.failed.sum() > 0) {
            throw new IllegalStateException(senders.failed.sum() + " messages were not kept");
        }
        return new Round(
                kept / seconds,
                cpuMicros,
                (double) stats.messages() / stats.batches(),
                stats.commitNanos() / 1e6 / stats.batches());
    }

    /** Each keeps its window full: the answer to one message sends the next. */
    private static final class Senders {
        private final JdbcMessageStore store;
        private final long instance;
        private final AtomicLongArray counters = new AtomicLongArray(Talk.PAIRS);
        private final LongAdder kept = new LongAdder();
        private final LongAdder failed = new LongAdder();
        private final Phaser underWay = new Phaser(1);
        private volatile boolean ended;

        Senders(JdbcMessageStore store, long instance) {
            this.store = store;
            this.instance = instance;
        }

        void begin() {
            underWay.bulkRegister(WINDOW * Talk.PAIRS);
            for (int i = 0; i < WINDOW; i++) {
                for (int pair = 0; pair < Talk.PAIRS; pair++) {
                    send(pair);
                }
            }
        }

        /** Returns when nothing is under way any more. */
        void end() {
            ended = true;
            underWay.arriveAndAwaitAdvance();
        }

        private void send(int pair) {
            store.append(Talk.envelope(pair, instance, counters.incrementAndGet(pair)))
                    .whenComplete((appended, failure) -> {
                        if (failure != null || appended.code() != ReasonCode.OK) {
                            failed.increment();
                        } else {
                            kept.increment();
                        }
                        if (ended) {
                            underWay.arriveAndDeregister();
                        } else {
                            send(pair);
                        }
                    });
        }
    }

    private static double bare(Target target, long nanos, int batch) throws SQLException {
        try (BareWriter writer = new BareWriter(target)) {
            long begin = System.nanoTime();
            long written = 0;
            while (System.nanoTime() - begin < nanos) {
                writer.write(batch);
                written += batch;
            }
            return written / ((System.nanoTime() - begin) / 1e9);
        }
    }

    /** Of this process, all threads. */
    static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
