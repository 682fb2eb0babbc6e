// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.protocol.Confined;
import java.util.ArrayList;
import java.util.List;

/**
 * One timer for all time-outs of a loop: every half second it looks at a slice of what is there. Small loops are looked
 * at whole each time, large ones within eight rounds, so a time-out is late by at most four seconds and no sweep is long.
 * There is no timer object per session.
 */
@Confined("owner")
public final class Sweep {
    /** Time between two looks, in ns. */
    public static final long PERIOD_NANOS = 500_000_000L;

    private static final int ROUNDS = 8;
    private static final int WHOLE = 2048;

    private final Loop loop;
    private final List<Swept> members = new ArrayList<>();
    private int next;
    private boolean scheduled;

    Sweep(Loop loop) {
        this.loop = loop;
    }

    /** Looks after it from now on. */
    public void add(Swept member) {
        assert loop.inOwnerThread();
        member.sweepPlace(members.size());
        members.add(member);
        schedule();
    }

    /** Forgets it. */
    public void remove(Swept member) {
        assert loop.inOwnerThread();
        int place = member.sweepPlace();
        Swept last = members.remove(members.size() - 1);
        if (last != member) {
            members.set(place, last);
            last.sweepPlace(place);
        }
    }

    /** Number of members. */
    public int size() {
        return members.size();
    }

    /** The members now, for who looks at all of them. */
    public List<Swept> members() {
        assert loop.inOwnerThread();
        return List.copyOf(members);
    }

    private void schedule() {
        if (!scheduled && !members.isEmpty()) {
            scheduled = true;
            loop.owner().schedule(PERIOD_NANOS, this::run);
        }
    }

    private void run() {
        scheduled = false;
        long now = loop.nowNanos();
        int size = members.size();
        int slice = size <= WHOLE ? size : Math.max(WHOLE, (size + ROUNDS - 1) / ROUNDS);
        for (int i = 0; i < slice && !members.isEmpty(); i++) {
            if (next >= members.size()) {
                next = 0;
            }
            members.get(next++).sweep(now);
        }
        loop.endBatch();
        schedule();
    }
}
