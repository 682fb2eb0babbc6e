// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.UncheckedBooleanSupplier;
import org.junit.jupiter.api.Test;

class ReadBatchesTest {
    private final RecvByteBufAllocator.ExtendedHandle reads =
            (RecvByteBufAllocator.ExtendedHandle) new ReadBatches(4, 100, 2).newHandle();

    ReadBatchesTest() {
        reads.reset(new EmbeddedChannel().config());
    }

    @Test
    void readsOnWhileTheBatchIsFull() {
        read(4);
        assertThat(mayReadOn()).isTrue();
        read(3);
        assertThat(mayReadOn()).isFalse();
    }

    @Test
    void readsNotOnAfterADatagramThatCameAlone() {
        read(1);
        assertThat(mayReadOn()).isFalse();
    }

    @Test
    void readsNotOnWhenItsTurnIsOver() {
        read(4);
        read(4);
        assertThat(mayReadOn()).isFalse();
    }

    private void read(int datagrams) {
        ByteBuf room = reads.allocate(UnpooledByteBufAllocator.DEFAULT);
        assertThat(room.capacity()).isEqualTo(400);
        room.release();
        reads.attemptedBytesRead(400);
        reads.lastBytesRead(100 * datagrams);
        reads.incMessagesRead(datagrams);
    }

    private boolean mayReadOn() {
        return reads.continueReading(UncheckedBooleanSupplier.TRUE_SUPPLIER);
    }
}
