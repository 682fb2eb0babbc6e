// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostilePacketsTest {
    @ParameterizedTest(name = "{0}: {3}")
    @CsvSource({
        "LOGIN, 00, INVALID_ID, empty user",
        "LOGIN, 0130, INVALID_ID, reserved user 0",
        "LOGIN, 022d31, INVALID_ID, reserved user -1",
        "LOGIN, 024061, INVALID_ID, user that begins with @",
        "LOGIN, 01610107, INVALID_ID, control character in a device",
        "LOGIN, 41, INVALID_ID, user of 65 bytes refused by its length alone",
        "LOGIN, 02c328, MALFORMED_PACKET, invalid UTF-8 in a user",
        "LOGIN, 03eda080, MALFORMED_PACKET, half a surrogate pair in a user",
        "LOGIN, 0361, MALFORMED_PACKET, user that ends behind the frame",
        "LOGIN, 0161016101ff, MALFORMED_PACKET, invalid UTF-8 in a platform",
        "LOGIN, 016101610010010000, MALFORMED_PACKET, token longer than the frame",
        "LOGIN, '', MALFORMED_PACKET, empty body",
        "LOGIN_RESULT, 0000000000000000000001000000000000000000000000000000000001000fff00100000000000000000000000,"
                + " MALFORMED_PACKET, a longest frame too short for a chunk",
        "LOGOUT, 00, MALFORMED_PACKET, a byte left over",
        "COUNT, 0200000000, MALFORMED_PACKET, count of the ephemeral lane",
        "MESSAGE, 00000000000000000700, MALFORMED_PACKET, counter 0 and no address",
        "MESSAGE, 0000000000000000070000, MALFORMED_PACKET, counter 0",
        "MESSAGE, 0000000000000000070104, MALFORMED_PACKET, fifth kind of address",
        "MESSAGE, 000000000000000007400100, MALFORMED_PACKET, counter in two bytes though one is enough",
        "MESSAGE, 200000000000000007010000, MALFORMED_PACKET, content kind said to be there but binary",
        "MESSAGE, 200000000000000007010003, MALFORMED_PACKET, fourth kind of content",
        "MESSAGE, 040000000000000007010000, MALFORMED_PACKET, sequence said to be there but 0",
        "MESSAGE, 020000000000000007010000, MALFORMED_PACKET, conversation said to be there but empty",
        "MESSAGE, 1000000000000000070100c000000100000000, MALFORMED_PACKET, type 2^32",
        "MESSAGE, 4000000000000000070100c000000080000000, MALFORMED_PACKET, time to live 2^31",
        "EPHEMERAL_MESSAGE, 800000000000000007010000, MALFORMED_PACKET, ephemeral and bulk",
        "CHUNK, 00000000000000070100, MALFORMED_PACKET, empty chunk that is not last",
        "CHUNK, 000000000000000701c00000008000000061, MALFORMED_PACKET, offset 2^31",
        "DELIVERED, 000000000000000700, MALFORMED_PACKET, no range",
        "DELIVERED, 00000000000000070100, MALFORMED_PACKET, range without an end",
        "DELIVERED, 0000000000000007010000, MALFORMED_PACKET, range that begins at 0",
        "DELIVERED, 00000000000000077fff0000, MALFORMED_PACKET, more ranges than allowed",
        "DELIVERED, 00000000000000073f0000, MALFORMED_PACKET, more ranges than there are bytes",
        "DELIVERED, 00000000000000070101ffffffffffffffff, MALFORMED_PACKET, all counters there are",
        "DELIVERED, 000000000000000702ffffffffffffffff00ffffffffffffffff00, MALFORMED_PACKET, sum of bounds 2^63",
        "DELIVERED, 000000000000000702ffffffffffffffff00ffffffffffffffffffffffffffffffff, MALFORMED_PACKET, beyond 2^63",
        "DELIVERED, 00000000000000070101c000000000010000, MALFORMED_PACKET, number not in its shortest form",
        "READ, 02, MALFORMED_PACKET, flag neither 0 nor 1",
        "GOAWAY, 0064000009, MALFORMED_PACKET, nine endpoints",
        "GOAWAY, 006400000100, MALFORMED_PACKET, endpoint without a text",
        "GOAWAY, 00640000020161, MALFORMED_PACKET, fewer endpoints than told",
        "GOAWAY, 006400000102c328, MALFORMED_PACKET, invalid UTF-8 in an endpoint",
        "SUBSCRIBE, 0100, MALFORMED_PACKET, subscription to nobody",
        "SUBSCRIBE, 014101, MALFORMED_PACKET, subscription to 257 users",
        "SYNC, 000000, MALFORMED_PACKET, page of no messages",
        "SYNC_PAGE, 0504050000, MALFORMED_PACKET, page that goes backwards"
    })
    void isRefusedWithItsCode(PacketType type, String hex, ReasonCode code, String what) {
        ByteBuffer body = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
        assertThatThrownBy(() -> BinaryPacketCodec.V1.decode(type.code(), body))
                .as(what)
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
