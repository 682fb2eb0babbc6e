// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import org.jspecify.annotations.Nullable;

/** Ephemeral messages that have not left yet: a short ring that refuses when full, since what waits grows stale. */
final class EphemeralQueue {
    static final int MAX_MESSAGES = 64;

    private final byte[] @Nullable [] frames = new byte[MAX_MESSAGES][];
    private int head;
    private int size;
    private int bytes;

    boolean offer(byte[] frame) {
        if (size == MAX_MESSAGES) {
            return false;
        }
        frames[(head + size++) & (MAX_MESSAGES - 1)] = frame;
        bytes += frame.length + RudpConfig.MESSAGE_OVERHEAD_BYTES;
        return true;
    }

    byte @Nullable [] peek() {
        return size == 0 ? null : frames[head];
    }

    void remove() {
        byte[] frame = frames[head];
        assert frame != null;
        bytes -= frame.length + RudpConfig.MESSAGE_OVERHEAD_BYTES;
        frames[head] = null;
        head = (head + 1) & (MAX_MESSAGES - 1);
        size--;
    }

    void clear() {
        while (size > 0) {
            remove();
        }
    }

    boolean isEmpty() {
        return size == 0;
    }

    boolean isFull() {
        return size == MAX_MESSAGES;
    }

    int pendingBytes() {
        return bytes;
    }
}
