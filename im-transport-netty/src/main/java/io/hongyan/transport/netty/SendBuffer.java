// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.Confined;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The memory in which a loop's UDP sockets line up their datagrams, one socket at a time. Packets are slices of it; when
 * the kernel has taken them all it is filled again from the start, else the rest of it, then another one.
 */
@Confined("owner")
final class SendBuffer {
    static final int BYTES = 64 << 10;

    private @Nullable ByteBuf bytes;
    private @Nullable ByteBuffer view;
    private int end;
    private boolean retired;

    /** Where the next datagram goes, from the position on; null if there is not so much room left, see {@link #renew}. */
    @Nullable
    ByteBuffer room(int length) {
        if (bytes == null) {
            renew();
        }
        if (BYTES - end < length) {
            return null;
        }
        return Objects.requireNonNull(view).limit(end + length).position(end);
    }

    /** The room asked for last is full up to its position. Returns the length of what was filled in. */
    int filled() {
        int length = Objects.requireNonNull(view).position() - end;
        end += length;
        return length;
    }

    /** Where the next datagram will begin. */
    int end() {
        return end;
    }

    /** A part that keeps the memory until it is released. */
    ByteBuf slice(int start, int length) {
        return Objects.requireNonNull(bytes).retainedSlice(start, length);
    }

    /** Packets were handed to the kernel: if it has taken all, the memory is free again. */
    void settle() {
        if (bytes != null && bytes.refCnt() == 1) {
            end = 0;
        }
        if (retired) {
            release();
        }
    }

    /** Leaves the memory to the packets that still wait in it, and goes on in another one. */
    void renew() {
        release();
        ByteBuf fresh = ByteBufAllocator.DEFAULT.directBuffer(BYTES, BYTES);
        fresh.writerIndex(BYTES);
        bytes = fresh;
        view = fresh.nioBuffer(0, BYTES);
        end = 0;
    }

    /** The loop ends: from now on nothing is kept. */
    void retire() {
        retired = true;
        release();
    }

    private void release() {
        ByteBuf old = bytes;
        bytes = null;
        view = null;
        if (old != null) {
            old.release();
        }
    }
}
