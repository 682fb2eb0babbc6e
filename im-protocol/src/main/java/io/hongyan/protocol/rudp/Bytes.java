// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers in byte arrays at given places: network order, but for SipHash, which is defined on little-endian words. */
final class Bytes {
    private static final VarHandle LONG_BE = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT_BE = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG_LE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Bytes() {}

    static long getLong(byte[] bytes, int index) {
        return (long) LONG_BE.get(bytes, index);
    }

    static void putLong(byte[] bytes, int index, long value) {
        LONG_BE.set(bytes, index, value);
    }

    static int getInt(byte[] bytes, int index) {
        return (int) INT_BE.get(bytes, index);
    }

    static void putInt(byte[] bytes, int index, int value) {
        INT_BE.set(bytes, index, value);
    }

    static long getLongLittleEndian(byte[] bytes, int index) {
        return (long) LONG_LE.get(bytes, index);
    }

    /** Reads {@code length} (0..8) bytes as an unsigned number. */
    static long readLong(byte[] bytes, int index, int length) {
        long value = 0;
        for (int i = 0; i < length; i++) {
            value = value << 8 | (bytes[index + i] & 0xff);
        }
        return value;
    }

    /** Writes the lowest {@code length} (0..8) bytes of a number. */
    static void writeLong(byte[] bytes, int index, long value, int length) {
        for (int i = length - 1; i >= 0; i--) {
            bytes[index + i] = (byte) value;
            value >>>= 8;
        }
    }
}
