// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.world;

import io.hongyan.protocol.connection.Owner;

/** An event loop of a {@link TestWorld}. */
public final class TestOwner implements Owner {
    private final TestWorld world;
    private final int index;
    private final TestWorld.TaskQueue queue;

    TestOwner(TestWorld world, int index, TestWorld.TaskQueue queue) {
        this.world = world;
        this.index = index;
        this.queue = queue;
    }

    /** Its tasks, to be held. */
    public TestWorld.TaskQueue queue() {
        return queue;
    }

    @Override
    public boolean inOwnerThread() {
        return queue.isRunning();
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public void execute(Runnable task) {
        queue.execute(task);
    }

    @Override
    public Runnable schedule(long delayNanos, Runnable task) {
        return world.schedule(queue, delayNanos, task);
    }
}
