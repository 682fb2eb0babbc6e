// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.connection.Owner;
import java.util.ArrayDeque;
import java.util.Queue;

/** An event loop of a {@link Machine}: its tasks run in their order, soon after they were given. */
@Confined("world")
final class MachineLoop implements Owner {
    private final Machine machine;
    private final int index;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean armed;

    MachineLoop(Machine machine, int index) {
        this.machine = machine;
        this.index = index;
    }

    @Override
    public boolean inOwnerThread() {
        return machine.world().running() == this;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        arm();
    }

    @Override
    public Runnable schedule(long delayNanos, Runnable task) {
        return machine.schedule(delayNanos, () -> call(task));
    }

    Machine machine() {
        return machine;
    }

    private void arm() {
        if (!armed && !tasks.isEmpty() && machine.isAlive()) {
            armed = true;
            machine.schedule(machine.world().hopNanos(), this::runAll);
        }
    }

    /** What is there now; what comes of it has another turn. */
    private void runAll() {
        armed = false;
        for (int left = tasks.size(); left > 0 && machine.isAlive(); left--) {
            call(tasks.remove());
        }
        arm();
    }

    private void call(Runnable task) {
        machine.world().runOn(this, task);
    }
}
