// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.connection.Owner;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.ArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * One event loop as an {@link Owner}. It also gathers who has something to send: a flush asked for while the loop reads
 * sockets or runs tasks happens once, behind the tasks that are queued then, however many asked.
 *
 * <pre>
 *   read socket 1 | read socket 2 | task | task | flush all that are dirty | wait
 *      flushSoon     flushSoon      flushSoon       one system call each
 * </pre>
 */
@ThreadSafe
final class EventLoopOwner implements Owner {
    private static final InternalLogger log = InternalLoggerFactory.getInstance(EventLoopOwner.class);

    private static final long LOG_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final int index;
    private final EventLoop loop;
    private final SendBuffer sendBuffer = new SendBuffer();
    private final Runnable flushAll = this::flushAll;

    private ArrayList<Flushable> dirty = new ArrayList<>();
    private ArrayList<Flushable> spare = new ArrayList<>();
    private long failureLoggedNanos = System.nanoTime() - LOG_INTERVAL_NANOS;

    EventLoopOwner(int index, EventLoop loop) {
        this.index = index;
        this.loop = loop;
    }

    @Override
    public boolean inOwnerThread() {
        return loop.inEventLoop();
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public Runnable schedule(long delayNanos, Runnable task) {
        var scheduled = loop.schedule(() -> runScheduled(task), Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    /** Has {@link Flushable#flushNow()} called once, soon. The caller keeps itself from asking twice. */
    @Confined("owner")
    void flushSoon(Flushable flushable) {
        assert inOwnerThread();
        dirty.add(flushable);
        if (dirty.size() == 1) {
            loop.execute(flushAll);
        }
    }

    /** Whether a failure may be written to the log above DEBUG: one a minute and loop, or a hostile peer fills disks. */
    @Confined("owner")
    boolean mayLogFailure() {
        long now = System.nanoTime();
        if (now - failureLoggedNanos < LOG_INTERVAL_NANOS) {
            return false;
        }
        failureLoggedNanos = now;
        return true;
    }

    /** Runs the task when the loop has looked at its sockets once more; at once, if the loop has ended. From any thread. */
    void afterNextSelect(Runnable task) {
        try {
            ((SingleThreadEventLoop) loop).executeAfterEventLoopIteration(() -> executeOrRun(task));
        } catch (RejectedExecutionException loopEnded) {
            task.run();
        }
    }

    /** Shared by the UDP sockets of the loop. */
    @Confined("owner")
    SendBuffer sendBuffer() {
        return sendBuffer;
    }

    EventLoop loop() {
        return loop;
    }

    @Override
    public String toString() {
        return "owner " + index;
    }

    /**
     * Those who ask again meanwhile, because room became free, have their turn after other work. One that throws takes
     * the turn of no other, now or later.
     */
    private void flushAll() {
        ArrayList<Flushable> batch = dirty;
        dirty = spare;
        spare = batch;
        for (int i = 0; i < batch.size(); i++) {
            try {
                batch.get(i).flushNow();
            } catch (RuntimeException | Error e) {
                logFailure("a flush", batch.get(i), e);
            }
        }
        batch.clear();
    }

    private void executeOrRun(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException loopEnds) {
            task.run();
        }
    }

    /** Netty keeps what a scheduled task throws in a future that nobody looks at. */
    private void runScheduled(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            logFailure("a scheduled task", task, e);
        }
    }

    private void logFailure(String what, Object failed, Throwable e) {
        if (mayLogFailure()) {
            log.warn("{}: {} failed: {}", this, what, failed, e);
        } else {
            log.debug("{}: {} failed: {}", this, what, failed, e);
        }
    }
}
