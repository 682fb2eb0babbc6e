// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SipHashTest {
    private static final long K0 = 0x0706050403020100L;
    private static final long K1 = 0x0f0e0d0c0b0a0908L;

    private static byte[] counting(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    /** The vectors of the reference implementation, for inputs 00 01 02 ... of lengths 0, 1, 7, 8, 15 and 63. */
    @Test
    void yieldsTheReferenceVectors() {
        assertThat(SipHash.hash(K0, K1, counting(0), 0, 0)).isEqualTo(0x726fdb47dd0e0e31L);
        assertThat(SipHash.hash(K0, K1, counting(1), 0, 1)).isEqualTo(0x74f839c593dc67fdL);
        assertThat(SipHash.hash(K0, K1, counting(7), 0, 7)).isEqualTo(0xab0200f58b01d137L);
        assertThat(SipHash.hash(K0, K1, counting(8), 0, 8)).isEqualTo(0x93f5f5799a932462L);
        assertThat(SipHash.hash(K0, K1, counting(15), 0, 15)).isEqualTo(0xa129ca6149be45e5L);
        assertThat(SipHash.hash(K0, K1, counting(63), 0, 63)).isEqualTo(0x958a324ceb064572L);
    }

    @Test
    void hashesAPrefixAsIfItStoodBeforeTheBytes() {
        for (int length = 8; length < 80; length++) {
            byte[] bytes = counting(length);
            long prefix = Bytes.getLongLittleEndian(bytes, 0);
            assertThat(SipHash.prefixed(K0, K1, prefix, bytes, 8, length - 8))
                    .isEqualTo(SipHash.hash(K0, K1, bytes, 0, length));
        }
        assertThat(SipHash.hash(K0, K1, Bytes.getLongLittleEndian(counting(8), 0)))
                .isEqualTo(SipHash.hash(K0, K1, counting(8), 0, 8));
    }
}
