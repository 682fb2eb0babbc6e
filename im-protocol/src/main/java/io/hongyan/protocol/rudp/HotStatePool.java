// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import org.jspecify.annotations.Nullable;

/** Hot states not in use, for the connections of one endpoint. */
final class HotStatePool {
    private static final int MAX_KEPT = 4096;

    private final BufferPool buffers = new BufferPool();
    private final @Nullable HotState[] kept = new HotState[MAX_KEPT];
    private int count;
    private int inUse;

    HotState take() {
        inUse++;
        HotState hot = count > 0 ? kept[--count] : null;
        return hot == null ? new HotState(buffers) : hot;
    }

    void giveBack(HotState hot) {
        inUse--;
        if (count < MAX_KEPT) {
            kept[count++] = hot;
        }
    }

    BufferPool buffers() {
        return buffers;
    }

    /** How many connections have something under way. */
    int inUse() {
        return inUse;
    }
}
