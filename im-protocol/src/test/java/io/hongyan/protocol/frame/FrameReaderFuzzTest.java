// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.FuzzRounds;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FrameReaderFuzzTest {
    private static final int LIMIT = 2_000;

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
            Result pieces = readInPieces(random, bytes);
            Result whole = readAtOnce(bytes);
            assertThat(pieces.frames).isEqualTo(whole.frames);
            assertThat(pieces.violation).isEqualTo(whole.violation);
            assertThat(readAsUnit(bytes).frames).isEqualTo(whole.frames);
        });
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
