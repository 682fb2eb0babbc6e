// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("once")
class PrefaceFuzzTest {
    private static final int REFUSED = -1;

    @MethodSource
    @FuzzTest
    void eightBytesOfEitherSideAreAVersionOrARefusal(byte[] input) {
        byte[] bytes = Arrays.copyOf(input, Preface.BYTES);
        int newest = read(bytes, Preface::readRequest, ReasonCode.MALFORMED_FRAME);
        if (newest != REFUSED) {
            int chosen = Preface.choose(newest);
            assertThat(chosen).isBetween(0, Math.min(newest, Preface.NEWEST_VERSION));
            assertThat(read(Preface.answer(chosen), Preface::readAnswer, ReasonCode.UNSUPPORTED_VERSION))
                    .isEqualTo(chosen == 0 ? REFUSED : chosen);
        }
        int spoken = read(
                bytes,
                Preface::readAnswer,
                newest == REFUSED ? ReasonCode.MALFORMED_FRAME : ReasonCode.UNSUPPORTED_VERSION);
        if (spoken != REFUSED) {
            assertThat(spoken).isBetween(Preface.OLDEST_VERSION, Preface.NEWEST_VERSION);
        }
    }

    static Stream<byte[]> eightBytesOfEitherSideAreAVersionOrARefusal() {
        return Stream.of(Preface.request(), Preface.answer(0), Preface.answer(1));
    }

    private static int read(byte[] bytes, ToIntFunction<ByteBuffer> reading, ReasonCode refusal) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            int version = reading.applyAsInt(in);
            assertThat(in.hasRemaining()).isFalse();
            return version;
        } catch (ProtocolException e) {
            assertThat(e.code()).isEqualTo(refusal);
            return REFUSED;
        }
    }
}
