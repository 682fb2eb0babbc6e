// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.core.time.NanoClock;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.connection.Owner;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The loops of a node, one per owner, in order of appearance. Looked up once per connection. */
@ThreadSafe
public final class Loops {
    private final NanoClock clock;
    private final InstantSource wallClock;
    private final int pairLimitBytes;
    private volatile Loop[] loops = {};

    /** @param pairLimitBytes bound of what is under way from one loop to another, in bytes */
    public Loops(NanoClock clock, InstantSource wallClock, int pairLimitBytes) {
        this.clock = clock;
        this.wallClock = wallClock;
        this.pairLimitBytes = pairLimitBytes;
    }

    /** The loop of an owner. */
    public Loop of(Owner owner) {
        Loop known = find(loops, owner);
        return known == null ? add(owner) : known;
    }

    /** All loops so far. */
    public List<Loop> all() {
        return List.of(loops);
    }

    private synchronized Loop add(Owner owner) {
        Loop[] before = loops;
        Loop known = find(before, owner);
        if (known != null) {
            return known;
        }
        Loop added = new Loop(before.length, owner, clock, wallClock, pairLimitBytes);
        Loop[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = added;
        loops = after;
        return added;
    }

    /** Owners are numbered from 0, so that mostly the first look is the last; two groups of owners may share numbers. */
    private static @Nullable Loop find(Loop[] loops, Owner owner) {
        int guess = owner.index();
        if (guess >= 0 && guess < loops.length && loops[guess].owner() == owner) {
            return loops[guess];
        }
        for (Loop loop : loops) {
            if (loop.owner() == owner) {
                return loop;
            }
        }
        return null;
    }
}
