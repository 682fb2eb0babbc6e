// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WireCursorTest {
    private final WireWriter out = new WireWriter(new byte[64]);

    private WireReader written() {
        return new WireReader(out.array).reset(0, out.position);
    }

    @Test
    void readsBackVarintsOfEveryLength() {
        long[] values = {0, 63, 64, 16_383, 16_384, (1 << 30) - 1, 1 << 30, (1L << 62) - 1};
        int[] lengths = {1, 1, 2, 2, 4, 4, 8, 8};
        for (int i = 0; i < values.length; i++) {
            out.reset(0, 64).writeVarint(values[i]);
            assertThat(out.position).isEqualTo(lengths[i]).isEqualTo(WireWriter.varintLength(values[i]));
            assertThat(written().readVarint()).isEqualTo(values[i]);
        }
    }

    /** The examples of RFC 9000 §A.1. */
    @Test
    void readsTheVarintsOfTheRfc() {
        byte[] bytes = {(byte) 0xc2, 0x19, 0x7c, 0x5e, (byte) 0xff, 0x14, (byte) 0xe8, (byte) 0x8c};
        assertThat(new WireReader(bytes).reset(0, 8).readVarint()).isEqualTo(151_288_809_941_952_652L);
        bytes = new byte[] {(byte) 0x9d, 0x7f, 0x3e, 0x7d};
        assertThat(new WireReader(bytes).reset(0, 4).readVarint()).isEqualTo(494_878_333L);
        bytes = new byte[] {0x40, 0x25};
        assertThat(new WireReader(bytes).reset(0, 2).readVarint()).isEqualTo(37);
    }

    @Test
    void readsBackNumbersOfFixedLength() {
        out.writeByte(0xab);
        out.writeShort(0xcdef);
        out.writeInt(0x89abcdef);
        out.writeLong(0x0123456789abcdefL);
        WireReader in = written();
        assertThat(in.readByte()).isEqualTo(0xab);
        assertThat(in.readShort()).isEqualTo(0xcdef);
        assertThat(in.readInt()).isEqualTo(0x89abcdef);
        assertThat(in.readLong()).isEqualTo(0x0123456789abcdefL);
        assertThat(in.hasRemaining()).isFalse();
        assertThat(in.failed()).isFalse();
    }

    @Test
    void failsInsteadOfReadingBeyondTheEnd() {
        WireReader in = new WireReader(new byte[] {0x40, 1, 2}).reset(0, 1);
        assertThat(in.readVarint()).isZero();
        assertThat(in.failed()).isTrue();
        assertThat(in.readByte()).isZero();
        assertThat(in.readBytes(1)).isEmpty();
        assertThat(in.reset(0, 3).readLong()).isZero();
        assertThat(in.failed()).isTrue();
        assertThat(in.reset(0, 3).readLength(0)).isZero();
        assertThat(in.failed()).isTrue();
        assertThat(in.reset(0, 3).skip(-1)).isZero();
        assertThat(in.failed()).isTrue();
    }
}
