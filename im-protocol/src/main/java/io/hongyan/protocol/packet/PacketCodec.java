// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.frame.Frame;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One wire format: packets to frames and back. Keeps nothing between calls, so all connections share one. */
@ThreadSafe
public interface PacketCodec {
    /**
     * The frame of a packet.
     *
     * @throws IllegalArgumentException when it fits into no frame: a message near 16 MiB travels in chunks
     */
    Frame encode(Packet packet);

    /**
     * The packet of a frame.
     *
     * @param type the type byte, 0 to 255
     * @param body big-endian; consumed up to its limit, not kept
     * @return null when the type is not known but optional: skip it
     * @throws ProtocolException when the bytes are no valid packet, or the type is not known
     */
    @Nullable
    Packet decode(int type, ByteBuffer body);

    /** The format's short name, for logs. */
    String name();
}
