// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import java.nio.ByteBuffer;

/**
 * Reads the field types of a body. What is missing shows as a {@link java.nio.BufferUnderflowException}, a text that is
 * no id as an {@link InvalidIdException}; the codec turns them into codes.
 */
final class WireInput {
    private WireInput() {}

    static int u8(ByteBuffer in) {
        return in.get() & 0xFF;
    }

    static int u16(ByteBuffer in) {
        return in.getShort() & 0xFFFF;
    }

    static int u24(ByteBuffer in) {
        return u8(in) << 16 | u16(in);
    }

    /** A byte that is 0 or 1. */
    static boolean flag(ByteBuffer in) {
        int value = in.get();
        if ((value & ~1) != 0) {
            throw malformed("a flag is neither 0 nor 1");
        }
        return value == 1;
    }

    static String text8(ByteBuffer in) {
        return Utf8.read(in, u8(in));
    }

    static String text16(ByteBuffer in) {
        return Utf8.read(in, u16(in));
    }

    static ReasonCode code(ByteBuffer in) {
        return ReasonCode.fromNumber(u16(in));
    }

    static Lane orderedLane(ByteBuffer in) {
        return flag(in) ? Lane.BULK : Lane.CHAT;
    }

    static UserId user(ByteBuffer in) {
        return new UserId(id(in));
    }

    static DeviceId device(ByteBuffer in) {
        return new DeviceId(id(in));
    }

    static GroupId group(ByteBuffer in) {
        return new GroupId(id(in));
    }

    static ProtocolException malformed(String detail) {
        return new ProtocolException(ReasonCode.MALFORMED_PACKET, detail);
    }

    private static String id(ByteBuffer in) {
        int length = u8(in);
        if (length > IdText.MAX_BYTES) {
            throw new InvalidIdException("an id longer than " + IdText.MAX_BYTES + " bytes");
        }
        return Utf8.read(in, length);
    }
}
