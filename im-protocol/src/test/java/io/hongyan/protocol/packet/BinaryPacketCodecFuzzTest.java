// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.hongyan.protocol.FuzzRounds;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.frame.FrameReader;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Hostile bodies: each is refused with a code, or is a packet; and then it is the one encoding that the packet has,
 * except that codes of a newer peer become generic ones.
 */
@Tag("once")
class BinaryPacketCodecFuzzTest {
    private static final PacketCodec CODEC = BinaryPacketCodec.V1;

    /** The first byte is the type, the rest the body. */
    @MethodSource
    @FuzzTest
    void anyBytesArePacketOrRefusal(byte[] input) {
        if (input.length > 0) {
            byte[] body = Arrays.copyOfRange(input, 1, input.length);
            checkDecoding(input[0] & 0xFF, body, body.length);
        }
    }

    static Stream<byte[]> anyBytesArePacketOrRefusal() {
        return frames().stream()
                .map(frame -> Arrays.copyOfRange(frame.array(), Frame.HEADER_BYTES - 1, frame.length()));
    }

    @TestFactory
    List<DynamicTest> packetCutAtAnyByteOrWithAnyBitFlipped() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Map.Entry<String, Packet> sample : PacketSamples.all().entrySet()) {
            Frame frame = CODEC.encode(sample.getValue());
            tests.add(DynamicTest.dynamicTest(sample.getKey(), () -> cutAndFlip(frame)));
        }
        return tests;
    }

    @Test
    void packetWithAnyTwoBytesChanged() {
        List<Frame> frames = frames();
        FuzzRounds.run(60_000, random -> {
            Frame frame = frames.get(random.nextInt(frames.size()));
            byte[] body = bodyOf(frame);
            for (int i = 0; i < 2 && body.length > 0; i++) {
                body[random.nextInt(body.length)] = interestingByte(random);
            }
            checkDecoding(frame.type(), body, body.length);
        });
    }

    @Test
    void packetWithBytesRemovedOrDoubled() {
        List<Frame> frames = frames();
        FuzzRounds.run(30_000, random -> {
            Frame frame = frames.get(random.nextInt(frames.size()));
            byte[] body = bodyOf(frame);
            int from = random.nextInt(body.length + 1);
            int to = random.nextInt(body.length + 1);
            ByteArrayOutputStream spliced = new ByteArrayOutputStream();
            spliced.write(body, 0, to);
            spliced.write(body, from, body.length - from);
            checkDecoding(frame.type(), spliced.toByteArray(), spliced.size());
        });
    }

    @Test
    void randomBytesOfEveryType() {
        FuzzRounds.run(100_000, random -> {
            byte[] body = new byte[random.nextInt(60)];
            for (int i = 0; i < body.length; i++) {
                body[i] = interestingByte(random);
            }
            checkDecoding(random.nextInt(256), body, body.length);
        });
    }

    @Test
    void damagedStreamOfAllPackets() {
        List<Frame> frames = frames();
        FuzzRounds.run(2_000, random -> {
            ByteArrayOutputStream glued = new ByteArrayOutputStream();
            for (int i = 0; i < 20; i++) {
                glued.writeBytes(frames.get(random.nextInt(frames.size())).array());
            }
            byte[] stream = glued.toByteArray();
            for (int i = 0; i < 4; i++) {
                stream[random.nextInt(stream.length)] ^= (byte) (1 << random.nextInt(8));
            }
            readInPieces(random, stream);
        });
    }

    private static void readInPieces(Random random, byte[] stream) {
        FrameReader reader = new FrameReader(4_096);
        try {
            for (int at = 0; at < stream.length; ) {
                int length = Math.min(stream.length - at, 1 + random.nextInt(100));
                reader.read(ByteBuffer.wrap(stream, at, length), CODEC::decode);
                at += length;
            }
        } catch (ProtocolException e) {
            assertThat(e.code().endsConnection()).isTrue();
        }
        assertThat(reader.bufferedBytes()).isLessThanOrEqualTo(4_096);
    }

    private static void cutAndFlip(Frame frame) {
        byte[] body = bodyOf(frame);
        for (int length = 0; length < body.length; length++) {
            checkDecoding(frame.type(), body, length);
        }
        for (int bit = 0; bit < body.length * 8; bit++) {
            body[bit / 8] ^= (byte) (1 << bit % 8);
            checkDecoding(frame.type(), body, body.length);
            body[bit / 8] ^= (byte) (1 << bit % 8);
        }
        for (int type = 0; type < 256; type++) {
            checkDecoding(type, body, body.length);
        }
    }

    /** Decodes from a heap and from a direct buffer, in the midst of bytes that are not its own. */
    private static void checkDecoding(int type, byte[] bytes, int length) {
        byte[] body = Arrays.copyOf(bytes, length);
        Object fromHeap = outcome(type, ByteBuffer.allocate(length + 40), body);
        Object fromDirect = outcome(type, ByteBuffer.allocateDirect(length + 40), body);
        assertThat(fromDirect).as(replay(type, body)).isEqualTo(fromHeap);
        if (fromHeap instanceof Packet packet) {
            Frame again = CODEC.encode(packet);
            assertThat(CODEC.decode(again.type(), again.body()))
                    .as(replay(type, body))
                    .isEqualTo(packet);
            if (!packet.toString().contains("UNKNOWN_")) {
                assertThat(again).as(replay(type, body)).isEqualTo(Frame.of(type, body));
            }
        }
    }

    private static Object outcome(int type, ByteBuffer in, byte[] body) {
        in.position(20).put(body).flip().position(20);
        try {
            Packet packet = CODEC.decode(type, in);
            return packet == null ? "skipped" : packet;
        } catch (ProtocolException e) {
            return e.code();
        }
    }

    private static String replay(int type, byte[] body) {
        return "type 0x" + Integer.toHexString(type) + ", body "
                + HexFormat.of().formatHex(body);
    }

    private static List<Frame> frames() {
        return PacketSamples.all().values().stream().map(CODEC::encode).toList();
    }

    private static byte[] bodyOf(Frame frame) {
        return Arrays.copyOfRange(frame.array(), Frame.HEADER_BYTES, frame.length());
    }

    private static byte interestingByte(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> (byte) (1 + random.nextInt(4));
            case 2 -> (byte) 0xFF;
            case 3 -> (byte) ('a' + random.nextInt(26));
            default -> (byte) random.nextInt(256);
        };
    }
}
