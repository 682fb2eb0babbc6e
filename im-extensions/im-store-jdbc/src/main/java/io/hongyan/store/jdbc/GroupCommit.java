// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.core.time.NanoClock;
import io.hongyan.protocol.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two threads: the writer takes batches from the queue and writes them; the completer tells the stages, in order, while
 * the next batch is written, and looks after answers that do not come.
 *
 * <p>A batch that fails is rolled back. If a row is at fault, all but that one are done; if the database is, none of
 * them and none of what waits is done, and the queue takes nothing for a while that doubles each time.
 */
final class GroupCommit {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);
    private static final int RACES = 3;
    private static final int MOST_ENDED = 8;
    private static final long LOOK_MILLIS = 50;
    private static final long FIRST_BACK_OFF_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LAST_BACK_OFF_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** The jobs of a batch that is with the database, and since when. */
    private record InFlight(List<Job<?>> jobs, long sinceNanos) {}

    private final StoreOptions options;
    private final NanoClock clock;
    private final WriteQueue queue;
    private final BatchWriter batchWriter;
    private final StoreCounters counters;
    private final Runnable onLook;
    private final BlockingQueue<List<Job<?>>> ended = new LinkedBlockingQueue<>(MOST_ENDED);
    private final Thread writer = new Thread(this::write, "hongyan-store-writer");
    private final Thread completer = new Thread(this::complete, "hongyan-store-completer");
    private volatile @Nullable InFlight inFlight;
    private long backOffNanos;

    /** @param onLook what the completer does several times a second */
    GroupCommit(
            StoreOptions options,
            NanoClock clock,
            WriteQueue queue,
            BatchWriter batchWriter,
            StoreCounters counters,
            Runnable onLook) {
        this.options = options;
        this.clock = clock;
        this.queue = queue;
        this.batchWriter = batchWriter;
        this.counters = counters;
        this.onLook = onLook;
        writer.setDaemon(true);
        completer.setDaemon(true);
    }

    void start() {
        writer.start();
        completer.start();
    }

    /**
     * Writes what waits, tells all stages, ends both threads.
     *
     * @throws IllegalStateException when the database does not let go of the writer
     */
    void close() throws InterruptedException {
        queue.close();
        long patienceMillis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(options.answerNanos()));
        writer.join(patienceMillis);
        if (writer.isAlive()) {
            batchWriter.abort();
            writer.interrupt();
            writer.join(patienceMillis);
        }
        if (writer.isAlive()) {
            throw new IllegalStateException("the database does not let go of " + writer.getName());
        }
        completer.join();
    }

    private void write() {
        try {
            for (List<Job<?>> batch = queue.take(); batch != null; batch = queue.take()) {
                inFlight = new InFlight(batch, clock.nanoTime());
                List<Job<?>> told = batch;
                if (commit(batch, RACES)) {
                    backOffNanos = 0;
                } else {
                    told = new ArrayList<>(batch);
                    told.addAll(turnAway());
                }
                inFlight = null;
                queue.stalled(false);
                ended.put(told);
            }
        } catch (InterruptedException closing) {
            LOG.warn("event=store-writer-interrupted");
            InFlight lost = inFlight;
            if (lost != null) {
                lost.jobs().forEach(job -> job.failed(new StoreUnavailableException("closed", closing)));
            }
        } finally {
            // Also when it ends by an error: nobody is to wait for a writer that is gone.
            queue.close();
            batchWriter.close();
        }
    }

    /** Writes a batch; whether the database is still to be asked. All jobs have ended then. */
    private boolean commit(List<Job<?>> batch, int races) {
        long begin = clock.nanoTime();
        try {
            batchWriter.write(batch);
            counters.committed(batch.size(), clock.nanoTime() - begin);
            return true;
        } catch (WriteFailure failure) {
            counters.failures.increment();
            LOG.warn(
                    "event=store-write-failed size={} trouble={} cause=\"{}\"",
                    batch.size(),
                    failure.trouble(),
                    String.valueOf(failure.getCause()));
            return switch (failure.trouble()) {
                case OF_A_RACE -> races > 0 ? commit(batch, races - 1) : inHalves(batch, failure);
                case OF_A_ROW -> inHalves(batch, failure);
                case OF_THE_DATABASE -> {
                    batch.forEach(job -> undone(job, failure));
                    yield false;
                }
            };
        }
    }

    /** Finds the row at fault by halving: all others are kept, in their order. */
    private boolean inHalves(List<Job<?>> batch, WriteFailure failure) {
        if (batch.size() == 1) {
            undone(batch.get(0), failure);
            return true;
        }
        int middle = batch.size() / 2;
        List<Job<?>> rest = batch.subList(middle, batch.size());
        if (commit(batch.subList(0, middle), RACES)) {
            return commit(rest, RACES);
        }
        rest.forEach(job -> undone(job, failure));
        return false;
    }

    private void undone(Job<?> job, WriteFailure failure) {
        Throwable cause = failure.getCause();
        if (failure.certain()) {
            job.didNotHappen(ReasonCode.STORE_UNAVAILABLE, cause);
            counters.refused.increment();
        } else {
            job.failed(new StoreUnavailableException("whether it was committed is not known", cause));
        }
    }

    /** Takes nothing for a while, and gives back what waits, so that nothing overtakes what was not done. */
    private List<Job<?>> turnAway() {
        backOffNanos = backOffNanos == 0 ? FIRST_BACK_OFF_NANOS : Math.min(2 * backOffNanos, LAST_BACK_OFF_NANOS);
        LOG.warn("event=store-down millis={}", TimeUnit.NANOSECONDS.toMillis(backOffNanos));
        List<Job<?>> waiting = queue.down(backOffNanos);
        waiting.forEach(job -> job.didNotHappen(ReasonCode.STORE_UNAVAILABLE, tooLate()));
        counters.refused.add(waiting.size());
        return waiting;
    }

    private void complete() {
        boolean open = true;
        while (open) {
            open = writer.isAlive();
            try {
                List<Job<?>> batch = ended.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                while (batch != null) {
                    batch.forEach(Job::tell);
                    batch = ended.poll();
                }
            } catch (InterruptedException notOurs) {
                LOG.debug("event=store-completer-interrupted");
            }
            look();
        }
        InFlight lost = inFlight;
        if (lost != null) {
            lost.jobs().forEach(GroupCommit::giveUp);
        }
        queue.down(0).forEach(job -> {
            job.didNotHappen(ReasonCode.STORE_UNAVAILABLE, tooLate());
            job.tell();
        });
    }

    /** Answers those whom the database has kept waiting for too long. */
    private void look() {
        InFlight waiting = inFlight;
        long limit = clock.nanoTime() - options.answerNanos();
        if (waiting != null && waiting.sinceNanos() - limit < 0) {
            queue.stalled(true);
            if (waiting.jobs().stream().anyMatch(job -> !job.stage().isDone())) {
                LOG.warn("event=store-stalled size={}", waiting.jobs().size());
            }
            for (Job<?> job : waiting.jobs()) {
                if (!job.stage().isDone()) {
                    counters.timeouts.increment();
                    giveUp(job);
                }
            }
            if (inFlight != waiting) {
                queue.stalled(false);
            }
        }
        for (Job<?> job : queue.takeOlderThan(limit)) {
            counters.timeouts.increment();
            job.didNotHappen(ReasonCode.STORE_UNAVAILABLE, tooLate());
            job.tell();
        }
        onLook.run();
    }

    private static void giveUp(Job<?> job) {
        job.stage().completeExceptionally(new StoreUnavailableException("the database does not answer", null));
    }

    private static Throwable tooLate() {
        return new StoreUnavailableException("the database did not come to it in time", null);
    }
}
