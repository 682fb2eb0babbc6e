// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.protocol.ThreadSafe;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What detached sessions hold, of each and of all together, in bytes. Asked before a message is added, so threads that
 * add at the same moment may go over the bound by a message each.
 */
@ThreadSafe
public final class DetachedBudget {
    /** Counted for a session besides its messages. */
    static final int SESSION_BYTES = 2 * 1024;

    private final long sessionLimitBytes;
    private final long limitBytes;
    private final AtomicLong bytes = new AtomicLong();

    /**
     * @param sessionLimitBytes of messages, in one session
     * @param limitBytes of all sessions together, 2 KiB of overhead for each included
     */
    public DetachedBudget(long sessionLimitBytes, long limitBytes) {
        this.sessionLimitBytes = sessionLimitBytes;
        this.limitBytes = limitBytes;
    }

    /** Bytes held now. */
    public long bytes() {
        return bytes.get();
    }

    /** Whether a session with so many bytes of messages may be detached; they are reserved then. */
    boolean take(long messageBytes) {
        if (messageBytes > sessionLimitBytes) {
            return false;
        }
        long taken = messageBytes + SESSION_BYTES;
        if (bytes.addAndGet(taken) <= limitBytes) {
            return true;
        }
        bytes.addAndGet(-taken);
        return false;
    }

    /** Whether a detached session that holds so many bytes has room for more. */
    boolean hasRoom(long heldBytes, int cost) {
        return heldBytes + cost <= sessionLimitBytes && bytes.get() + cost <= limitBytes;
    }

    void add(int messageBytes) {
        bytes.addAndGet(messageBytes);
    }

    /** A session with so many bytes of messages is not detached any more. */
    void giveBack(long messageBytes) {
        bytes.addAndGet(-messageBytes - SESSION_BYTES);
    }
}
