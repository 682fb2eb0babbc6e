// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import java.util.Objects;

/**
 * Either way: a part of the body of a MESSAGE too large for one frame. Chunks of one message follow each other without
 * gaps; between them come other frames, also chunks of other messages. The message takes its place, and is counted, with
 * its last chunk.
 *
 * @param id the message's
 * @param offset where the slice begins in the MESSAGE body, in bytes
 * @param last whether the body ends with this slice
 * @param slice the bytes; empty only in a last chunk of offset 0, with which the sender gives the message up
 * @see Chunker
 * @see Reassembler
 */
public record Chunk(MessageId id, int offset, boolean last, Payload slice) implements Packet {
    public Chunk {
        Objects.requireNonNull(id, "id");
        Numbers.requireNotNegative("offset", offset);
        if (slice.size() == 0 && !(last && offset == 0)) {
            throw new IllegalArgumentException("an empty chunk");
        }
        if (offset > Integer.MAX_VALUE - slice.size()) {
            throw new IllegalArgumentException("a chunk ends beyond 2^31");
        }
    }

    /** Whether the sender gives the message up: what has come of it is to be forgotten. */
    public boolean isGivenUp() {
        return slice.size() == 0;
    }

    @Override
    public PacketType packetType() {
        return last ? PacketType.LAST_CHUNK : PacketType.CHUNK;
    }

    @Override
    public <R> R accept(Handler<R> handler) {
        return handler.onChunk(this);
    }
}
