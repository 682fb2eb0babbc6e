// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.protocol.packet.MessageId;
import java.util.HashMap;
import java.util.Map;

/**
 * The last sequences and positions given and the highest counters used, remembered from one transaction to the next where nobody else
 * writes to the database. Where others do, it forgets them with each. Of the writer's thread.
 */
final class LastGiven {
    private static final int MOST = 65_536;

    private record Sender(long address, long instance) {}

    private final boolean exclusive;
    private final Map<Long, Long> sequences = new HashMap<>();
    private final Map<Long, Long> positions = new HashMap<>();
    private final Map<Sender, Long> counters = new HashMap<>();

    /** @param exclusive whether nobody else writes */
    LastGiven(boolean exclusive) {
        this.exclusive = exclusive;
    }

    /** By conversation. */
    Map<Long, Long> sequences() {
        return sequences;
    }

    /** By owner of the inbox. */
    Map<Long, Long> positions() {
        return positions;
    }

    /** Whether the highest counter that an instance of a sender's has used is to be found out: it would stay true. */
    boolean asksForCounter(long sender, long instance) {
        return exclusive && !counters.containsKey(new Sender(sender, instance));
    }

    /** An instance of a sender's has used counters up to this one, 0 for none. */
    void used(long sender, long instance, long counter) {
        if (exclusive) {
            counters.merge(new Sender(sender, instance), counter, Math::max);
        }
    }

    /** Whether it is known that no message with this id is kept. */
    boolean isNew(long sender, MessageId id) {
        Long highest = counters.get(new Sender(sender, id.instance()));
        return highest != null && id.counter() > highest;
    }

    /** What was given in the last transaction was committed. */
    void committed() {
        if (!exclusive) {
            forget();
            return;
        }
        if (sequences.size() > MOST) {
            sequences.clear();
        }
        if (positions.size() > MOST) {
            positions.clear();
        }
        if (counters.size() > MOST) {
            counters.clear();
        }
    }

    /** What was given in the last transaction was not. */
    void forget() {
        sequences.clear();
        positions.clear();
        counters.clear();
    }
}
