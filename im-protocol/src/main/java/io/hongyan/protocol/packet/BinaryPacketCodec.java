// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.frame.Frame;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The binary format, version 1. Numbers are big-endian; what is small most of the time is a varint (RFC 9000 §16, up to
 * 2^62 - 1, shortest form only); texts are UTF-8 behind a length byte. A packet has exactly one encoding, and a body is
 * read to its last byte. The fields of each packet are in {@code docs/protocol/packets.md}.
 *
 * <p>Stateless: use {@link #V1}.
 */
@ThreadSafe
public final class BinaryPacketCodec implements PacketCodec {
    /** Version 1. */
    public static final BinaryPacketCodec V1 = new BinaryPacketCodec();

    private final PacketEncoder encoder = new PacketEncoder();

    private BinaryPacketCodec() {}

    @Override
    public Frame encode(Packet packet) {
        return packet.accept(encoder);
    }

    @Override
    public @Nullable Packet decode(int type, ByteBuffer body) {
        PacketType known = PacketType.fromCode(type);
        if (known == null) {
            if (Frame.isOptional(type)) {
                return null;
            }
            throw new ProtocolException(ReasonCode.UNKNOWN_PACKET, "packet type 0x" + Integer.toHexString(type));
        }
        return decodeKnown(known, body);
    }

    /** The message whose body this is, put together from chunks. */
    Message decodeMessage(ByteBuffer body) {
        return (Message) decodeKnown(PacketType.MESSAGE, body);
    }

    @Override
    public String name() {
        return "binary-1";
    }

    private static Packet decodeKnown(PacketType known, ByteBuffer body) {
        try {
            Packet packet = PacketDecoder.decode(known, body);
            if (body.hasRemaining()) {
                throw new ProtocolException(ReasonCode.MALFORMED_PACKET, known + ": bytes left over");
            }
            return packet;
        } catch (BufferUnderflowException e) {
            throw new ProtocolException(ReasonCode.MALFORMED_PACKET, known + ": too short");
        } catch (InvalidIdException e) {
            throw new ProtocolException(ReasonCode.INVALID_ID, known + ": " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw new ProtocolException(ReasonCode.MALFORMED_PACKET, known + ": " + e.getMessage());
        }
    }
}
