// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/**
 * A cursor that writes numbers and bytes into an array, up to a limit that the caller checks before each segment.
 * Varints are those of RFC 9000 §16: the top two bits of the first byte say 1, 2, 4 or 8 bytes.
 */
final class WireWriter {
    byte[] array;
    int position;
    int limit;

    WireWriter(byte[] array) {
        this.array = array;
        this.limit = array.length;
    }

    WireWriter reset(int position, int limit) {
        this.position = position;
        this.limit = limit;
        return this;
    }

    int remaining() {
        return limit - position;
    }

    void writeByte(int value) {
        array[position++] = (byte) value;
    }

    void writeShort(int value) {
        array[position++] = (byte) (value >> 8);
        array[position++] = (byte) value;
    }

    void writeInt(int value) {
        Bytes.putInt(array, position, value);
        position += 4;
    }

    void writeLong(long value) {
        Bytes.putLong(array, position, value);
        position += 8;
    }

    void writeBytes(byte[] bytes, int offset, int length) {
        System.arraycopy(bytes, offset, array, position, length);
        position += length;
    }

    /** Writes a number 0 to 2^62 - 1. */
    void writeVarint(long value) {
        assert value >= 0 && value < 1L << 62 : value;
        if (value < 1 << 6) {
            writeByte((int) value);
        } else if (value < 1 << 14) {
            writeShort((int) value | 0x4000);
        } else if (value < 1 << 30) {
            writeInt((int) value | 0x8000_0000);
        } else {
            writeLong(value | 0xc000_0000_0000_0000L);
        }
    }

    static int varintLength(long value) {
        return value < 1 << 6 ? 1 : value < 1 << 14 ? 2 : value < 1 << 30 ? 4 : 8;
    }
}
