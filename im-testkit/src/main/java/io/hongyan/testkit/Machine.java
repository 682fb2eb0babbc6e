// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import io.hongyan.core.time.Housekeeper;
import io.hongyan.protocol.Confined;
import io.hongyan.simnet.VirtualClock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A process of the world: what runs on it stops for good when it is killed, and for a while when it stalls. Its loops and
 * workers take turns by the seed.
 */
@Confined("world")
final class Machine {
    private final TestWorld world;
    private final List<MachineLoop> loops = new ArrayList<>();
    private final Set<StreamConnection> streams = new LinkedHashSet<>();
    private boolean alive = true;
    private long stalledUntilNanos;
    private int nextLoop;

    Machine(TestWorld world, int loopCount) {
        this.world = world;
        this.stalledUntilNanos = world.nowNanos();
        for (int i = 0; i < loopCount; i++) {
            loops.add(new MachineLoop(this, i));
        }
    }

    /**
     * Runs the task after the delay, if the machine is there then; later if it stalls.
     *
     * @return cancels the task, also one that is due and waits for the end of a stall
     */
    Runnable schedule(long delayNanos, Runnable task) {
        Timer timer = new Timer(task);
        timer.begin(Math.max(0, delayNanos));
        return timer::cancel;
    }

    /** A pool of workers: each task by itself, in no order but the seed's. */
    Executor workers() {
        return task -> schedule(world.hopNanos(), task);
    }

    /** What belongs to no loop. */
    Housekeeper housekeeper() {
        return new Housekeeper() {
            private boolean closed;

            @Override
            public Runnable schedule(long delayNanos, Runnable task) {
                return Machine.this.schedule(delayNanos, () -> {
                    if (!closed) {
                        task.run();
                    }
                });
            }

            @Override
            public void close() {
                closed = true;
            }
        };
    }

    /** Nothing runs here from now on until the time is over: a long pause of the collector, a debugger. */
    void stall(long nanos) {
        stalledUntilNanos = world.nowNanos() + nanos;
    }

    /** The process is gone; its operating system resets its streams. */
    void kill() {
        alive = false;
        List.copyOf(streams).forEach(StreamConnection::processDied);
        streams.clear();
    }

    MachineLoop nextLoop() {
        return loops.get(nextLoop++ % loops.size());
    }

    List<MachineLoop> loops() {
        return loops;
    }

    boolean isAlive() {
        return alive;
    }

    TestWorld world() {
        return world;
    }

    void opened(StreamConnection stream) {
        streams.add(stream);
    }

    void closed(StreamConnection stream) {
        streams.remove(stream);
    }

    /** A task that waits for its time, and then for the machine. */
    private final class Timer {
        private final Runnable task;
        private VirtualClock.@Nullable Task waiting;

        Timer(Runnable task) {
            this.task = task;
        }

        void begin(long delayNanos) {
            waiting = world.clock().scheduleAfter(delayNanos, this::run);
        }

        void cancel() {
            VirtualClock.Task queued = waiting;
            if (queued != null) {
                queued.cancel();
            }
        }

        private void run() {
            long left = stalledUntilNanos - world.nowNanos();
            if (alive && left > 0) {
                begin(left);
            } else if (alive) {
                world.guard(task);
            }
        }
    }
}
