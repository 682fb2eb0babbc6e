// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VarintTest {
    /** The examples of RFC 9000, appendix A.1, and the ends of each length. */
    @ParameterizedTest
    @CsvSource({
        "25, 37",
        "7bbd, 15293",
        "9d7f3e7d, 494878333",
        "c2197c5eff14e88c, 151288809941952652",
        "00, 0",
        "3f, 63",
        "4040, 64",
        "7fff, 16383",
        "80004000, 16384",
        "bfffffff, 1073741823",
        "c000000040000000, 1073741824",
        "ffffffffffffffff, 4611686018427387903"
    })
    void valueHasOneForm(String hex, long value) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertThat(Varint.read(ByteBuffer.wrap(bytes))).isEqualTo(value);
        assertThat(Varint.size(value)).isEqualTo(bytes.length);
        assertThat(WireOutput.bare(bytes.length).varint(value).toBytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"4025", "403f", "80003fff", "80000000", "c00000003fffffff", "c000000000000000"})
    void longerFormThanNeededIsRefused(String hex) {
        ByteBuffer in = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
        assertThatThrownBy(() -> Varint.read(in))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(ReasonCode.MALFORMED_PACKET));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7b", "9d7f3e", "9d", "c2197c5eff14e8", "c2"})
    void cutNumberUnderflows(String hex) {
        ByteBuffer in = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
        assertThatThrownBy(() -> Varint.read(in)).isInstanceOf(BufferUnderflowException.class);
    }

    @Test
    void numberBeyondAnIntIsRefusedWhereAnIntIsWanted() {
        byte[] bytes = WireOutput.bare(8).varint(1L + Integer.MAX_VALUE).toBytes();
        assertThatThrownBy(() -> Varint.readInt(ByteBuffer.wrap(bytes))).isInstanceOf(ProtocolException.class);
    }
}
