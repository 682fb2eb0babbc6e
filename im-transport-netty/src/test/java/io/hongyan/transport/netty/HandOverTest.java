// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hongyan.protocol.rudp.RudpConfig;
import io.hongyan.protocol.rudp.RudpEndpoint;
import io.hongyan.protocol.rudp.RudpTickets;
import io.hongyan.protocol.rudp.RudpTracer;
import io.hongyan.protocol.rudp.ServerSecret;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Datagrams that reach one loop and belong to another. */
@Timeout(30)
class HandOverTest {
    private static final byte SHORT_HEADER = (byte) 0x80;
    private static final int DATAGRAM_BYTES = 64;
    private static final InetSocketAddress SENDER = new InetSocketAddress("127.0.0.1", 4_000);

    private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false);

    @Test
    void aLoopThatHasEndedKeepsNoneOfThem() {
        try (IoLoops here = oneLoop();
                IoLoops there = oneLoop()) {
            UdpDriver receiver = siblings(here, there, UdpOptions.defaults()).get(0);
            there.close();
            for (int i = 0; i < 3; i++) {
                DatagramPacket packet = datagramForLoop(1);
                receiver.channelRead(null, packet);
                assertThat(packet.refCnt()).isZero();
                assertThat(memory.metric().usedHeapMemory()).isZero();
            }
        }
    }

    @Test
    void aLoopThatIsBusyGetsABoundedNumber() {
        try (IoLoops here = oneLoop();
                IoLoops there = oneLoop()) {
            List<UdpDriver> drivers =
                    siblings(here, there, UdpOptions.builder().maxHandedOver(2).build());
            long waitingBytes = busy(there, () -> {
                for (int i = 0; i < 5; i++) {
                    drivers.get(0).channelRead(null, datagramForLoop(1));
                }
                return memory.metric().usedHeapMemory();
            });
            assertThat(waitingBytes).isEqualTo(2 * DATAGRAM_BYTES);
            assertThat(drivers.get(1).handedOver()).isEqualTo(2);
            assertThat(drivers.get(1).handOversDropped()).isEqualTo(3);
            await().until(() -> memory.metric().usedHeapMemory() == 0);
        }
    }

    @Test
    void whatWaitsKeepsNothingOfItsReadBatch() {
        try (IoLoops here = oneLoop();
                IoLoops there = oneLoop()) {
            UdpDriver receiver = siblings(here, there, UdpOptions.defaults()).get(0);
            ByteBuf batch = datagramForLoop(1).content().capacity(48 << 10);
            long waitingBytes = busy(there, () -> {
                ByteBuf slice = batch.retainedSlice(0, DATAGRAM_BYTES);
                receiver.channelRead(null, new DatagramPacket(slice, SENDER, SENDER));
                batch.release();
                return memory.metric().usedHeapMemory();
            });
            assertThat(waitingBytes).isEqualTo(DATAGRAM_BYTES);
        }
    }

    /** What the test does while that loop does nothing else. */
    private static long busy(IoLoops loops, Supplier<Long> doing) {
        return CompletableFuture.supplyAsync(doing, loops.owner(0)::execute).join();
    }

    /** The drivers of loop 0 and loop 1. */
    private static List<UdpDriver> siblings(IoLoops here, IoLoops there, UdpOptions options) {
        UdpDriver first = driver(here, 0, options);
        UdpDriver second = driver(there, 1, options);
        List<UdpDriver> both = List.of(first, second);
        both.forEach(driver -> driver.siblings(both));
        return both;
    }

    private static UdpDriver driver(IoLoops loops, int number, UdpOptions options) {
        DatagramChannel channel = Sockets.newDatagramSocket(loops.io());
        RudpEndpoint endpoint = RudpEndpoint.server(
                RudpConfig.defaults(),
                new ServerSecret(new byte[ServerSecret.LENGTH]),
                number,
                new SplittableRandom(1),
                RudpTracer.NONE);
        UdpDriver driver = new UdpDriver(loops.loop(0), channel, endpoint, options, new RudpTickets(), 16);
        channel.pipeline().addLast(driver);
        loops.loop(0).loop().register(channel).awaitUninterruptibly();
        return driver;
    }

    private DatagramPacket datagramForLoop(int loop) {
        ByteBuf content = memory.heapBuffer(DATAGRAM_BYTES).writerIndex(DATAGRAM_BYTES);
        content.setByte(0, SHORT_HEADER).setByte(1, loop);
        return new DatagramPacket(content, SENDER, SENDER);
    }

    private static IoLoops oneLoop() {
        return IoLoops.builder().threads(1).io(IoChoice.NIO).build();
    }
}
