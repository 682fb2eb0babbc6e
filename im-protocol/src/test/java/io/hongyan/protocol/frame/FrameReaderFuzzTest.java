// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.hongyan.protocol.FuzzRounds;
import io.hongyan.protocol.GoldenBytes;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("once")
class FrameReaderFuzzTest {
    private static final int LIMIT = 2_000;

    /** The first eight bytes say how the rest is cut. */
    @MethodSource
    @FuzzTest
    void anyBytesGiveTheSameFramesAndTheSameViolationHoweverTheyAreCut(byte[] input) {
        if (input.length < 8) {
            return;
        }
        Random cuts = new Random(ByteBuffer.wrap(input).getLong());
        byte[] bytes = Arrays.copyOfRange(input, 8, input.length);
        Result whole = readAtOnce(bytes);
        assertSame(readInPieces(cuts, bytes), whole);
        Result unit = readAsUnit(bytes);
        assertThat(unit.frames).isEqualTo(whole.frames);
        ByteArrayOutputStream again = new ByteArrayOutputStream();
        whole.frames.forEach(frame -> again.writeBytes(frame.array()));
        assertThat(again.toByteArray()).isEqualTo(Arrays.copyOf(bytes, again.size()));
        if (whole.violation == null && again.size() == bytes.length && bytes.length > 0) {
            assertThat(unit.violation).isNull();
        } else {
            assertThat(unit.violation).isIn(ReasonCode.MALFORMED_FRAME, ReasonCode.FRAME_TOO_LARGE);
        }
    }

    static Stream<byte[]> anyBytesGiveTheSameFramesAndTheSameViolationHoweverTheyAreCut() {
        return Stream.of("chunk", "login", "message-to-user", "count-chat", "logout")
                .map(FrameReaderFuzzTest::goldenBytes)
                .map(golden -> ByteBuffer.allocate(8 + 2 * golden.length)
                        .putLong(golden.length)
                        .put(golden)
                        .put(golden)
                        .array());
    }

    @Test
    void framesComeOutAsTheyWentInHoweverTheStreamIsCut() {
        FuzzRounds.run(2_000, random -> {
            List<Frame> sent = new ArrayList<>();
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            for (int i = random.nextInt(30); i >= 0; i--) {
                byte[] body = new byte[random.nextInt(random.nextInt(8) == 0 ? LIMIT - 3 : 40)];
                random.nextBytes(body);
                Frame frame = Frame.of(random.nextInt(256), body);
                sent.add(frame);
                stream.writeBytes(frame.array());
            }
            Result result = readInPieces(random, stream.toByteArray());
            assertThat(result.violation).isNull();
            assertThat(result.frames).isEqualTo(sent);
        });
    }

    @Test
    void randomBytesGiveTheSameFramesAndTheSameViolationHoweverTheyAreCut() {
        FuzzRounds.run(5_000, random -> {
            byte[] bytes = new byte[random.nextInt(6_000)];
            random.nextBytes(bytes);
            for (int i = 0; i < bytes.length; i += 1 + random.nextInt(200)) {
                bytes[i] = 0;
            }
            Result whole = readAtOnce(bytes);
            assertSame(readInPieces(random, bytes), whole);
            assertThat(readAsUnit(bytes).frames).isEqualTo(whole.frames);
        });
    }

    private static void assertSame(Result actual, Result expected) {
        assertThat(actual.frames).isEqualTo(expected.frames);
        assertThat(actual.violation).isEqualTo(expected.violation);
    }

    private static byte[] goldenBytes(String name) {
        try {
            return GoldenBytes.read(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Result readInPieces(Random random, byte[] bytes) {
        Result result = new Result();
        FrameReader reader = new FrameReader(LIMIT);
        int largest = 1 + random.nextInt(random.nextBoolean() ? 5 : 5_000);
        for (int at = 0; at < bytes.length && result.violation == null; ) {
            int length = Math.min(bytes.length - at, 1 + random.nextInt(largest));
            ByteBuffer piece =
                    random.nextBoolean() ? ByteBuffer.allocate(length + 3) : ByteBuffer.allocateDirect(length + 3);
            piece.position(3).put(bytes, at, length).position(3);
            result.read(() -> reader.read(piece, result::add));
            assertThat(piece.hasRemaining()).isFalse();
            assertThat(reader.bufferedBytes()).isLessThanOrEqualTo(LIMIT);
            at += length;
        }
        return result;
    }

    private static Result readAtOnce(byte[] bytes) {
        Result result = new Result();
        FrameReader reader = new FrameReader(LIMIT);
        result.read(() -> reader.read(ByteBuffer.wrap(bytes), result::add));
        return result;
    }

    private static Result readAsUnit(byte[] bytes) {
        Result result = new Result();
        result.read(() -> FrameReader.readWhole(ByteBuffer.wrap(bytes), LIMIT, result::add));
        return result;
    }

    private static final class Result {
        private final List<Frame> frames = new ArrayList<>();
        private @Nullable ReasonCode violation;

        void add(int type, ByteBuffer body) {
            byte[] bytes = new byte[body.remaining()];
            body.get(bytes);
            frames.add(Frame.of(type, bytes));
        }

        void read(Runnable reading) {
            try {
                reading.run();
            } catch (ProtocolException e) {
                violation = e.code();
            }
        }
    }
}
