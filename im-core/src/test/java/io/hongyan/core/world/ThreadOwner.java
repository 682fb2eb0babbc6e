// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.world;

import io.hongyan.protocol.connection.Owner;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** An event loop with a real thread. */
public final class ThreadOwner implements Owner, AutoCloseable {
    private final int index;
    private final ScheduledThreadPoolExecutor executor;
    private final Consumer<Throwable> onError;
    private volatile Thread thread;

    /** @param onError hears what tasks throw */
    public ThreadOwner(int index, Consumer<Throwable> onError) {
        this.index = index;
        this.onError = onError;
        this.executor = new ScheduledThreadPoolExecutor(1, task -> {
            thread = new Thread(task, "test-loop-" + index);
            thread.setDaemon(true);
            return thread;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public boolean inOwnerThread() {
        return Thread.currentThread() == thread;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(() -> {
            try {
                task.run();
            } catch (Throwable e) {
                onError.accept(e);
            }
        });
    }

    @Override
    public Runnable schedule(long delayNanos, Runnable task) {
        ScheduledFuture<?> scheduled = executor.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
