// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.connection.Owner;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.PriorityQueue;

/** An owner with virtual time, run by the test's thread: nothing happens but inside {@link #run} and {@link #advance}. */
final class TestLoop implements Owner {

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private long nowNanos = 1_000_000_000_000L;
    private long timersMade;
    private boolean running;
    int executed;

    @Override
    public boolean inOwnerThread() {
        return running;
    }

    @Override
    public int index() {
        return 0;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public Runnable schedule(long delayNanos, Runnable task) {
        Timer timer = new Timer(nowNanos + Math.max(0, delayNanos), timersMade++, task);
        timers.add(timer);
        return () -> timers.remove(timer);
    }

    long nanoTime() {
        return nowNanos;
    }

    /** Runs what is to be run now. */
    void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            executed++;
            call(task);
        }
    }

    /** Runs the call as the loop would. */
    void call(Runnable call) {
        boolean before = running;
        running = true;
        try {
            call.run();
        } finally {
            running = before;
        }
    }

    /** Lets time pass, with all its timers. */
    void advance(Duration time) {
        long end = nowNanos + time.toNanos();
        run();
        while (!timers.isEmpty() && timers.peek().atNanos <= end) {
            Timer timer = timers.remove();
            nowNanos = timer.atNanos;
            call(timer.task);
            run();
        }
        nowNanos = end;
    }

    int timers() {
        return timers.size();
    }

    private record Timer(long atNanos, long number, Runnable task) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            return atNanos != other.atNanos ? Long.compare(atNanos, other.atNanos) : Long.compare(number, other.number);
        }
    }
}
