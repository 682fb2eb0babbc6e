// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.ThreadSafe;
import java.util.concurrent.atomic.AtomicLong;

/** The memory that all reassemblers of a server may hold together. */
@ThreadSafe
public final class ReassemblyBudget {
    private final long limitBytes;
    private final AtomicLong reservedBytes = new AtomicLong();

    /** @param limitBytes most bytes reserved at a time, at least 0 */
    public ReassemblyBudget(long limitBytes) {
        Numbers.require("limitBytes", limitBytes, 0, Long.MAX_VALUE);
        this.limitBytes = limitBytes;
    }

    /** Bytes reserved now. */
    public long reservedBytes() {
        return reservedBytes.get();
    }

    /** Most bytes reserved at a time. */
    public long limitBytes() {
        return limitBytes;
    }

    /** Takes so many bytes, or none and says false. */
    boolean reserve(long bytes) {
        if (reservedBytes.addAndGet(bytes) <= limitBytes) {
            return true;
        }
        release(bytes);
        return false;
    }

    void release(long bytes) {
        long left = reservedBytes.addAndGet(-bytes);
        assert left >= 0 : left;
    }
}
