// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.core.time.Housekeeper;
import io.hongyan.protocol.ThreadSafe;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the lanes of a node run: an executor, the application's or the node's own, and how many lanes are busy. */
@ThreadSafe
public final class WorkerPool {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

    /** An executor that refused is asked again after this, in ns. */
    private static final long RETRY_NANOS = 10_000_000L;

    private final Executor executor;
    private final Housekeeper housekeeper;
    private final ListenerInvoker invoker;
    private final AtomicInteger busyLanes = new AtomicInteger();

    public WorkerPool(Executor executor, Housekeeper housekeeper, ListenerInvoker invoker) {
        this.executor = executor;
        this.housekeeper = housekeeper;
        this.invoker = invoker;
    }

    /** A new lane. @param bound tasks that wait before it says that it is full */
    public WorkerLane newLane(int bound) {
        return new WorkerLane(this, bound);
    }

    /** Runs the task; if the executor refuses now, later: a lane that lost its turn would stand still for ever. */
    public void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException full) {
            LOG.debug("event=executor_full retry_in_ms={}", RETRY_NANOS / 1_000_000);
            housekeeper.schedule(RETRY_NANOS, () -> execute(task));
        }
    }

    /** Lanes with a task that runs or waits. */
    public int busyLanes() {
        return busyLanes.get();
    }

    /** What survives the exceptions of foreign code. */
    public ListenerInvoker invoker() {
        return invoker;
    }

    void laneBecameBusy() {
        busyLanes.incrementAndGet();
    }

    void laneBecameIdle() {
        busyLanes.decrementAndGet();
    }
}
