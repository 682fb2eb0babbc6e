// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import java.nio.ByteBuffer;

/** A chunk on the wire: {@code instance i64 | counter v | offset v | slice ...}; the type byte says whether it is last. */
final class ChunkLayout {
    private ChunkLayout() {}

    /** Most bytes a chunk frame has beyond its slice, header included. */
    static final int MAX_OVERHEAD_BYTES = 4 + 8 + 8 + 8;

    /** A frame whose slice is still to be written. */
    static WireOutput begin(MessageId id, int offset, boolean last, int sliceBytes) {
        int size = 8 + Varint.size(id.counter()) + Varint.size(offset) + sliceBytes;
        return WireOutput.frame(last ? PacketType.LAST_CHUNK : PacketType.CHUNK, size)
                .i64(id.instance())
                .varint(id.counter())
                .varint(offset);
    }

    static Chunk read(ByteBuffer in, boolean last) {
        return new Chunk(new MessageId(in.getLong(), Varint.read(in)), Varint.readInt(in), last, Payload.of(in));
    }
}
