// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import org.jspecify.annotations.Nullable;

/** Ephemeral messages that have not left yet: a short ring in which the newest take the place of the oldest. */
final class EphemeralQueue {
    static final int MAX_MESSAGES = 64;

    private final byte[] @Nullable [] frames = new byte[MAX_MESSAGES][];
    private int head;
    private int size;
    private int bytes;

    /** Takes a message. Answers whether there was room, or the oldest was dropped for it. */
    boolean offer(byte[] frame) {
        boolean hadRoom = size < MAX_MESSAGES;
        if (!hadRoom) {
            remove();
        }
        frames[(head + size++) & (MAX_MESSAGES - 1)] = frame;
        bytes += frame.length + RudpConfig.MESSAGE_OVERHEAD_BYTES;
        return hadRoom;
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

    int pendingBytes() {
        return bytes;
    }
}
