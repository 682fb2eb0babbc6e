// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.protocol.ThreadSafe;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * Runs tasks one after the other, in the order they came, on the threads of a {@link WorkerPool}: the callbacks of one
 * session. Nothing is refused; who submits beyond the bound is told that the lane is full, stops reading its peer, and
 * asks to be told when it is half empty.
 */
@ThreadSafe
public final class WorkerLane {
    /** After so many tasks in a row the thread goes to another lane. */
    private static final int TURN = 64;

    private final WorkerPool pool;
    private final int bound;

    /** Guarded by this, as all below. */
    private final Queue<Runnable> tasks = new ArrayDeque<>(4);

    private final List<Runnable> waiting = new ArrayList<>(0);
    private boolean running;

    WorkerLane(WorkerPool pool, int bound) {
        this.pool = pool;
        this.bound = bound;
    }

    /**
     * Adds a task.
     *
     * @return whether there is still room
     */
    public boolean submit(Runnable task) {
        boolean start;
        boolean room;
        synchronized (this) {
            tasks.add(task);
            room = tasks.size() < bound;
            start = !running;
            running = true;
        }
        if (start) {
            pool.laneBecameBusy();
            pool.execute(this::runTurn);
        }
        return room;
    }

    /** Runs the task when at most half of the bound is waiting, at once if it is; on any thread, so it should hop. */
    public void whenHalfEmpty(Runnable task) {
        synchronized (this) {
            if (tasks.size() > bound / 2) {
                waiting.add(task);
                return;
            }
        }
        task.run();
    }

    /** Whether no task runs or waits. */
    public synchronized boolean isIdle() {
        return !running;
    }

    /** Tasks that wait. */
    public synchronized int size() {
        return tasks.size();
    }

    private void runTurn() {
        for (int i = 0; i < TURN; i++) {
            Runnable task;
            List<Runnable> resumed;
            synchronized (this) {
                task = tasks.poll();
                running = task != null;
                resumed = takeResumed();
            }
            resumed.forEach(Runnable::run);
            if (task == null) {
                pool.laneBecameIdle();
                return;
            }
            pool.invoker().run(task);
        }
        pool.execute(this::runTurn);
    }

    private List<Runnable> takeResumed() {
        if (waiting.isEmpty() || tasks.size() > bound / 2) {
            return List.of();
        }
        List<Runnable> resumed = List.copyOf(waiting);
        waiting.clear();
        return resumed;
    }
}
