// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.GoldenBytes;
import io.hongyan.protocol.frame.Frame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The wire cannot drift unseen: each packet has, byte for byte, the frame that its golden file shows. */
class GoldenPacketsTest {
    @TestFactory
    List<DynamicTest> packetIsItsGoldenBytes() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Map.Entry<String, Packet> sample : PacketSamples.all().entrySet()) {
            tests.add(DynamicTest.dynamicTest(sample.getKey(), () -> compare(sample.getKey(), sample.getValue())));
        }
        return tests;
    }

    @Test
    void everyTypeHasGoldenBytesAndEveryFileItsPacket() throws IOException {
        EnumSet<PacketType> types = EnumSet.noneOf(PacketType.class);
        PacketSamples.all().values().forEach(packet -> types.add(packet.packetType()));
        assertThat(types).containsExactly(PacketType.values());

        TreeSet<String> files = GoldenBytes.names();
        files.removeIf(name -> name.startsWith("preface-"));
        assertThat(files).isEqualTo(new TreeSet<>(PacketSamples.all().keySet()));
    }

    private static void compare(String name, Packet packet) throws IOException {
        byte[] golden = GoldenBytes.read(name);
        Frame frame = Frame.wrap(golden);
        assertThat(hex(BinaryPacketCodec.V1.encode(packet).array())).isEqualTo(hex(golden));
        assertThat(BinaryPacketCodec.V1.decode(frame.type(), frame.body())).isEqualTo(packet);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }
}
