// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class PayloadTest {
    @Test
    void doesNotChangeWithTheBytesItWasMadeFromOrGaveOut() {
        byte[] bytes = {1, 2, 3};
        Payload payload = Payload.of(bytes);
        bytes[0] = 9;
        payload.toByteArray()[1] = 9;
        assertThat(payload.toByteArray()).containsExactly(1, 2, 3);
        assertThat(payload.asReadOnlyBuffer().isReadOnly()).isTrue();
    }

    @Test
    void textIsUtf8() {
        assertThat(Payload.text("鸿雁").size()).isEqualTo(6);
        assertThat(Payload.text("鸿雁").text()).isEqualTo("鸿雁");
    }

    @Test
    void takesWhatRemainsOfABufferAndConsumesIt() {
        ByteBuffer in = ByteBuffer.wrap(new byte[] {1, 2, 3}).position(1);
        assertThat(Payload.of(in)).isEqualTo(Payload.of(new byte[] {2, 3}));
        assertThat(in.hasRemaining()).isFalse();
    }

    @Test
    void doesNotShowWhatItHolds() {
        assertThat(Payload.text("secret")).hasToString("Payload[6 B]");
    }
}
