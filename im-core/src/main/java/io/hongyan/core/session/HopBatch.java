// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.protocol.Confined;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that one loop has something for, gathered while it reads, by the loop they belong to. Posting it pumps
 * the loop's own sessions and gives every other loop one task, however many messages there are.
 *
 * <p>What is under way between two loops is bounded in bytes ({@link LoopPair}); a batch may go over the bound once.
 */
@Confined("owner")
public final class HopBatch {
    private final Loop source;
    private final int pairLimitBytes;
    private @Nullable Hop[] hops = {};

    HopBatch(Loop source, int pairLimitBytes) {
        this.source = source;
        this.pairLimitBytes = pairLimitBytes;
    }

    /**
     * Adds a session to pump.
     *
     * @param bytes that were put into its queue
     */
    void add(Session session, int bytes, boolean wasWoken) {
        Hop hop = hopTo(session.loop());
        hop.bytes += bytes;
        if (!wasWoken) {
            if (hop.count == hop.sessions.length) {
                hop.sessions = Arrays.copyOf(hop.sessions, hop.count * 2);
            }
            hop.sessions[hop.count++] = session;
        }
    }

    /** Pumps or sends on everything gathered. */
    void post() {
        assert source.inOwnerThread();
        for (Hop hop : hops) {
            if (hop != null && hop.hasSomething()) {
                hop.post(source);
            }
        }
    }

    /** Whether too much is under way to some other loop: the connection that was just read should rest. */
    public @Nullable LoopPair fullPair() {
        for (Hop hop : hops) {
            if (hop != null && hop.pair.isFull()) {
                return hop.pair;
            }
        }
        return null;
    }

    private Hop hopTo(Loop target) {
        int index = target.index();
        if (index >= hops.length) {
            hops = Arrays.copyOf(hops, index + 1);
        }
        Hop hop = hops[index];
        if (hop == null) {
            hop = new Hop(target, new LoopPair(source, pairLimitBytes));
            hops[index] = hop;
        }
        return hop;
    }

    /** The sessions of one target. */
    private static final class Hop {
        private final Loop target;
        private final LoopPair pair;
        private Session[] sessions = new Session[16];
        private int count;
        private int bytes;

        Hop(Loop target, LoopPair pair) {
            this.target = target;
            this.pair = pair;
        }

        /** Bytes alone went to sessions that another task is on its way to: it is accounted for all the same. */
        boolean hasSomething() {
            return count > 0 || bytes > 0;
        }

        void post(Loop source) {
            int posted = count;
            count = 0;
            if (target == source) {
                bytes = 0;
                target.pump(sessions, posted);
                Arrays.fill(sessions, 0, posted, null);
            } else {
                hopOver(posted);
            }
        }

        private void hopOver(int posted) {
            int underWay = bytes;
            bytes = 0;
            Session[] gathered = sessions;
            sessions = new Session[Math.max(16, posted)];
            pair.reserve(underWay);
            boolean taken = target.execute(() -> {
                pair.release(underWay);
                target.pump(gathered, posted);
            });
            if (!taken) {
                pair.release(underWay);
            }
        }
    }
}
