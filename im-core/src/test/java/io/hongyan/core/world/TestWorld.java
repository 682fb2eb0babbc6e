// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.world;

import io.hongyan.core.time.Housekeeper;
import io.hongyan.core.time.NanoClock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;

/**
 * A deterministic world: event loops, worker threads and clients are queues of tasks, one task runs at a time, and a seed
 * decides which queue is next. Time stands still while there is something to do, and moves only when told.
 */
public final class TestWorld implements NanoClock, Housekeeper, InstantSource {
    private final List<TaskQueue> queues = new ArrayList<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final SplittableRandom random;
    private final List<TestOwner> owners = new ArrayList<>();
    private final List<TaskQueue> workers = List.of(queue(), queue(), queue());
    private final TaskQueue background = queue();
    private final boolean shuffled;
    private TaskQueue running;
    private long nowNanos = 1_000_000_000L;
    private long timerCount;

    private TestWorld(long seed, boolean shuffled, int loops) {
        this.random = new SplittableRandom(seed);
        this.shuffled = shuffled;
        for (int i = 0; i < loops; i++) {
            owners.add(new TestOwner(this, i, queue()));
        }
    }

    /** Queues take turns. */
    public static TestWorld withLoops(int loops) {
        return new TestWorld(0, false, loops);
    }

    /** The seed decides who is next. */
    public static TestWorld shuffled(long seed, int loops) {
        return new TestWorld(seed, true, loops);
    }

    public TestOwner owner(int index) {
        return owners.get(index);
    }

    public int loops() {
        return owners.size();
    }

    /** The threads of listeners. */
    public Executor workers() {
        return task ->
                workers.get(shuffled ? random.nextInt(workers.size()) : 0).execute(task);
    }

    /** Blocks the threads of listeners, or lets them go on. */
    public void holdWorkers(boolean held) {
        workers.forEach(queue -> queue.held = held);
    }

    /** Blocks one of these threads, or lets it go on. */
    public void holdWorker(int index, boolean held) {
        workers.get(index).held = held;
    }

    public int workerThreads() {
        return workers.size();
    }

    /** A queue of its own, for a client. */
    public TaskQueue queue() {
        TaskQueue queue = new TaskQueue(this);
        queues.add(queue);
        return queue;
    }

    /** Runs what is due until nothing is left to do. Time stands still. */
    public void settle() {
        for (int steps = 0; runOne(); steps++) {
            if (steps > 5_000_000) {
                throw new AssertionError("the world does not come to rest");
            }
        }
    }

    /** Runs one task, if there is one. */
    public boolean runOne() {
        int start = shuffled ? random.nextInt(queues.size()) : 0;
        for (int i = 0; i < queues.size(); i++) {
            TaskQueue queue = queues.get((start + i) % queues.size());
            if (!queue.isHeld() && queue.hasTask()) {
                TaskQueue before = running;
                running = queue;
                try {
                    queue.runOne();
                } finally {
                    running = before;
                }
                return true;
            }
        }
        return false;
    }

    /** Settles, then moves time on, stopping at every timer on the way and settling there. */
    public void advanceMillis(long millis) {
        long end = nowNanos + millis * 1_000_000;
        settle();
        while (!timers.isEmpty() && timers.peek().atNanos - end <= 0) {
            Timer timer = timers.poll();
            nowNanos = Math.max(nowNanos, timer.atNanos);
            timer.queue.execute(timer.task);
            settle();
        }
        nowNanos = end;
    }

    boolean isRunning(TaskQueue queue) {
        return running == queue;
    }

    Runnable schedule(TaskQueue queue, long delayNanos, Runnable task) {
        Timer timer = new Timer(nowNanos + Math.max(0, delayNanos), timerCount++, queue, task);
        timers.add(timer);
        return () -> timers.remove(timer);
    }

    @Override
    public Runnable schedule(long delayNanos, Runnable task) {
        return schedule(background, delayNanos, task);
    }

    @Override
    public void close() {
        timers.removeIf(timer -> timer.queue == background);
    }

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public long millis() {
        return 1_700_000_000_000L + nowNanos / 1_000_000;
    }

    /** Tasks that run one after the other. */
    public static final class TaskQueue implements Executor {
        private final TestWorld world;
        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private boolean held;

        TaskQueue(TestWorld world) {
            this.world = world;
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        /** Runs none of its tasks until {@link #release()}: a thread that is blocked. */
        public void hold() {
            held = true;
        }

        public void release() {
            held = false;
        }

        boolean isHeld() {
            return held;
        }

        boolean hasTask() {
            return !tasks.isEmpty();
        }

        void runOne() {
            tasks.remove().run();
        }

        public boolean isRunning() {
            return world.isRunning(this);
        }
    }

    private record Timer(long atNanos, long number, TaskQueue queue, Runnable task) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            int byTime = Long.compare(atNanos - other.atNanos, 0);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }
}
