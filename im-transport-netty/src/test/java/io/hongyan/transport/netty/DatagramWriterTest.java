// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How datagrams are lined up, with a kernel that refuses what the test says. */
class DatagramWriterTest {
    private static final int EINVAL = -22;
    private static final int ENETUNREACH = -101;
    private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 4_000);

    private final Kernel kernel = new Kernel();
    private final EmbeddedChannel channel = new EmbeddedChannel(kernel);
    private final SendBuffer buffer = new SendBuffer();
    private final DatagramWriter writer = new DatagramWriter(channel, buffer, 1_452, true);

    @AfterEach
    void close() {
        buffer.retire();
        channel.close();
    }

    /** The exceptions of Netty's native transport need its native code. */
    @BeforeAll
    static void loadNativeCode() {
        assumeTrue(Epoll.isAvailable(), "no epoll on this machine");
    }

    @Test
    void aSingleDatagramThatIsRefusedSaysNothingAboutSegmentation() {
        kernel.failure = new NativeIoException("sendmsg", EINVAL);
        send(100);
        send(100, 100, 50);
        assertThat(kernel.packets).containsExactly("one of 100", "3 of at most 100");
    }

    @Test
    void aKernelThatCannotSegmentIsNotAskedAgain() {
        kernel.failure = new NativeIoException("sendmsg", EINVAL);
        send(100, 100);
        send(100, 100);
        assertThat(kernel.packets).containsExactly("2 of at most 100", "one of 100", "one of 100");
    }

    @Test
    void aNetworkThatIsGoneSaysNothingAboutSegmentation() {
        kernel.failure = new NativeIoException("sendmsg", ENETUNREACH);
        send(100, 100);
        send(100, 100);
        assertThat(kernel.packets).containsExactly("2 of at most 100", "2 of at most 100");
    }

    @Test
    void aLargerDatagramAndOneBehindASmallerBeginARun() {
        send(100, 200, 200, 50, 50);
        assertThat(kernel.packets).containsExactly("one of 100", "3 of at most 200", "one of 50");
    }

    @Test
    void aDatagramThatProbesThePathGoesAlone() {
        send(1_178, 1_452, 1_178, 1_178, 1_434, 1_434, 900);
        assertThat(kernel.packets)
                .containsExactly("one of 1178", "one of 1452", "2 of at most 1178", "3 of at most 1434");
    }

    private void send(int... lengths) {
        for (int length : lengths) {
            writer.room().put(new byte[length]);
            writer.filled(PEER);
        }
        writer.send();
    }

    private static final class Kernel extends ChannelOutboundHandlerAdapter {
        private final List<String> packets = new ArrayList<>();
        private IOException failure;

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            DatagramPacket packet = (DatagramPacket) message;
            int bytes = packet.content().readableBytes();
            if (packet instanceof SegmentedDatagramPacket run) {
                int size = run.segmentSize();
                packets.add((bytes + size - 1) / size + " of at most " + size);
            } else {
                packets.add("one of " + bytes);
            }
            ReferenceCountUtil.release(message);
            if (failure == null) {
                promise.trySuccess();
            } else {
                promise.tryFailure(failure);
            }
        }
    }
}
