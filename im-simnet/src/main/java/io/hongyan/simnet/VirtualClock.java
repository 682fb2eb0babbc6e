// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/**
 * A clock of virtual nanoseconds that moves only when told to, with the tasks that wait on it. Tasks run in the order
 * of (time, insertion), one at a time, on the caller's thread, so a simulation with the same input takes the same
 * course every time.
 *
 * <p>Thread: confined to the thread that runs the simulation. What a task throws leaves the advancing method; the task
 * is gone then and the clock can be used on.
 *
 * <p>Times are longs with any origin, as those of {@link System#nanoTime()}: compare them by difference. Starting a
 * clock near {@link Long#MAX_VALUE} shows who does not.
 */
public final class VirtualClock {

    private final TimeQueue<Task> tasks = new TimeQueue<>();
    private long nowNanos;
    private long tasksAtThisInstant;
    private boolean running;

    /** A clock that starts at 0. */
    public VirtualClock() {
        this(0);
    }

    /** A clock that starts at the given time, in nanoseconds. */
    public VirtualClock(long startNanos) {
        this.nowNanos = startNanos;
    }

    /**
     * Runs the action when the clock reaches the time.
     *
     * @param atNanos the time; one that has passed already counts as now
     */
    public Task schedule(long atNanos, Runnable action) {
        Task task = new Task(this, Objects.requireNonNull(action, "action"));
        tasks.add(task, atNanos - nowNanos < 0 ? nowNanos : atNanos);
        return task;
    }

    /**
     * Runs the action after a delay.
     *
     * @param delayNanos from 0 up
     */
    public Task scheduleAfter(long delayNanos, Runnable action) {
        requireNotNegative("delayNanos", delayNanos);
        return schedule(nowNanos + delayNanos, action);
    }

    /** Moves to the earliest task and runs it; false if none waits. */
    public boolean runNext() {
        Task task = tasks.peek();
        if (task == null) {
            return false;
        }
        run(task);
        return true;
    }

    /**
     * Runs every task due up to the time, those included that are scheduled meanwhile, then sets the clock to it.
     *
     * @throws IllegalArgumentException if the time has passed already
     */
    public void advanceTo(long atNanos) {
        if (atNanos - nowNanos < 0) {
            throw new IllegalArgumentException("time runs forward only: now " + nowNanos + ", asked for " + atNanos);
        }
        requireOutsideTask();
        for (Task task = tasks.peek(); task != null && task.dueNanos() - atNanos <= 0; task = tasks.peek()) {
            run(task);
        }
        moveTo(atNanos);
    }

    /**
     * {@link #advanceTo} the time that is so far from now.
     *
     * @param durationNanos from 0 up
     */
    public void advanceBy(long durationNanos) {
        requireNotNegative("durationNanos", durationNanos);
        advanceTo(nowNanos + durationNanos);
    }

    /**
     * Runs tasks until none waits, and leaves the clock at the time of the last one.
     *
     * @param boundNanos how much virtual time may pass at most, from 0 up
     * @return false if tasks still wait beyond the bound; the clock then stands at the bound
     */
    public boolean runUntilIdle(long boundNanos) {
        return runUntil(() -> tasks.size() == 0, boundNanos);
    }

    /**
     * Runs tasks until the condition holds, and leaves the clock at the time of the last one. The condition is asked
     * before the first task and after each.
     *
     * @param boundNanos how much virtual time may pass at most, from 0 up
     * @return whether the condition holds; if not, the clock stands at the bound
     */
    public boolean runUntil(BooleanSupplier condition, long boundNanos) {
        requireNotNegative("boundNanos", boundNanos);
        requireOutsideTask();
        long bound = nowNanos + boundNanos;
        while (!condition.getAsBoolean()) {
            Task task = tasks.peek();
            if (task == null || task.dueNanos() - bound > 0) {
                moveTo(bound);
                return condition.getAsBoolean();
            }
            run(task);
        }
        return true;
    }

    /** The virtual time, in nanoseconds. */
    public long nowNanos() {
        return nowNanos;
    }

    /** How many tasks wait. */
    public int pendingTasks() {
        return tasks.size();
    }

    /** When the earliest waiting task is due; empty if none waits. */
    public OptionalLong nextTaskNanos() {
        Task task = tasks.peek();
        return task == null ? OptionalLong.empty() : OptionalLong.of(task.dueNanos());
    }

    private void run(Task task) {
        requireOutsideTask();
        tasks.remove(task);
        moveTo(task.dueNanos());
        if (++tasksAtThisInstant > MAX_TASKS_AT_ONE_INSTANT) {
            throw new IllegalStateException("the clock stands still: more than " + MAX_TASKS_AT_ONE_INSTANT
                    + " tasks ran at " + nowNanos + " ns, the next one is " + task.action);
        }
        running = true;
        try {
            task.action.run();
        } finally {
            running = false;
        }
    }

    private void moveTo(long atNanos) {
        if (atNanos != nowNanos) {
            nowNanos = atNanos;
            tasksAtThisInstant = 0;
        }
    }

    private void requireOutsideTask() {
        if (running) {
            throw new IllegalStateException("a task must not advance the clock that runs it");
        }
    }

    private static void requireNotNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must not be negative: " + value);
        }
    }

    /** A task that waits on the clock. Confined like the clock. */
    public static final class Task extends TimeQueue.Entry {
        private final VirtualClock clock;
        private final Runnable action;

        private Task(VirtualClock clock, Runnable action) {
            this.clock = clock;
            this.action = action;
        }

        /** Takes the task back; false if it has run, runs, or was cancelled before. */
        public boolean cancel() {
            return clock.tasks.remove(this);
        }

        /** Whether the task still waits. */
        public boolean isPending() {
            return isQueued();
        }

        /** When the task is or was due, in the clock's nanoseconds. */
        public long atNanos() {
            return dueNanos();
        }
    }

    private static final long MAX_TASKS_AT_ONE_INSTANT = 1_000_000;
}
