// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.peer;

import com.backblaze.erasure.FecAdapt;
import io.hongyan.benchmarks.road.Road;
import io.hongyan.benchmarks.road.UdpRoad;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import kcp.ChannelConfig;
import kcp.KcpClient;
import kcp.KcpListener;
import kcp.KcpServer;
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
    /** What fits into one packet of the default MTU, so that no message is cut. */
    private static final int PIECE_BYTES = 1_376;

    private static final int PIECES_IN_ADVANCE = 64;
    private static final int PUMP_MILLIS = 2;

    private final Fec fec;
    private final Load load;
    private final KcpServer server = new KcpServer();
    private final KcpClient client = new KcpClient();
    private final InetSocketAddress address;
    private final AtomicInteger nextConversation = new AtomicInteger(1);
    private final ScheduledExecutorService pump = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "bench-kcp-pump");
        thread.setDaemon(true);
        return thread;
    });

    /** Starts a server on any free port. */
    public KcpPeer(Fec fec, Load load, Inbox inbox) throws IOException {
        this.fec = fec;
        this.load = load;
        this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), freePort());
        server.init(new Receiver(load, inbox), config(), address.getPort());
        client.init(config());
    }

    @Override
    public Road newRoad(long seed) throws IOException {
        return UdpRoad.to(address, seed);
    }

    /** There is no handshake: the first message opens the session. */
    @Override
    public PeerLink connect(Road road) {
        ChannelConfig config = config();
        config.setConv(nextConversation.getAndIncrement());
        if (load == Load.BULK) {
            config.setWriteBufferSize(PIECES_IN_ADVANCE);
        }
        return new KcpLink(client.connect(road.address(), config, new Silent()), pump);
    }

    @Override
    public void close() {
        pump.shutdownNow();
        client.stop();
        server.stop();
    }

    private ChannelConfig config() {
        ChannelConfig config = new ChannelConfig();
        config.nodelay(true, TICK_MILLIS, FAST_RESEND, true);
        config.setSndwnd(WINDOW);
        config.setRcvwnd(WINDOW);
        config.setAckNoDelay(true);
        config.setiMessageExecutorPool(new NettyMessageExecutorPool(1));
        if (fec == Fec.THREE_AND_ONE) {
            config.setFecAdapt(new FecAdapt(3, 1));
        }
        return config;
    }

    /** The server takes no 0 and tells no port. */
    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0)) {
            return socket.getLocalPort();
        }
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
