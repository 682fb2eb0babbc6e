// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.frame.Frame;
import java.util.NoSuchElementException;

/**
 * Cuts a message too large for one frame into chunk frames, made one at a time, so that a sender puts other frames
 * between them and holds no second copy of the whole.
 *
 * <pre>
 *   MESSAGE body    | head | payload ............................. |
 *   frames          | CHUNK 0    | CHUNK 4068    | ... | LAST_CHUNK |
 * </pre>
 *
 * <p>Not thread-safe; the frames are.
 */
public final class Chunker {
    /** Length of a chunk frame, its header included, unless something else is asked for, in bytes. */
    public static final int DEFAULT_FRAME_BYTES = 4096;

    private static final int MIN_FRAME_BYTES = 256;

    private final Message message;
    private final byte[] head;
    private final int sliceBytes;
    private final int bodyBytes;
    private int offset;

    /**
     * @param message in the chat or bulk lane
     * @param frameBytes longest chunk frame, its header included, in bytes, at least 256
     */
    public Chunker(Message message, int frameBytes) {
        if (message.lane() == Lane.EPHEMERAL) {
            throw new IllegalArgumentException("an ephemeral message is not sent in chunks");
        }
        Numbers.require("frameBytes", frameBytes, MIN_FRAME_BYTES, Frame.MAX_BODY_BYTES);
        this.message = message;
        WireOutput out = WireOutput.bare(MessageLayout.headSize(message));
        MessageLayout.writeHead(message, out);
        this.head = out.toBytes();
        this.sliceBytes = frameBytes - ChunkLayout.MAX_OVERHEAD_BYTES;
        this.bodyBytes = head.length + message.payload().size();
    }

    /** Whether the message's frame, its header included, has at most so many bytes. */
    public static boolean fits(Message message, int frameBytes) {
        return frameBytes(message) <= frameBytes;
    }

    /** Length of the message as one frame, its header included, in bytes. */
    public static int frameBytes(Message message) {
        return Frame.HEADER_BYTES
                + MessageLayout.headSize(message)
                + message.payload().size();
    }

    /** Whether there is another chunk; there is at least one. */
    public boolean hasNext() {
        return offset < bodyBytes;
    }

    /**
     * The next chunk.
     *
     * @throws NoSuchElementException behind the last one
     */
    public Frame next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        int length = Math.min(sliceBytes, bodyBytes - offset);
        int fromHead = Math.max(0, Math.min(length, head.length - offset));
        WireOutput out = ChunkLayout.begin(message.id(), offset, offset + length == bodyBytes, length);
        if (fromHead > 0) {
            out.bytes(head, offset, fromHead);
        }
        if (length > fromHead) {
            out.payload(message.payload(), offset + fromHead - head.length, length - fromHead);
        }
        offset += length;
        return out.toFrame();
    }

    /** The frame that tells the receiver to forget the chunks so far; there is no next one afterwards. */
    public Frame giveUp() {
        offset = bodyBytes;
        return ChunkLayout.begin(message.id(), 0, true, 0).toFrame();
    }

    /** Begins again with the first chunk, for a new connection. */
    public void restart() {
        offset = 0;
    }

    /** The message being cut. */
    public Message message() {
        return message;
    }

    /** Bytes of the body that no chunk has carried yet. */
    public int remainingBytes() {
        return bodyBytes - offset;
    }
}
