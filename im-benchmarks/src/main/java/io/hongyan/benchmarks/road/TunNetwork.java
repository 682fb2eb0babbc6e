// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.road;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import io.hongyan.simnet.Direction;
import io.hongyan.simnet.Lateness;
import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.RelayCounters;
import io.hongyan.simnet.UdpRelay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A network of this process alone, in which the kernel's TCP crosses the same relays as UDP does.
 *
 * <pre>
 *   TCP client  192.0.2.1 ──► 192.0.2.2:port ──┐ TUN                  TUN ┌──► 192.0.2.1:port  TCP server
 *                                              └─► near ═ relay ═ far ────┘
 * </pre>
 *
 * <p>One thread has a network namespace of its own with a single TUN interface, 192.0.2.1; sockets that it opens live there,
 * and nothing outside sees them. A packet to 192.0.2.2 comes out of the interface, crosses the relay of its flow as a
 * datagram, and goes back in with source and destination exchanged, so that to the kernel each end is the other's
 * 192.0.2.2. The exchange leaves every checksum right, since sums do not mind the order.
 *
 * <p>Needs Linux, the rights to make a namespace (root, or {@code unshare -r}), and {@code /dev/net/tun}. A packet
 * crosses two sockets more than a datagram of UDP rows, some 0.1 ms.
 */
public final class TunNetwork implements AutoCloseable {

    private static final byte[] OWN_ADDRESS = {(byte) 192, 0, 2, 1};
    private static final byte[] OTHER_ADDRESS = {(byte) 192, 0, 2, 2};
    private static final int FIRST_PORT = 10_000;
    private static final int IP_UDP_HEADERS = 28;
    private static final int PACKET_BYTES = 65_536;
    private static final int TURN_MILLIS = 100;
    private static final int SOCKET_BUFFER_BYTES = 4 << 20;

    private final ExecutorService inside;
    private final TunDevice tun;
    private final Selector selector;
    private final Map<Integer, TunRoad> roads = new ConcurrentHashMap<>();
    private final AtomicInteger nextPort = new AtomicInteger(FIRST_PORT);
    private final Thread outbound;
    private final Thread inbound;
    private volatile boolean closed;

    private TunNetwork(ExecutorService inside, TunDevice tun, Selector selector) {
        this.inside = inside;
        this.tun = tun;
        this.selector = selector;
        outbound = daemon("tun-out", this::carryOut);
        inbound = daemon("tun-in", this::carryIn);
    }

    /**
     * Opens the network.
     *
     * @throws IOException saying what is missing
     */
    public static TunNetwork open() throws IOException {
        if (!Platform.isLinux()) {
            throw new IOException("kernel TCP is put behind the relay on Linux only");
        }
        ExecutorService inside = Executors.newSingleThreadExecutor(task -> daemon("tun-namespace", task));
        try {
            TunDevice tun = call(inside, () -> {
                LinuxCalls linux = Native.load("c", LinuxCalls.class);
                try {
                    linux.unshare(LinuxCalls.CLONE_NEWNET);
                } catch (LastErrorException refused) {
                    throw new IOException(
                            "no network namespace (root, or unshare -r, may make one): " + refused.getMessage(),
                            refused);
                }
                return TunDevice.open(linux, "bench0", (Inet4Address) InetAddress.getByAddress(OWN_ADDRESS));
            });
            TunNetwork network = new TunNetwork(inside, tun, Selector.open());
            network.outbound.start();
            network.inbound.start();
            return network;
        } catch (IOException | RuntimeException failure) {
            inside.shutdown();
            throw failure;
        }
    }

    /** Runs on the thread of the namespace; sockets that the task opens live there. */
    public <T> T inside(Callable<T> task) throws IOException {
        return call(inside, task);
    }

