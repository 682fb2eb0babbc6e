// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A few threads that read, each over a link of its own, which it opens again after it broke. */
final class Readers {
    private static final Logger LOG = LoggerFactory.getLogger(Readers.class);

    /** What is read over a link. */
    @FunctionalInterface
    interface Query<T> {
        T read(Link link) throws SQLException;
    }

    private final Database database;
    private final StoreOptions options;
    private final BlockingQueue<Read<?>> reads;
    private final List<Reader> threads = new ArrayList<>();
    private volatile boolean closed;

    Readers(Database database, StoreOptions options) {
        this.database = database;
        this.options = options;
        this.reads = new ArrayBlockingQueue<>(options.queuedReads());
        for (int i = 1; i <= options.readers(); i++) {
            threads.add(new Reader("hongyan-store-reader-" + i));
        }
        threads.forEach(Thread::start);
    }

    /** Reads as soon as a thread is free; fails when too many wait, or when it takes too long. */
    <T> CompletionStage<T> read(Query<T> query) {
        Read<T> read = new Read<>(query);
        if (closed || !reads.offer(read)) {
            return CompletableFuture.failedStage(
                    new StoreUnavailableException(closed ? "the store is closed" : "too many reads wait", null));
        }
        return read.stage.orTimeout(options.answerNanos(), TimeUnit.NANOSECONDS);
    }

    /** Ends the threads: what waits still is read. */
    void close() throws InterruptedException {
        closed = true;
        long end = System.nanoTime() + options.answerNanos();
        for (Reader thread : threads) {
            long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
            thread.join(left);
            if (thread.isAlive()) {
                thread.abort();
                thread.join();
            }
        }
        for (Read<?> read = reads.poll(); read != null; read = reads.poll()) {
            read.fail(new StoreUnavailableException("the store is closed", null));
        }
    }

    private static final class Read<T> {
        final CompletableFuture<T> stage = new CompletableFuture<>();
        final Query<T> query;

        Read(Query<T> query) {
            this.query = query;
        }

        void run(Link link) throws SQLException {
            T result = query.read(link);
            // Ends what holds back the write-ahead log, or the server's memory.
            link.rollback();
            stage.complete(result);
        }

        void fail(Throwable failure) {
            stage.completeExceptionally(failure);
        }
    }

    private final class Reader extends Thread {
        private static final int POLL_MILLIS = 100;

        private volatile @Nullable Link link;

        Reader(String name) {
            super(name);
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                while (!closed || !reads.isEmpty()) {
                    Read<?> read = reads.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                    if (read != null && !read.stage.isDone()) {
                        run(read);
                    }
                }
            } catch (InterruptedException ended) {
                LOG.debug("event=store-reader-interrupted");
            } finally {
                drop();
            }
        }

        /** Twice, if the link was in use before: it may have broken meanwhile. */
        private void run(Read<?> read) {
            boolean tried = link != null;
            Exception failure = attempt(read);
            if (failure != null && tried) {
                failure = attempt(read);
            }
            if (failure != null) {
                LOG.warn("event=store-read-failed cause=\"{}\"", failure.toString());
                read.fail(new StoreUnavailableException("a read failed", failure));
            }
        }

        private @Nullable Exception attempt(Read<?> read) {
            try {
                Link open = link;
                if (open == null) {
                    open = database.openReader();
                    link = open;
                }
                read.run(open);
                return null;
            } catch (SQLException | RuntimeException failure) {
                drop();
                return failure;
            }
        }

        private void drop() {
            Link open = link;
            link = null;
            if (open != null) {
                try {
                    open.close();
                } catch (SQLException broken) {
                    LOG.debug("event=store-reader-close-failed", broken);
                }
            }
        }

        private void abort() {
            Link open = link;
            interrupt();
            if (open != null) {
                try {
                    open.abort();
                } catch (SQLException broken) {
                    LOG.debug("event=store-reader-abort-failed", broken);
                }
            }
        }
    }
}
