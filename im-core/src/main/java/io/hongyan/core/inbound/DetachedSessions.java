// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.inbound;

import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.session.DetachedBudget;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import java.util.concurrent.atomic.AtomicInteger;

/** How many sessions wait for their clients, and how much they may hold; see {@link DetachedSession}. */
@ThreadSafe
final class DetachedSessions {
    private final boolean on;
    private final int most;
    private final DetachedBudget budget;
    private final AtomicInteger count = new AtomicInteger();

    DetachedSessions(ServerLimits limits) {
        this.on = limits.detachedMillis() > 0;
        this.most = limits.detachedSessions();
        this.budget = new DetachedBudget(limits.detachedSessionBytes(), limits.detachedBytes());
    }

    /** Whether a session that ends with this code has only lost its link. */
    static boolean isLoss(ReasonCode code) {
        return switch (code) {
            case CONNECTION_LOST, IDLE_TIMEOUT, NO_PROGRESS, UNKNOWN_CONNECTION -> true;
            default -> false;
        };
    }

    /** Whether sessions may wait at all. */
    boolean isOn() {
        return on;
    }

    /** Takes a place; false when there is none. */
    boolean takePlace() {
        if (count.incrementAndGet() <= most) {
            return true;
        }
        count.decrementAndGet();
        return false;
    }

    /** A session goes from one connection to another: it has a place meanwhile, or a stop would not wait for it. */
    void moving() {
        count.incrementAndGet();
    }

    void giveBackPlace() {
        count.decrementAndGet();
    }

    DetachedBudget budget() {
        return budget;
    }

    /** Sessions that wait now. */
    int count() {
        return count.get();
    }
}
