// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class MessageTest {

    @Test
    void aMessageTellsItsFlowItsNumberAndItsTime() {
        byte[] message = Message.of(7, 1_234, -5_000_000_000L);
        ByteBuffer body = ByteBuffer.wrap(message, Message.HEADER_BYTES, Message.BYTES - Message.HEADER_BYTES);

        assertThat(message).hasSize(Message.BYTES);
        assertThat(Message.flow(body)).isEqualTo(7);
        assertThat(Message.number(body)).isEqualTo(1_234);
        assertThat(Message.sentNanos(body)).isEqualTo(-5_000_000_000L);
    }
}
