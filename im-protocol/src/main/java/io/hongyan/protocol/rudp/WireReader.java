// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/**
 * A cursor that reads what {@link WireWriter} wrote. It never throws: a read beyond the limit yields 0 and sets {@link
 * #failed()}, so that a parser may test once at the end of a segment.
 */
final class WireReader {
    byte[] array;
    int position;
    int limit;
    private boolean failed;

    WireReader(byte[] array) {
        this.array = array;
    }

    WireReader reset(int position, int limit) {
        this.position = position;
        this.limit = limit;
        failed = false;
        return this;
    }

    boolean failed() {
        return failed;
    }

    boolean hasRemaining() {
        return position < limit && !failed;
    }

    int remaining() {
        return limit - position;
    }

    int readByte() {
        return take(1) ? array[position++] & 0xff : 0;
    }

    int readShort() {
        return (int) readNumber(2);
    }

    int readInt() {
        return (int) readNumber(4);
    }

    long readLong() {
        return readNumber(8);
    }

    long readVarint() {
        if (!take(1)) {
            return 0;
        }
        int first = array[position];
        if ((first & 0xc0) == 0) {
            position++;
            return first;
        }
        int length = 1 << ((first & 0xc0) >> 6);
        if (!take(length)) {
            return 0;
        }
        long value = Bytes.readLong(array, position, length);
        position += length;
        return value & ((1L << (8 * length - 2)) - 1);
    }

    /** Reads a varint that must not exceed {@code most}, which fits an int. */
    int readLength(int most) {
        long value = readVarint();
        if (value > most) {
            failed = true;
            return 0;
        }
        return (int) value;
    }

    /** Reads {@code length} bytes into a new array: for handshakes only. */
    byte[] readBytes(int length) {
        byte[] bytes = new byte[take(length) ? length : 0];
        System.arraycopy(array, position, bytes, 0, bytes.length);
        position += bytes.length;
        return bytes;
    }

    /** Passes over {@code length} bytes and says where they began. */
    int skip(int length) {
        int start = position;
        if (take(length)) {
            position += length;
        }
        return start;
    }

    private long readNumber(int length) {
        if (!take(length)) {
            return 0;
        }
        long value = Bytes.readLong(array, position, length);
        position += length;
        return value;
    }

    private boolean take(int length) {
        if (failed || length < 0 || limit - position < length) {
            failed = true;
            return false;
        }
        return true;
    }
}
