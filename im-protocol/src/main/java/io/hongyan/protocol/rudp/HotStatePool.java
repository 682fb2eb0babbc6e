// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Hot states not in use, for the connections of one endpoint, within a bound of memory. They stay as large as they have
 * grown, so that the next burst need not grow them again, until half of that memory is taken: who comes back then gives
 * up what it has grown by, and there is always room for many small ones.
 */
final class HotStatePool {
    private static final int MAX_KEPT = 4096;
    /** Some 3,000 that never grew, or fewer of which some did. */
    static final long MAX_KEPT_BYTES = 16L << 20;

    private final RudpConfig config;
    private final BufferPool buffers = new BufferPool();
    private final GrowthBudget growth;
    private final @Nullable HotState[] kept = new HotState[MAX_KEPT];
    private int count;
    private long keptBytes;
    private int inUse;

    HotStatePool(RudpConfig config) {
        this.config = config;
        growth = new GrowthBudget(config.windowGrowthBytes());
    }

    HotState take() {
        inUse++;
        if (count == 0) {
            return new HotState(config, buffers, growth);
        }
        HotState hot = Objects.requireNonNull(kept[--count]);
        kept[count] = null;
        keptBytes -= hot.heldBytes();
        return hot;
    }

    void giveBack(HotState hot) {
        inUse--;
        long bytes = hot.heldBytes();
        if (keptBytes + bytes > MAX_KEPT_BYTES / 2) {
            hot.trim();
            bytes = hot.heldBytes();
        }
        if (count < MAX_KEPT && keptBytes + bytes <= MAX_KEPT_BYTES) {
            kept[count++] = hot;
            keptBytes += bytes;
        }
    }

    /** About how much memory those take that are not in use. */
    long keptBytes() {
        return keptBytes;
    }

    BufferPool buffers() {
        return buffers;
    }

    /** What the windows of the connections may yet grow by. */
    GrowthBudget growth() {
        return growth;
    }

    /** How many connections have something under way. */
    int inUse() {
        return inUse;
    }
}
