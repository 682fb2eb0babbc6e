// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;

class FrameTest {
    private final Frame frame = Frame.of(0xC5, new byte[] {1, 2, 3});

    @Test
    void isLengthAndTypeAndBody() {
        assertThat(frame.array()).containsExactly(0, 0, 3, 0xC5, 1, 2, 3);
        assertThat(frame.type()).isEqualTo(0xC5);
        assertThat(frame.length()).isEqualTo(7);
        assertThat(frame.bodyLength()).isEqualTo(3);
        assertThat(frame.body()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    }

    @Test
    void bodyCannotBeWritten() {
        assertThatThrownBy(() -> frame.body().put((byte) 0)).isInstanceOf(ReadOnlyBufferException.class);
    }

    @Test
    void typeBitsSayWhetherItIsCountedOrOptional() {
        assertThat(frame.counted()).isTrue();
        assertThat(frame.optional()).isTrue();
        assertThat(Frame.isCounted(0x8F)).isFalse();
        assertThat(Frame.isOptional(0x4F)).isFalse();
    }

    @Test
    void frameOfTheSameBytesIsEqual() {
        assertThat(Frame.wrap(frame.array().clone())).isEqualTo(frame).hasSameHashCodeAs(frame);
        assertThat(Frame.of(0xC5, new byte[3])).isNotEqualTo(frame);
    }

    @Test
    void bytesThatAreNotOneWholeFrameAreNotWrapped() {
        for (byte[] bytes : new byte[][] {{}, {0, 0, 0}, {0, 0, 1, 5}, {0, 0, 0, 5, 1}, {1, 0, 0, 5}}) {
            assertThatIllegalArgumentException().isThrownBy(() -> Frame.wrap(bytes));
        }
    }

    @Test
    void longestBodyIsTakenAndOneByteMoreIsNot() {
        assertThat(Frame.of(1, new byte[Frame.MAX_BODY_BYTES]).bodyLength()).isEqualTo(Frame.MAX_BODY_BYTES);
        assertThatIllegalArgumentException().isThrownBy(() -> Frame.of(1, new byte[Frame.MAX_BODY_BYTES + 1]));
    }
}
