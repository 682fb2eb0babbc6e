// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.store;

import io.hongyan.core.store.Appended;
import io.hongyan.core.store.InboxPage;
import io.hongyan.store.jdbc.JdbcMessageStore;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;

/**
 * How long a store with many messages takes to open, and how many messages a second a device reads that comes back to
 * them, in pages of 500. Prints a line a round.
 *
 * <pre>
 *   java -cp benchmarks.jar io.hongyan.benchmarks.store.StoreRead ROUNDS MESSAGES DIRECTORY
 *   java -cp benchmarks.jar io.hongyan.benchmarks.store.StoreRead ROUNDS MESSAGES URL USER [PASSWORD]
 * </pre>
 *
 * <p>All that the database has in its tables is deleted.
 */
public final class StoreRead {
    private static final int BATCH = 256;
    private static final int UNDER_WAY = 4_096;
    private static final int INBOX = 100_000;
    private static final int PAGE = 500;
    private static final int PAGE_BYTES = 1024 * 1024;

    private StoreRead() {}

    /** Measures. */
    public static void main(String[] args) throws SQLException {
        List<String> words = List.of(args);
        int rounds = Integer.parseInt(words.get(0));
        long messages = Long.parseLong(words.get(1));
        Target target = Target.of(words.subList(2, words.size()));
        target.empty();
        fill(target, messages);
        for (int round = 1; round <= rounds; round++) {
            long begin = System.nanoTime();
            JdbcMessageStore store = target.open();
            InboxPage first = page(store, 0);
            double openMillis = (System.nanoTime() - begin) / 1e6;
            if (first.messages().isEmpty()) {
                throw new IllegalStateException("an empty inbox");
            }
            long cpu = StoreAppend.cpuNanos();
            begin = System.nanoTime();
            long read = 0;
            InboxPage page = InboxPage.nothing(0);
            do {
                page = page(store, page.through());
                read += page.messages().size();
            } while (!page.last());
            double seconds = (System.nanoTime() - begin) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "STORE READ stored=%d open_ms=%.0f inbox=%d read_per_s=%.0f cpu_us=%.1f%n",
                    messages,
                    openMillis,
                    read,
                    read / seconds,
                    (StoreAppend.cpuNanos() - cpu) / 1e3 / read);
            store.close().toCompletableFuture().join();
        }
    }

    private static InboxPage page(JdbcMessageStore store, long after) {
        return store.read(Talk.partner(0), after, PAGE, PAGE_BYTES)
                .toCompletableFuture()
                .join();
    }

    /** The first pair talks {@link #INBOX} times, or a tenth; all others write the rest. */
    private static void fill(Target target, long messages) throws SQLException {
        long inbox = Math.min(INBOX, messages);
        JdbcMessageStore store = target.open();
        Deque<CompletionStage<Appended>> underWay = new ArrayDeque<>();
        for (long counter = 1; counter <= inbox; counter++) {
            underWay.add(store.append(Talk.envelope(0, 1, counter)));
            if (underWay.size() > UNDER_WAY) {
                underWay.remove().toCompletableFuture().join();
            }
        }
        underWay.forEach(stage -> stage.toCompletableFuture().join());
        store.close().toCompletableFuture().join();
        try (BareWriter writer = BareWriter.beside(target, 1_000_000)) {
            for (long written = inbox; written < messages; written += BATCH) {
                writer.write(BATCH);
            }
        }
    }
}
