// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.inbound;

import io.hongyan.core.auth.AuthResult;
import io.hongyan.core.auth.Authenticator;
import io.hongyan.core.auth.TakeoverPolicy;
import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.session.ListenerInvoker;
import io.hongyan.core.session.WorkerPool;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * Asks the authenticators, about a bounded number of logins at a time; further ones wait in a bounded queue. A place is
 * given back when the verdict comes or the deadline passes, whichever is first, but not before the task that asks has
 * returned: an authenticator that blocks holds its thread longer than the client waits, and tasks behind it would pile
 * up in the pool without bound. A client that hangs up meanwhile frees no place, so that hanging up is no way around
 * the bound.
 *
 * <pre>
 *   submit ──► [ waiting ... ] ──► running ──► verdict
 *      ├─ full: no                   └─ deadline: AUTHENTICATOR_TIMEOUT
 *      └─ all places stuck: no           └─ task does not return: stuck
 * </pre>
 */
@ThreadSafe
final class LoginQueue {
    private static final AuthResult FAILED =
            AuthResult.reject(ReasonCode.AUTHENTICATOR_FAILED, "the login could not be judged");

    private final List<Authenticator> authenticators;
    private final TakeoverPolicy takeover;
    private final WorkerPool pool;
    private final ListenerInvoker invoker;
    private final int maxRunning;
    private final int maxWaiting;

    // Guarded by this.
    private final Queue<LoginAttempt> waiting = new ArrayDeque<>();
    private final Queue<LoginAttempt> byDeadline = new ArrayDeque<>();
    private int running;
    private int stuck;

    LoginQueue(List<Authenticator> authenticators, TakeoverPolicy takeover, WorkerPool pool, ServerLimits limits) {
        this.authenticators = List.copyOf(authenticators);
        this.takeover = takeover;
        this.pool = pool;
        this.invoker = pool.invoker();
        this.maxRunning = limits.concurrentLogins();
        this.maxWaiting = limits.queuedLogins();
    }

    /**
     * Has the login judged; false when the queue is full, or when every place is stuck, so that nothing in it would be.
     * Attempts come with deadlines in the order of submission.
     */
    boolean submit(LoginAttempt attempt) {
        synchronized (this) {
            if (isFull()) {
                return false;
            }
            byDeadline.add(attempt);
            if (running == maxRunning) {
                waiting.add(attempt);
                return true;
            }
            running++;
        }
        start(attempt);
        return true;
    }

    /** Refuses those whose deadline has passed; called a few times a second. */
    void expire(long nowNanos) {
        List<LoginAttempt> late = new ArrayList<>(0);
        synchronized (this) {
            LoginAttempt oldest = byDeadline.peek();
            while (oldest != null && (oldest.isOver() || oldest.isOverdue(nowNanos))) {
                late.add(byDeadline.remove());
                oldest = byDeadline.peek();
            }
        }
        for (LoginAttempt attempt : late) {
            boolean waited;
            synchronized (this) {
                waited = waiting.remove(attempt);
            }
            if (attempt.endLate() && !waited) {
                overdue(attempt);
            }
        }
    }

    /** Refused as late; its place is free unless its task still blocks. */
    private void overdue(LoginAttempt attempt) {
        synchronized (this) {
            if (!attempt.letGo()) {
                attempt.stick();
                stuck++;
                return;
            }
        }
        placeIsFree();
    }

    /** Whether the next login would be refused. */
    synchronized boolean isFull() {
        return running == maxRunning && waiting.size() == maxWaiting || stuck == maxRunning;
    }

    /** Logins that wait to be judged. */
    synchronized int waiting() {
        return waiting.size();
    }

    /** Logins being judged now. */
    synchronized int running() {
        return running;
    }

    private void start(LoginAttempt attempt) {
        pool.execute(() -> {
            try {
                if (invoker.run(takeover, () -> attempt.platformClass(classOf(attempt)))) {
                    ask(attempt, 0);
                } else {
                    finish(attempt, FAILED);
                }
            } finally {
                returned(attempt);
            }
        });
    }

    private void returned(LoginAttempt attempt) {
        synchronized (this) {
            if (!attempt.letGo()) {
                return;
            }
            if (attempt.isStuck()) {
                stuck--;
            }
        }
        placeIsFree();
    }

    private String classOf(LoginAttempt attempt) {
        return takeover.classOf(attempt.request().platform());
    }

    private void ask(LoginAttempt attempt, int next) {
        if (attempt.isOver()) {
            return;
        }
        if (next == authenticators.size()) {
            finish(attempt, AuthResult.reject("nobody vouches for this login"));
            return;
        }
        Authenticator authenticator = authenticators.get(next);
        invoker.authenticate(authenticator, attempt.request()).whenComplete((result, failure) -> {
            if (result == null) {
                if (failure == null) {
                    invoker.stageFailed(authenticator, new NullPointerException("null instead of a verdict"));
                } else if (!attempt.isOver()) {
                    invoker.stageFailed(authenticator, failure);
                }
                finish(attempt, FAILED);
            } else if (result instanceof AuthResult.Abstained) {
                ask(attempt, next + 1);
            } else {
                finish(attempt, result);
            }
        });
    }

    private void finish(LoginAttempt attempt, AuthResult result) {
        if (attempt.end(result)) {
            boolean free;
            synchronized (this) {
                free = attempt.letGo();
            }
            if (free) {
                placeIsFree();
            }
        }
    }

    private void placeIsFree() {
        LoginAttempt next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                running--;
            }
        }
        if (next != null) {
            start(next);
        }
    }
}
