// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import java.nio.ByteBuffer;

/**
 * Whole numbers of 1, 2, 4 or 8 bytes, 0 to 2^62 - 1, after RFC 9000 §16: the top two bits of the first byte tell the
 * length. Only the shortest form is accepted, so that a value has one encoding.
 */
final class Varint {
    static final long MAX = (1L << 62) - 1;

    private static final int MAX_1 = (1 << 6) - 1;
    private static final int MAX_2 = (1 << 14) - 1;
    private static final int MAX_4 = (1 << 30) - 1;

    private Varint() {}

    static int size(long value) {
        assert value >= 0 && value <= MAX : value;
        if (value <= MAX_1) {
            return 1;
        }
        if (value <= MAX_2) {
            return 2;
        }
        return value <= MAX_4 ? 4 : 8;
    }

    /** @throws java.nio.BufferUnderflowException when the bytes end within the number */
    static long read(ByteBuffer in) {
        int first = in.get();
        return switch (first >> 6 & 3) {
            case 0 -> first;
            case 1 -> canonical((first & 0x3F) << 8 | in.get() & 0xFF, MAX_1);
            case 2 -> canonical((first & 0x3F) << 24 | (in.get() & 0xFF) << 16 | in.getShort() & 0xFFFF, MAX_2);
            default ->
                canonical(
                        (long) (first & 0x3F) << 56
                                | (in.get() & 0xFFL) << 48
                                | (in.getShort() & 0xFFFFL) << 32
                                | in.getInt() & 0xFFFF_FFFFL,
                        MAX_4);
        };
    }

    /** As {@link #read}, refusing what an int cannot hold. */
    static int readInt(ByteBuffer in) {
        long value = read(in);
        if (value > Integer.MAX_VALUE) {
            throw new ProtocolException(ReasonCode.MALFORMED_PACKET, "a number is too large");
        }
        return (int) value;
    }

    private static long canonical(long value, long maxOfShorter) {
        if (value <= maxOfShorter) {
            throw new ProtocolException(ReasonCode.MALFORMED_PACKET, "a number is not in its shortest form");
        }
        return value;
    }
}
