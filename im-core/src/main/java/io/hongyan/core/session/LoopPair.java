// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.protocol.ThreadSafe;
import java.util.ArrayList;
import java.util.List;

/**
 * How much is under way from one loop to another. When it is full, connections of the first loop rest until it is half
 * empty; so a loop that falls behind slows those who write to it, and nothing piles up in its queue.
 */
@ThreadSafe
public final class LoopPair {
    private final Loop source;
    private final long limitBytes;

    /** Guarded by this. */
    private final List<Runnable> waiting = new ArrayList<>();

    private long bytes;

    LoopPair(Loop source, int limitBytes) {
        this.source = source;
        this.limitBytes = limitBytes;
    }

    synchronized void reserve(int added) {
        bytes += added;
    }

    void release(int taken) {
        List<Runnable> resumed = List.of();
        synchronized (this) {
            bytes -= taken;
            if (bytes <= limitBytes / 2 && !waiting.isEmpty()) {
                resumed = List.copyOf(waiting);
                waiting.clear();
            }
        }
        for (Runnable task : resumed) {
            source.execute(task);
        }
    }

    /** Whether the bound is reached. */
    public synchronized boolean isFull() {
        return bytes >= limitBytes;
    }

    /** Runs the task on the first loop when the pair is half empty, at once if it is. */
    public void whenHalfEmpty(Runnable task) {
        synchronized (this) {
            if (bytes > limitBytes / 2) {
                waiting.add(task);
                return;
            }
        }
        source.execute(task);
    }
}
