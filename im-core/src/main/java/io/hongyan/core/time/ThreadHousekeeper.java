// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.time;

import io.hongyan.protocol.ThreadSafe;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A housekeeper with one named daemon thread, started with the first task. */
@ThreadSafe
public final class ThreadHousekeeper implements Housekeeper {
    private final ScheduledThreadPoolExecutor executor;

    /** @param threadName of its one thread */
    public ThreadHousekeeper(String threadName) {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, threadName);
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public Runnable schedule(long delayNanos, Runnable task) {
        try {
            ScheduledFuture<?> scheduled = executor.schedule(task, Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException closed) {
            return () -> {};
        }
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
