// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.peer;

import com.backblaze.erasure.FecAdapt;
import io.hongyan.benchmarks.road.Road;
import io.hongyan.benchmarks.road.UdpRoad;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.util.HashedWheelTimer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import kcp.ChannelConfig;
import kcp.KcpClient;
import kcp.KcpListener;
import kcp.ServerAddressChannelManager;
import kcp.ServerChannelHandler;
import kcp.Ukcp;
import threadPool.netty.NettyMessageExecutorPool;

/** java-Kcp in what its community calls turbo: no delay, 10 ms ticks, fast resend after 2, no congestion control. */
public final class KcpPeer implements Peer {

    /** Whether each three packets are followed by one of parity. */
    public enum Fec {
        /** No parity. */
        NONE,
        /** One for three. */
        THREE_AND_ONE
    }

    private static final int TICK_MILLIS = 10;
    private static final int FAST_RESEND = 2;
    private static final int WINDOW = 512;
    private static final int CONVERSATION = 1;
    /** What fits into one packet of the default MTU, so that no message is cut. */
    private static final int PIECE_BYTES = 1_376;

    private static final int PIECES_IN_ADVANCE = 64;
    private static final int PUMP_MILLIS = 2;

    private final Fec fec;
    private final Load load;
    private final KcpClient client = new KcpClient();
    private final NettyMessageExecutorPool serverThread = new NettyMessageExecutorPool(1);
    private final NettyMessageExecutorPool clientThread = new NettyMessageExecutorPool(1);
    private final HashedWheelTimer serverTimer = new HashedWheelTimer(1, TimeUnit.MILLISECONDS);
    private final EventLoopGroup serverLoop = NettyLoops.one("bench-kcp", NioIoHandler.newFactory());
    private final InetSocketAddress server;
    private final ScheduledExecutorService pump = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "bench-kcp-pump");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Starts a server on the loopback: java-Kcp's handler on a socket of NIO. Its own server takes epoll where there is
     * epoll, whose buffers under Netty 4.2 have no room for what its decoder of parity writes behind a packet.
     */
    public KcpPeer(Fec fec, Load load, Inbox inbox) throws IOException {
        this.fec = fec;
        this.load = load;
        ServerChannelHandler sessions = new ServerChannelHandler(
                new ServerAddressChannelManager(),
                config(serverThread),
                serverThread,
                new Receiver(load, inbox),
                serverTimer);
        ChannelFuture binding = new Bootstrap()
                .group(serverLoop)
                .channel(NioDatagramChannel.class)
                .handler(sessions)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Awaited.within(CONNECT_SECONDS, binding);
        server = (InetSocketAddress) binding.channel().localAddress();
        client.init(config(clientThread));
    }

    @Override
    public Road newRoad(long seed) throws IOException {
        return UdpRoad.to(server, seed);
    }

    /** There is no handshake: the first message opens the session. */
    @Override
    public PeerLink connect(Road road) {
        ChannelConfig config = config(clientThread);
        if (load == Load.BULK) {
            // In bytes; it counts whole packets.
            config.setWriteBufferSize(PIECES_IN_ADVANCE * config.getMtu());
        }
        return new KcpLink(client.connect(road.address(), config, new Silent()), pump);
    }

    @Override
    public void close() {
        pump.shutdownNow();
        client.stop();
        serverThread.stop();
        serverTimer.stop();
        NettyLoops.close(serverLoop);
    }

    private ChannelConfig config(NettyMessageExecutorPool thread) {
        ChannelConfig config = new ChannelConfig();
        config.nodelay(true, TICK_MILLIS, FAST_RESEND, true);
        // Sessions are told apart by address; the number only has to be the same at both ends.
        config.setConv(CONVERSATION);
        config.setSndwnd(WINDOW);
        config.setRcvwnd(WINDOW);
        config.setAckNoDelay(true);
        config.setiMessageExecutorPool(thread);
        if (fec == Fec.THREE_AND_ONE) {
            config.setFecAdapt(new FecAdapt(3, 1));
        }
        return config;
    }

    private record KcpLink(Ukcp kcp, ScheduledExecutorService pump) implements PeerLink {

        @Override
        public void send(byte[] message) {
            write(message);
        }

        @Override
        public void transfer(long bytes) {
            AtomicLong left = new AtomicLong(bytes);
            pump.scheduleAtFixedRate(() -> fill(left), 0, PUMP_MILLIS, TimeUnit.MILLISECONDS);
        }

        private void fill(AtomicLong left) {
            while (left.get() > 0 && write(new byte[(int) Math.min(left.get(), PIECE_BYTES)])) {
                left.addAndGet(-PIECE_BYTES);
            }
        }

        private boolean write(byte[] message) {
            ByteBuf bytes = Unpooled.wrappedBuffer(message);
            try {
                return kcp.write(bytes);
            } finally {
                bytes.release();
            }
        }
    }

    /** The server's side. */
    private static final class Receiver extends Silent {
        private final int skipped;
        private final Inbox inbox;

        Receiver(Load load, Inbox inbox) {
            this.skipped = load == Load.CHAT ? Message.HEADER_BYTES : 0;
            this.inbox = inbox;
        }

        @Override
        public void handleReceive(ByteBuf bytes, Ukcp from) {
            inbox.arrived(bytes.slice(bytes.readerIndex() + skipped, bytes.readableBytes() - skipped)
                    .nioBuffer());
        }
    }

    /** Hears nothing. */
    private static class Silent implements KcpListener {
        @Override
        public void onConnected(Ukcp session) {}

        @Override
        public void handleReceive(ByteBuf bytes, Ukcp from) {}

        @Override
        public void handleException(Throwable failure, Ukcp session) {
            System.err.println("java-Kcp: " + failure);
        }

        @Override
        public void handleClose(Ukcp session) {}
    }
}
