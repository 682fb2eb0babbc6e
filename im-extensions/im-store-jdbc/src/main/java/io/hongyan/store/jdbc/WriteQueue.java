// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.core.time.NanoClock;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the writer, in order, bounded in number and bytes. Nobody waits to put something in; only the writer waits
 * for something to take out.
 */
@ThreadSafe
final class WriteQueue {
    private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final StoreOptions options;
    private final NanoClock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition enough = lock.newCondition();
    private final Deque<Job<?>> jobs = new ArrayDeque<>();
    private final PendingAdvances advances = new PendingAdvances();
    private long bytes;
    /** How many jobs the writer waits for; 0 while it does not wait. */
    private int wanted;

    private int lastBatch = 1;
    private boolean stalled;
    private boolean down;
    private long downUntilNanos;
    private boolean closed;

    WriteQueue(StoreOptions options, NanoClock clock) {
        this.options = options;
        this.clock = clock;
    }

    /** Puts a job last. {@link ReasonCode#OK}, or why it is not taken. */
    ReasonCode offer(Job<?> job) {
        lock.lock();
        try {
            long now = clock.nanoTime();
            if (closed || stalled || isDown(now)) {
                return ReasonCode.STORE_UNAVAILABLE;
            }
            if (jobs.size() >= options.queuedMessages() || bytes + job.bytes() > options.queuedBytes() && bytes > 0) {
                return ReasonCode.BACKPRESSURED;
            }
            add(job, now);
            return ReasonCode.OK;
        } finally {
            lock.unlock();
        }
    }

    /** Puts a job last, behind what this user's devices have told. */
    ReasonCode offerBehindAdvances(String user, Job<?> job) {
        lock.lock();
        try {
            long now = clock.nanoTime();
            advances.takeOf(user).forEach(advance -> add(advance, now));
            return offer(job);
        } finally {
            lock.unlock();
        }
    }

    /** Notes how far a device is, to be written together with others soon. The job of this or of a higher position. */
    Job.@Nullable Other<Void> offerAdvance(String user, String device, long position) {
        lock.lock();
        try {
            long now = clock.nanoTime();
            if (closed || stalled || isDown(now)) {
                return null;
            }
            Job.Other<Void> job = advances.note(user, device, position, now);
            if (wanted > 0) {
                enough.signal();
            }
            return job;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The next batch: what is there when as many came as last time, or when the first has waited for the batch delay.
     * Null when the queue is closed and empty.
     */
    @Nullable
    List<Job<?>> take() throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                moveAdvances();
                if (!jobs.isEmpty()) {
                    break;
                }
                if (closed) {
                    return null;
                }
                wanted = 1;
                enough.awaitNanos(advances.isEmpty() ? IDLE_NANOS : options.advanceDelayNanos());
                wanted = 0;
            }
            int target = Math.min(lastBatch, options.batchMessages());
            long end = jobs.element().queuedNanos() + options.batchDelayNanos();
            long left = end - clock.nanoTime();
            while (jobs.size() < target && !closed && left > 0) {
                wanted = target;
                enough.awaitNanos(left);
                wanted = 0;
                left = end - clock.nanoTime();
            }
            List<Job<?>> batch = poll();
            lastBatch = batch.size();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** Takes out what has waited since before a time. */
    List<Job<?>> takeOlderThan(long nanos) {
        lock.lock();
        try {
            List<Job<?>> old = new ArrayList<>();
            while (!jobs.isEmpty() && jobs.element().queuedNanos() - nanos < 0) {
                old.add(remove());
            }
            return old;
        } finally {
            lock.unlock();
        }
    }

    /** The database is gone: nothing is taken for a while, and what waited is given back. */
    List<Job<?>> down(long nanos) {
        lock.lock();
        try {
            down = true;
            downUntilNanos = clock.nanoTime() + nanos;
            List<Job<?>> all = new ArrayList<>(jobs);
            all.addAll(advances.takeAll());
            jobs.clear();
            bytes = 0;
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** While the writer does not return from the database, nothing more is taken. */
    void stalled(boolean stalled) {
        lock.lock();
        try {
            this.stalled = stalled;
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing more; what is there is still to be written. */
    void close() {
        lock.lock();
        try {
            closed = true;
            enough.signal();
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return jobs.size();
        } finally {
            lock.unlock();
        }
    }

    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    private boolean isDown(long now) {
        if (down && now - downUntilNanos >= 0) {
            down = false;
        }
        return down;
    }

    private void add(Job<?> job, long now) {
        job.queuedAt(now);
        jobs.add(job);
        bytes += job.bytes();
        if (wanted > 0 && jobs.size() >= wanted) {
            enough.signal();
        }
    }

    private Job<?> remove() {
        Job<?> job = jobs.remove();
        bytes -= job.bytes();
        return job;
    }

    private void moveAdvances() {
        long now = clock.nanoTime();
        if (closed || advances.areOlderThan(now - options.advanceDelayNanos())) {
            advances.take(options.batchMessages()).forEach(advance -> add(advance, now));
        }
    }

    private List<Job<?>> poll() {
        List<Job<?>> batch = new ArrayList<>(Math.min(jobs.size(), options.batchMessages()));
        long rows = 0;
        long batchBytes = 0;
        while (!jobs.isEmpty() && batch.size() < options.batchMessages()) {
            Job<?> next = jobs.element();
            rows += next.rows();
            batchBytes += next.bytes();
            if (!batch.isEmpty() && (rows > options.batchRows() || batchBytes > options.batchBytes())) {
                break;
            }
            batch.add(remove());
        }
        return batch;
    }
}
