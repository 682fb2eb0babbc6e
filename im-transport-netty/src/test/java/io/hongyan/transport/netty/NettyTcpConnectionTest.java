// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.contracts.RecordingHandler;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.frame.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A TCP link step by step, with a kernel that takes what the test says. */
class NettyTcpConnectionTest {
    private static final StreamOptions OPTIONS = StreamOptions.defaults();

    private final Kernel channel = new Kernel();
    private final NettyTcpConnection connection =
            new NettyTcpConnection(channel, new EventLoopOwner(0, channel.eventLoop()), OPTIONS, null);
    private RecordingHandler handler = new RecordingHandler(connection);

    @AfterEach
    void close() {
        channel.takes = Integer.MAX_VALUE;
        channel.close();
        channel.runPendingTasks();
        assertThat(handler.broken).isEmpty();
        assertThat(handler.isClosed()).isTrue();
    }

    @Test
    void aLaneHearsOfItsRoomHoweverTheKernelTakesWhatWaits() {
        begin(handler);
        channel.takes = 0;
        assertThat(connection.write(Lane.BULK, Frame.of(1, new byte[13_000]))).isTrue();
        flush();
        assertThat(connection.write(Lane.BULK, Frame.of(1, new byte[7_000]))).isFalse();
        flush();
        assertThat(channel.isWritable()).isFalse();
        // Netty reports that little waits, but not all was handed to it: no room yet.
        connection.write(Lane.CHAT, Frame.of(1, new byte[5_000]));
        kernelTakes(1);
        assertThat(handler.writable).isEmpty();
        // Now it has more than the low mark again, and less than the high one.
        flush();
        kernelTakes(Integer.MAX_VALUE);
        assertThat(handler.writable).containsExactly(Lane.BULK);
    }

    @Test
    void whatIsHeldComesBeforeWhatIsReadAfterwards() {
        begin(handler);
        connection.pauseReading();
        read(Frame.of(1, new byte[1]));
        connection.resumeReading();
        // The kernel tells of the peer's end: Netty goes on reading, whatever we said.
        read(Frame.of(2, new byte[1]));
        assertThat(handler.frames).isEmpty();
        channel.runPendingTasks();
        assertThat(handler.frames.stream().map(Frame::type)).containsExactly(1, 2);
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        channel.runPendingTasks();
        assertThat(handler.closedReason).isEqualTo(ReasonCode.CONNECTION_LOST);
    }

    @Test
    void aHandlerThatFailsWithWhatWasHeldEndsTheLink() {
        begin(new RecordingHandler(connection) {
            @Override
            protected void onFrameHere(int type, ByteBuffer body, Lane lane) {
                throw new IllegalStateException("on purpose");
            }
        });
        connection.pauseReading();
        read(Frame.of(1, new byte[1]));
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        connection.resumeReading();
        channel.runPendingTasks();
        assertThat(handler.closedReason).isEqualTo(ReasonCode.INTERNAL_ERROR);
    }

    private void begin(RecordingHandler whoHears) {
        handler = whoHears;
        new LinkSettings(OPTIONS).apply(channel);
        connection.handler(whoHears);
        channel.pipeline().addLast(connection);
    }

    private void flush() {
        connection.flush();
        channel.runPendingTasks();
    }

    private void read(Frame frame) {
        channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(frame.array()));
        channel.pipeline().fireChannelReadComplete();
    }

    private void kernelTakes(int buffers) {
        channel.takes = buffers;
        channel.flush();
        channel.runPendingTasks();
        channel.takes = 0;
    }

    private static final class Kernel extends EmbeddedChannel {
        private int takes = Integer.MAX_VALUE;

        @Override
        protected void doWrite(ChannelOutboundBuffer out) {
            for (; takes > 0 && out.current() != null; takes--) {
                assertThat(out.current()).isInstanceOf(ByteBuf.class);
                out.remove();
            }
        }
    }
}