    /** A way to a server not yet listening; it is to listen at {@link TunRoad#serverAddress}. */
    public TunRoad newRoad(long seed) throws IOException {
        int port = nextPort.getAndIncrement();
        TunRoad road = new TunRoad(port, seed);
        roads.put(port, road);
        return road;
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        join(outbound);
        join(inbound);
        roads.values().forEach(TunRoad::close);
        tun.close();
        try (selector) {
            inside.shutdown();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** From the kernel to the relays. */
    private void carryOut() {
        try {
            while (!closed) {
                ByteBuffer packet = tun.read(TURN_MILLIS);
                if (packet.remaining() < IP_UDP_HEADERS || packet.get(packet.position()) >> 4 != 4) {
                    continue;
                }
                // TCP and UDP begin with the ports of the source and the destination.
                int ports = packet.position() + 4 * (packet.get(packet.position()) & 0x0F);
                TunRoad up = roads.get(packet.getShort(ports + 2) & 0xFFFF);
                TunRoad down = up == null ? roads.get(packet.getShort(ports) & 0xFFFF) : null;
                if (up != null) {
                    up.sendUp(packet);
                } else if (down != null) {
                    down.sendDown(packet);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** From the relays to the kernel. */
    private void carryIn() {
        ByteBuffer packet = ByteBuffer.allocateDirect(PACKET_BYTES);
        try {
            while (!closed) {
                selector.select(key -> receive(key, packet), TURN_MILLIS);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void receive(SelectionKey key, ByteBuffer packet) {
        DatagramChannel channel = (DatagramChannel) key.channel();
        TunRoad road = (TunRoad) key.attachment();
        try {
            while (channel.isOpen()) {
                packet.clear();
                SocketAddress sender = channel.receive(packet);
                if (sender == null) {
                    return;
                }
                if (channel == road.far) {
                    road.relayAtFar = sender;
                }
                packet.flip();
                exchangeAddresses(packet);
                tun.write(packet);
            }
        } catch (IOException closedMeanwhile) {
            if (channel.isOpen()) {
                throw new UncheckedIOException(closedMeanwhile);
            }
        }
    }

    private static void exchangeAddresses(ByteBuffer packet) {
        int source = packet.getInt(12);
        packet.putInt(12, packet.getInt(16));
        packet.putInt(16, source);
    }

    private static <T> T call(ExecutorService thread, Callable<T> task) throws IOException {
        try {
            return thread.submit(task).get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException(String.valueOf(failed.getCause()), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException laterPlease) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The road to one server, known by its port: of a TCP flow, and of a UDP flow beside it if there is one. */
    public final class TunRoad implements Road {

        private final int port;
        private final DatagramChannel near;
        private final DatagramChannel far;
        private final UdpRelay relay;
        private volatile @Nullable SocketAddress relayAtFar;

        private TunRoad(int port, long seed) throws IOException {
            this.port = port;
            near = channel();
            far = channel();
            relay = UdpRelay.to((InetSocketAddress) far.getLocalAddress())
                    .seed(seed)
                    .start();
            near.register(selector, SelectionKey.OP_READ, this);
            far.register(selector, SelectionKey.OP_READ, this);
            selector.wakeup();
        }

        /** Where the server listens, within {@link #inside}. */
        public InetSocketAddress serverAddress() throws IOException {
            return new InetSocketAddress(InetAddress.getByAddress(OWN_ADDRESS), port);
        }

        @Override
        public InetSocketAddress address() {
            try {
                return new InetSocketAddress(InetAddress.getByAddress(OTHER_ADDRESS), port);
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        }

        @Override
        public void profile(LinkProfile profile) {
            relay.profile(Direction.BOTH, profile.toBuilder().overheadBytes(0).build());
        }

        @Override
        public Traffic traffic() {
            return Traffic.of(relay.counters(), 0);
        }

        @Override
        public Lateness lateness() {
            RelayCounters counters = relay.counters();
            return counters.upLateness().plus(counters.downLateness());
        }

        @Override
        public void close() {
            roads.remove(port);
            relay.close();
            try (near) {
                far.close();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        private void sendUp(ByteBuffer packet) throws IOException {
            send(near, packet, relay.address());
        }

        private void sendDown(ByteBuffer packet) throws IOException {
            SocketAddress relayHere = relayAtFar;
            if (relayHere != null) {
                send(far, packet, relayHere);
            }
        }

        private static void send(DatagramChannel channel, ByteBuffer packet, SocketAddress to) throws IOException {
            try {
                channel.send(packet, to);
            } catch (IOException closedMeanwhile) {
                if (channel.isOpen()) {
                    throw closedMeanwhile;
                }
            }
        }

        private static DatagramChannel channel() throws IOException {
            DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER_BYTES);
            channel.configureBlocking(false);
            channel.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
            return channel;
        }
    }
}
