// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.core.time.NanoClock;
import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.connection.Owner;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node keeps per owner: the time of the batch being read, the sessions to flush at its end, the sweep that looks
 * after time-outs. One per event loop, made with its first connection.
 *
 * <pre>
 *   read batch:  onFrame* ─► onReadComplete ─► own sessions pumped and flushed once each
 *                                          └─► one task per other loop with sessions of its own to pump
 *   other threads:  wake(session) ─────────────► at most one task under way
 * </pre>
 */
@Confined("owner")
public final class Loop {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

    private final int index;
    private final Owner owner;
    private final NanoClock clock;
    private final InstantSource wallClock;
    private final HopBatch batch;
    private final Sweep sweep;

    /** Guarded by itself. */
    private final List<Session> woken = new ArrayList<>();

    private boolean inBatch;
    private long nowNanos;
    private long wallMillis;

    Loop(int index, Owner owner, NanoClock clock, InstantSource wallClock, int pairLimitBytes) {
        this.index = index;
        this.owner = owner;
        this.clock = clock;
        this.wallClock = wallClock;
        this.batch = new HopBatch(this, pairLimitBytes);
        this.sweep = new Sweep(this);
    }

    /** Reads the clocks, unless a batch has begun and did already. */
    public void beginBatch() {
        assert inOwnerThread();
        if (!inBatch) {
            inBatch = true;
            nowNanos = clock.nanoTime();
            wallMillis = wallClock.millis();
        }
    }

    /** Pumps what the batch woke: own sessions now, those of other loops with one task each. */
    public void endBatch() {
        assert inOwnerThread();
        inBatch = false;
        batch.post();
    }

    /** Now, in ns; within a batch the time it began. */
    public long nowNanos() {
        return inBatch ? nowNanos : clock.nanoTime();
    }

    /** Wall time, in ms since 1970; within a batch that of its beginning. */
    public long wallMillis() {
        return inBatch ? wallMillis : wallClock.millis();
    }

    /** What this loop's batch gathers. */
    public HopBatch batch() {
        return batch;
    }

    /** Looks after the time-outs of what is added to it. */
    public Sweep sweep() {
        return sweep;
    }

    /** Pumps the session soon, from whatever thread. Calls that come before the task has run share it. */
    @ThreadSafe
    public void wake(Session session) {
        boolean first;
        synchronized (woken) {
            first = woken.isEmpty();
            woken.add(session);
        }
        if (first) {
            execute(this::pumpWoken);
        }
    }

    /**
     * Runs the task on the owner.
     *
     * @return false when the owner has been shut down: its connections are closed, and nothing is left to do
     */
    @ThreadSafe
    public boolean execute(Runnable task) {
        try {
            owner.execute(task);
            return true;
        } catch (RejectedExecutionException shutDown) {
            LOG.debug("event=task_dropped loop={} reason=shut_down", index);
            return false;
        }
    }

    /** Runs the task on the owner after the delay, in ns; not when the owner has been shut down by then. */
    @ThreadSafe
    public void schedule(long delayNanos, Runnable task) {
        try {
            owner.schedule(delayNanos, task);
        } catch (RejectedExecutionException shutDown) {
            LOG.debug("event=task_dropped loop={} reason=shut_down", index);
        }
    }

    /** The loop's place among those of its node, from 0. */
    @ThreadSafe
    public int index() {
        return index;
    }

    @ThreadSafe
    public boolean inOwnerThread() {
        return owner.inOwnerThread();
    }

    @ThreadSafe
    Owner owner() {
        return owner;
    }

    private void pumpWoken() {
        Session[] sessions;
        synchronized (woken) {
            sessions = woken.toArray(new Session[0]);
            woken.clear();
        }
        pump(sessions, sessions.length);
    }

    /** Pumps sessions of this loop. */
    void pump(Session[] sessions, int count) {
        assert inOwnerThread();
        for (int i = 0; i < count; i++) {
            sessions[i].pump();
        }
    }
}
