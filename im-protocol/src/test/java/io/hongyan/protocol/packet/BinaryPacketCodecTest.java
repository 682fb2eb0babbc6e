// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.frame.Frame;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class BinaryPacketCodecTest {
    private final PacketCodec codec = BinaryPacketCodec.V1;

    @TestFactory
    Iterable<DynamicTest> packetComesBackAsItWas() {
        return PacketSamples.all().entrySet().stream().map(this::roundTrip).toList();
    }

    private DynamicTest roundTrip(Map.Entry<String, Packet> sample) {
        return DynamicTest.dynamicTest(sample.getKey(), () -> {
            Frame frame = codec.encode(sample.getValue());
            assertThat(frame.type()).isEqualTo(sample.getValue().packetType().code());
            assertThat(codec.decode(frame.type(), frame.body())).isEqualTo(sample.getValue());
        });
    }

    @Test
    void unknownOptionalPacketIsSkipped() {
        assertThat(codec.decode(0xBF, ByteBuffer.allocate(3))).isNull();
    }

    @Test
    void unknownPacketIsRefusedWithItsCode() {
        assertThatThrownBy(() -> codec.decode(0x3F, ByteBuffer.allocate(3)))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(ReasonCode.UNKNOWN_PACKET));
    }

    @Test
    void smallMessageHasLittleOverhead() {
        Message message = Message.of(
                        new MessageId(PacketSamples.INSTANCE, 100_000), Address.user("bob"), Payload.of(new byte[100]))
                .withServerFields(Address.device("alice", "phone"), null, 0, 1_800_000_000_000L);

        assertThat(codec.encode(message).length() - 100).isLessThanOrEqualTo(45);
    }
}
