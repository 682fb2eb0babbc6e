// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.peer;

import io.hongyan.benchmarks.road.Road;
import io.hongyan.benchmarks.road.TunNetwork;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The kernel's TCP without delay of small segments, under one of its congestion controls. */
public final class TcpPeer implements Peer {

    private static final Path CONTROLS = Path.of("/proc/sys/net/ipv4/tcp_available_congestion_control");
    private static final int NAME_BYTES = 16;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_CONGESTION = 13;

    private final TunNetwork network;
    private final String congestionControl;
    private final ChannelInbox inbox;
    private final EventLoopGroup loop;

    /**
     * A peer of which each road has a listening socket of its own.
     *
     * @param congestionControl one of {@link #congestionControls()}
     */
    public TcpPeer(TunNetwork network, String congestionControl, Load load, Inbox inbox) {
        this.network = network;
        this.congestionControl = congestionControl;
        this.inbox = new ChannelInbox(load, inbox);
        this.loop = NettyLoops.one("bench-tcp", EpollIoHandler.newFactory());
        // Netty looks once which networks there are: here it sees the machine's.
        NetUtil.isIpV4StackPreferred();
    }

    /** Those that this kernel offers; none where it does not say. */
    public static List<String> congestionControls() {
        try {
            return List.of(Files.readString(CONTROLS).trim().split("\\s+"));
        } catch (IOException notLinux) {
            return List.of();
        }
    }

    @Override
    public Road newRoad(long seed) throws IOException {
        TunNetwork.TunRoad road = network.newRoad(seed);
        ServerBootstrap server = new ServerBootstrap()
                .group(loop)
                .channel(EpollServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(inbox);
        InetSocketAddress address = road.serverAddress();
        // The socket is made by the thread that asks for it, and so in the network of that thread.
        Awaited.within(CONNECT_SECONDS, network.inside(() -> server.bind(address)));
        return road;
    }

    @Override
    public PeerLink connect(Road road) throws IOException {
        ByteBuffer name = ByteBuffer.allocateDirect(NAME_BYTES);
        name.put(congestionControl.getBytes(StandardCharsets.US_ASCII)).position(0);
        Bootstrap client = new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(new RawUnixChannelOption("TCP_CONGESTION", IPPROTO_TCP, TCP_CONGESTION, NAME_BYTES), name)
                .handler(new NothingToDo());
        var connecting = network.inside(() -> client.connect(road.address()));
        Awaited.within(CONNECT_SECONDS, connecting);
        return new TcpLink(connecting.channel());
    }

    @Override
    public void close() {
        NettyLoops.close(loop);
    }

    private record TcpLink(Channel channel) implements PeerLink {

        @Override
        public void send(byte[] message) {
            channel.writeAndFlush(Unpooled.wrappedBuffer(message), channel.voidPromise());
        }

        @Override
        public void transfer(long bytes) {
            new ChannelBulk(channel, bytes).start();
        }
    }
}
