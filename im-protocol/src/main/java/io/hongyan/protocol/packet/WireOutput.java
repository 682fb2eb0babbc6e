// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.frame.Frame;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Writes a body of known size behind its header, into the one array it needs. Used once. */
final class WireOutput {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] bytes;
    private int position;

    private WireOutput(byte[] bytes, int position) {
        this.bytes = bytes;
        this.position = position;
    }

    /** For a frame; its header is written already. */
    static WireOutput frame(PacketType type, int bodySize) {
        byte[] bytes = new byte[Frame.HEADER_BYTES + checked(bodySize)];
        Frame.writeHeader(bytes, type.code(), bodySize);
        return new WireOutput(bytes, Frame.HEADER_BYTES);
    }

    /** For bytes that get no header. */
    static WireOutput bare(int size) {
        return new WireOutput(new byte[size], 0);
    }

    /** The frame, once it is full. */
    Frame toFrame() {
        return Frame.wrap(toBytes());
    }

    /** The bytes, once they are full; not copied. */
    byte[] toBytes() {
        assert position == bytes.length : "the size was " + bytes.length + ", written are " + position;
        return bytes;
    }

    /** Where the next byte goes. */
    int position() {
        return position;
    }

    /** Writes a byte once more, now that its value is known. */
    void setU8(int at, int value) {
        bytes[at] = (byte) value;
    }

    WireOutput u8(int value) {
        bytes[position++] = (byte) value;
        return this;
    }

    WireOutput u16(int value) {
        SHORT.set(bytes, position, (short) value);
        position += 2;
        return this;
    }

    WireOutput u24(int value) {
        return u8(value >>> 16).u16(value);
    }

    WireOutput u32(int value) {
        INT.set(bytes, position, value);
        position += 4;
        return this;
    }

    WireOutput i64(long value) {
        LONG.set(bytes, position, value);
        position += 8;
        return this;
    }

    /** As {@link Varint} reads it. */
    WireOutput varint(long value) {
        return switch (Varint.size(value)) {
            case 1 -> u8((int) value);
            case 2 -> u16((int) value | 0x4000);
            case 4 -> u32((int) value | 0x8000_0000);
            default -> i64(value | 0xC000_0000_0000_0000L);
        };
    }

    /** A length byte and at most 255 bytes of text. */
    WireOutput text8(String text) {
        int start = position + 1;
        position = Utf8.write(text, bytes, start);
        bytes[start - 1] = (byte) (position - start);
        return this;
    }

    /** Two length bytes and at most 65535 bytes of text. */
    WireOutput text16(String text) {
        int start = position + 2;
        position = Utf8.write(text, bytes, start);
        SHORT.set(bytes, start - 2, (short) (position - start));
        return this;
    }

    WireOutput payload(Payload payload, int offset, int length) {
        payload.copyTo(offset, bytes, position, length);
        position += length;
        return this;
    }

    WireOutput payload(Payload payload) {
        return payload(payload, 0, payload.size());
    }

    WireOutput bytes(byte[] source, int offset, int length) {
        System.arraycopy(source, offset, bytes, position, length);
        position += length;
        return this;
    }

    private static int checked(int bodySize) {
        if (bodySize > Frame.MAX_BODY_BYTES) {
            throw new IllegalArgumentException("a frame's body has at most " + Frame.MAX_BODY_BYTES + " bytes");
        }
        return bodySize;
    }
}
