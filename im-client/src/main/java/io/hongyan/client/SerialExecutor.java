// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.ThreadSafe;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Tasks one after another on another executor. When that one is shut down a task runs on its caller's thread instead, so
 * that a stage is completed even then.
 */
@ThreadSafe
final class SerialExecutor implements Executor {

    private final Executor executor;
    private final ListenerInvoker invoker;
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private boolean scheduled;
    private volatile @Nullable Thread runner;

    SerialExecutor(Executor executor, ListenerInvoker invoker) {
        this.executor = executor;
        this.invoker = invoker;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            tasks.add(task);
            if (scheduled) {
                return;
            }
            scheduled = true;
        }
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException shutDown) {
            run();
        }
    }

    /** Whether this thread is running one of the tasks. */
    boolean runs(Thread thread) {
        return runner == thread;
    }

    private void run() {
        runner = Thread.currentThread();
        for (; ; ) {
            Runnable task;
            synchronized (tasks) {
                task = tasks.poll();
                if (task == null) {
                    runner = null;
                    scheduled = false;
                    return;
                }
            }
            invoker.call(this, task);
        }
    }
}
