// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.frame;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into frames, wherever the carrier cut and glued it.
 *
 * <pre>
 *   reads    | 00 00 | 02 05 AA BB 00 00 01 05 | CC 00 |
 *   frames           {05: AA BB}   {05:          CC} ... 00 is kept
 * </pre>
 *
 * <p>A frame that lies whole in what was read is passed on without a copy. Of a partial one the reader keeps what has
 * arrived, in a buffer that grows with what arrives and never with what is announced, at most twice as large; between
 * frames it keeps none. A frame above the limit is refused by its header alone.
 *
 * <p>Confined to one connection. When it or its sink throws, the connection is at its end: the reader then
 * {@linkplain #stop() stops}.
 */
@Confined("owner")
public final class FrameReader {
    private static final int SMALLEST_BUFFER_BYTES = 256;

    private int maxFrameBytes;

    private int header;
    private int headerBytes;
    private byte @Nullable [] body;
    private int bodyBytes;
    private boolean stopped;

    /** @param maxFrameBytes the longest frame taken, in bytes, its four header bytes included */
    public FrameReader(int maxFrameBytes) {
        this.maxFrameBytes = requireLimit(maxFrameBytes);
    }

    /** Takes frames up to this long from the next header on. See {@link #FrameReader}. */
    public void maxFrameBytes(int newMaxFrameBytes) {
        maxFrameBytes = requireLimit(newMaxFrameBytes);
    }

    /**
     * Passes on each frame that is now whole. All of {@code in} is consumed, also when something is thrown.
     *
     * @param in big-endian, heap or direct; not kept beyond the call
     * @throws ProtocolException {@link ReasonCode#FRAME_TOO_LARGE}, or what the sink throws
     */
    public void read(ByteBuffer in, FrameSink sink) {
        requireBigEndian(in);
        int end = in.limit();
        boolean finished = false;
        try {
            while (in.position() < end && !stopped) {
                if (completesHeader(in)) {
                    readBody(in, end, sink);
                }
            }
            finished = true;
        } finally {
            in.limit(end).position(end);
            if (!finished) {
                stop();
            }
        }
    }

    /** Delivers nothing more, ever: what is left of this read and all later input is dropped. A sink may call it. */
    public void stop() {
        stopped = true;
        body = null;
        headerBytes = 0;
        bodyBytes = 0;
    }

    /** Bytes of memory held for a partial frame; 0 between frames. */
    public int bufferedBytes() {
        return body == null ? 0 : body.length;
    }

    /** Whether the input so far ends within a frame. */
    public boolean isWithinFrame() {
        return headerBytes > 0;
    }

    /**
     * Reads whole frames that arrived as one unit, such as a WebSocket message: one or more, none cut.
     *
     * @param frames big-endian; consumed
     * @throws ProtocolException {@link ReasonCode#MALFORMED_FRAME} when it is empty or ends within a frame,
     *     {@link ReasonCode#FRAME_TOO_LARGE}, or what the sink throws
     */
    public static void readWhole(ByteBuffer frames, int maxFrameBytes, FrameSink sink) {
        requireBigEndian(frames);
        requireLimit(maxFrameBytes);
        int end = frames.limit();
        try {
            do {
                if (end - frames.position() < Frame.HEADER_BYTES) {
                    throw new ProtocolException(ReasonCode.MALFORMED_FRAME, "the unit ends within a header");
                }
                int header = frames.getInt();
                int length = checkedLength(header, maxFrameBytes);
                if (end - frames.position() < length) {
                    throw new ProtocolException(ReasonCode.MALFORMED_FRAME, "the unit ends within a frame");
                }
                pass(header, frames, length, end, sink);
            } while (frames.position() < end);
        } finally {
            frames.limit(end).position(end);
        }
    }

    private boolean completesHeader(ByteBuffer in) {
        if (headerBytes == Frame.HEADER_BYTES) {
            return true;
        }
        if (headerBytes == 0 && in.remaining() >= Frame.HEADER_BYTES) {
            header = in.getInt();
            headerBytes = Frame.HEADER_BYTES;
        } else {
            while (headerBytes < Frame.HEADER_BYTES && in.hasRemaining()) {
                header = header << 8 | in.get() & 0xFF;
                headerBytes++;
            }
            if (headerBytes < Frame.HEADER_BYTES) {
                return false;
            }
        }
        checkedLength(header, maxFrameBytes);
        return true;
    }

    private void readBody(ByteBuffer in, int end, FrameSink sink) {
        int length = header >>> 8;
        if (bodyBytes == 0 && end - in.position() >= length) {
            headerBytes = 0;
            pass(header, in, length, end, sink);
        } else {
            keep(in, length);
            if (bodyBytes == length) {
                passKept(length, sink);
            }
        }
    }

    private void keep(ByteBuffer in, int length) {
        int arrived = Math.min(in.remaining(), length - bodyBytes);
        if (arrived == 0) {
            return;
        }
        byte[] kept = roomFor(bodyBytes + arrived, length);
        in.get(kept, bodyBytes, arrived);
        bodyBytes += arrived;
    }

    private byte[] roomFor(int bytes, int length) {
        byte[] kept = body;
        if (kept == null || kept.length < bytes) {
            int capacity = Math.min(length, Math.max(SMALLEST_BUFFER_BYTES, bytes * 2));
            kept = kept == null ? new byte[capacity] : Arrays.copyOf(kept, capacity);
            body = kept;
        }
        return kept;
    }

    private void passKept(int length, FrameSink sink) {
        ByteBuffer whole = ByteBuffer.wrap(body == null ? new byte[0] : body, 0, length);
        body = null;
        bodyBytes = 0;
        headerBytes = 0;
        sink.onFrame(header & 0xFF, whole);
    }

    private static void pass(int header, ByteBuffer in, int length, int end, FrameSink sink) {
        int next = in.position() + length;
        in.limit(next);
        sink.onFrame(header & 0xFF, in);
        in.limit(end).position(next);
    }

    private static int checkedLength(int header, int maxFrameBytes) {
        int length = header >>> 8;
        if (length > maxFrameBytes - Frame.HEADER_BYTES) {
            throw new ProtocolException(
                    ReasonCode.FRAME_TOO_LARGE,
                    "a frame of " + (length + Frame.HEADER_BYTES) + " bytes, the limit is " + maxFrameBytes);
        }
        return length;
    }

    private static int requireLimit(int maxFrameBytes) {
        if (maxFrameBytes < Frame.HEADER_BYTES) {
            throw new IllegalArgumentException("maxFrameBytes is less than a header: " + maxFrameBytes);
        }
        return maxFrameBytes;
    }

    private static void requireBigEndian(ByteBuffer in) {
        if (in.order() != ByteOrder.BIG_ENDIAN) {
            throw new IllegalArgumentException("the buffer is not big-endian");
        }
    }
}
