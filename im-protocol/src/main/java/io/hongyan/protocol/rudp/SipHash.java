// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/**
 * SipHash-2-4 (Aumasson, Bernstein, 2012): a keyed hash of 64 bits that is quick on short input. Here: the tag of
 * {@link ClearProtector}, the check in connection ids, reset tokens.
 */
final class SipHash {
    private SipHash() {}

    /** The hash of {@code length} bytes under the key {@code k0, k1}. */
    static long hash(long k0, long k1, byte[] bytes, int offset, int length) {
        return finish(
                k0 ^ 0x736f6d6570736575L,
                k1 ^ 0x646f72616e646f6dL,
                k0 ^ 0x6c7967656e657261L,
                k1 ^ 0x7465646279746573L,
                bytes,
                offset,
                length,
                length);
    }

    /** The hash of the 8 bytes of {@code word} (little-endian) under the key. */
    static long hash(long k0, long k1, long word) {
        return prefixed(k0, k1, word, EMPTY, 0, 0);
    }

    /** The hash of the 8 bytes of {@code prefix} (little-endian) followed by {@code length} bytes. */
    static long prefixed(long k0, long k1, long prefix, byte[] bytes, int offset, int length) {
        long v0 = k0 ^ 0x736f6d6570736575L;
        long v1 = k1 ^ 0x646f72616e646f6dL;
        long v2 = k0 ^ 0x6c7967656e657261L;
        long v3 = k1 ^ 0x7465646279746573L ^ prefix;
        for (int round = 0; round < 2; round++) {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
        return finish(v0 ^ prefix, v1, v2, v3, bytes, offset, length, length + 8);
    }

    private static long finish(
            long v0, long v1, long v2, long v3, byte[] bytes, int offset, int length, int totalLength) {
        int end = offset + (length & ~7);
        for (int i = offset; i < end; i += 8) {
            long m = Bytes.getLongLittleEndian(bytes, i);
            v3 ^= m;
            for (int round = 0; round < 2; round++) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= m;
        }
        long last = (long) totalLength << 56;
        for (int i = 0; i < (length & 7); i++) {
            last |= (bytes[end + i] & 0xffL) << (8 * i);
        }
        v3 ^= last;
        for (int round = 0; round < 6; round++) {
            if (round == 2) {
                v0 ^= last;
                v2 ^= 0xff;
            }
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static final byte[] EMPTY = new byte[0];
}
