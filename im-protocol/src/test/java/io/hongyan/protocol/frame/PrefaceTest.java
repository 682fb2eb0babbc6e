// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.protocol.GoldenBytes;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PrefaceTest {
    @Test
    void isItsGoldenBytes() throws IOException {
        assertThat(Preface.request()).isEqualTo(GoldenBytes.read("preface-request"));
        assertThat(Preface.answer(1)).isEqualTo(GoldenBytes.read("preface-answer"));
        assertThat(Preface.answer(0)).isEqualTo(GoldenBytes.read("preface-answer-none"));
    }

    @Test
    void requestTellsTheNewestVersionOfTheClientAndIsConsumed() {
        ByteBuffer in = ByteBuffer.wrap(Preface.request());
        assertThat(Preface.readRequest(in)).isEqualTo(1);
        assertThat(in.hasRemaining()).isFalse();
    }

    @Test
    void flagsAndReservedBytesOfANewerClientAreNotLookedAt() {
        byte[] request = {'H', 'Y', 'I', 'M', (byte) 200, -1, -1, -1};
        assertThat(Preface.readRequest(ByteBuffer.wrap(request))).isEqualTo(200);
    }

    @Test
    void newestCommonVersionIsChosen() {
        assertThat(Preface.choose(0)).isZero();
        assertThat(Preface.choose(1)).isEqualTo(1);
        assertThat(Preface.choose(255)).isEqualTo(Preface.NEWEST_VERSION);
    }

    @Test
    void answerTellsTheVersionToSpeak() {
        assertThat(Preface.readAnswer(ByteBuffer.wrap(Preface.answer(1)))).isEqualTo(1);
    }

    @Test
    void answerWithoutACommonVersionSaysWhichThereAre() {
        assertRefused(ReasonCode.UNSUPPORTED_VERSION, () -> Preface.readAnswer(ByteBuffer.wrap(Preface.answer(0))));
        assertRefused(ReasonCode.UNSUPPORTED_VERSION, () -> Preface.readAnswer(ByteBuffer.wrap(Preface.answer(9))));
    }

    @Test
    void refusalTellsItsCode() {
        assertThat(Preface.refusal(ReasonCode.PROTECTION_REQUIRED))
                .isEqualTo(new byte[] {'H', 'Y', 'I', 'M', -1, 0, (byte) 212, 0});
        assertThat(Preface.refusal(ReasonCode.UNKNOWN_REFUSAL))
                .isEqualTo(new byte[] {'H', 'Y', 'I', 'M', -1, 1, (byte) 143, 0});
        for (ReasonCode code : ReasonCode.values()) {
            assertRefused(code, () -> Preface.readAnswer(ByteBuffer.wrap(Preface.refusal(code))));
        }
    }

    @Test
    void anythingElseIsRefused() {
        byte[] http = "GET / HTTP/1.1".getBytes(StandardCharsets.US_ASCII);
        assertRefused(ReasonCode.MALFORMED_FRAME, () -> Preface.readRequest(ByteBuffer.wrap(http)));
        assertRefused(ReasonCode.MALFORMED_FRAME, () -> Preface.readAnswer(ByteBuffer.wrap(http)));
    }

    private static void assertRefused(ReasonCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
