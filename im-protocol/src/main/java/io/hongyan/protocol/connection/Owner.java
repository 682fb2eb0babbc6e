// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.connection;

import io.hongyan.protocol.ThreadSafe;
import java.util.concurrent.Executor;

/**
 * The single thread that owns connections and what hangs on them; in a running server, one event loop. Whoever is on
 * another thread hands it a task; there are no locks.
 *
 * <p>Tasks given by one thread run in the order they were given. A task that throws ends neither the owner nor other
 * tasks.
 */
@ThreadSafe
public interface Owner extends Executor {
    /** Whether the caller is on the owner's thread. */
    boolean inOwnerThread();

    /** The owner's place among its siblings, from 0; for tables that have one cell per owner. */
    int index();

    /**
     * Runs the task on the owner's thread, never inside this call when the caller is another thread.
     *
     * @throws java.util.concurrent.RejectedExecutionException when the owner has been shut down
     */
    @Override
    void execute(Runnable task);

    /**
     * Runs the task on the owner's thread after a delay.
     *
     * @param delayNanos from now, in ns; 0 or less means as soon as possible
     * @return cancels the task when run on the owner's thread; harmless when it has run or was cancelled before
     */
    Runnable schedule(long delayNanos, Runnable task);
}
