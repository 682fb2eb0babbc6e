// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hongyan.protocol.rudp.RudpConfig;
import io.hongyan.protocol.rudp.RudpEndpoint;
import io.hongyan.protocol.rudp.RudpTracer;
import io.hongyan.protocol.rudp.ServerSecret;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Datagrams that reach one loop and belong to another. */
@Timeout(30)
class HandOverTest {
    private static final byte SHORT_HEADER = (byte) 0x80;
    private static final InetSocketAddress SENDER = new InetSocketAddress("127.0.0.1", 4_000);

    @Test
    void aLoopThatHasEndedKeepsNoneOfThem() {
        try (IoLoops here = oneLoop();
                IoLoops there = oneLoop()) {
            UdpDriver receiver = siblings(here, there, UdpOptions.defaults());
            there.close();
            for (int i = 0; i < 3; i++) {
                DatagramPacket packet = datagramForLoop(1);
                receiver.channelRead(null, packet);
                assertThat(packet.refCnt()).isZero();
            }
        }
    }

    @Test
    void aLoopThatIsBusyGetsABoundedNumber() {
        try (IoLoops here = oneLoop();
                IoLoops there = oneLoop()) {
            UdpDriver receiver =
                    siblings(here, there, UdpOptions.builder().maxHandedOver(2).build());
            List<DatagramPacket> packets = new ArrayList<>();
            there.owner(0).execute(() -> {
                for (int i = 0; i < 5; i++) {
                    packets.add(datagramForLoop(1));
                    receiver.channelRead(null, packets.get(i));
                }
                assertThat(packets.stream().filter(packet -> packet.refCnt() > 0))
                        .hasSize(2);
            });
            await().until(() -> packets.size() == 5 && packets.stream().allMatch(packet -> packet.refCnt() == 0));
        }
    }

    /** The driver of loop 0, beside one of loop 1. */
    private static UdpDriver siblings(IoLoops here, IoLoops there, UdpOptions options) {
        UdpDriver first = driver(here, 0, options);
        UdpDriver second = driver(there, 1, options);
        first.siblings(List.of(first, second));
        second.siblings(List.of(first, second));
        return first;
    }

    private static UdpDriver driver(IoLoops loops, int number, UdpOptions options) {
        DatagramChannel channel = Sockets.newDatagramSocket(loops.io());
        RudpEndpoint endpoint = RudpEndpoint.server(
                RudpConfig.defaults(),
                new ServerSecret(new byte[ServerSecret.LENGTH]),
                number,
                new SplittableRandom(1),
                RudpTracer.NONE);
        UdpDriver driver = new UdpDriver(loops.loop(0), channel, endpoint, options, null, 16);
        channel.pipeline().addLast(driver);
        loops.loop(0).loop().register(channel).awaitUninterruptibly();
        return driver;
    }

    private static DatagramPacket datagramForLoop(int loop) {
        ByteBuf content = Unpooled.buffer(64).writerIndex(64);
        content.setByte(0, SHORT_HEADER).setByte(1, loop);
        return new DatagramPacket(content, SENDER, SENDER);
    }

    private static IoLoops oneLoop() {
        return IoLoops.builder().threads(1).io(IoChoice.NIO).build();
    }
}
