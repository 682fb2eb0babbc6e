// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.connection.ConnectionAcceptor;
import io.hongyan.protocol.rudp.RudpConfig;
import io.hongyan.protocol.rudp.RudpEndpoint;
import io.hongyan.protocol.rudp.RudpEndpointStats;
import io.hongyan.protocol.rudp.RudpTracer;
import io.hongyan.protocol.rudp.ServerSecret;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.DatagramChannel;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;

/**
 * One UDP port. With epoll each loop has its own socket on it (SO_REUSEPORT) and the kernel spreads the peers; a
 * datagram that comes to one loop for a connection of another, because its peer moved, is handed over. Without epoll
 * there is one socket, and all connections live on its loop.
 */
@ThreadSafe
public final class UdpListener {
    private static final int REMEMBERED_ADDRESSES = 4_096;

    private final List<UdpDriver> drivers;
    private final InetSocketAddress localAddress;

    private UdpListener(List<UdpDriver> drivers) {
        this.drivers = drivers;
        this.localAddress = drivers.get(0).channel().localAddress();
    }

    /**
     * Listens. Not to be called on a loop's thread.
     *
     * @param address port 0 takes any free port, see {@link #localAddress()}
     * @throws IOException a {@link java.net.BindException} that names the address and the cause; nothing stays open
     */
    public static UdpListener bind(
            IoLoops loops,
            InetSocketAddress address,
            RudpConfig config,
            UdpOptions options,
            ServerSecret secret,
            ConnectionAcceptor acceptor)
            throws IOException {
        return bind(loops, address, config, options, secret, ConnectionGate.OPEN, TransportEvents.NONE, acceptor);
    }

    /**
     * As above, behind a gate.
     *
     * @param gate who may begin, and who is let in when its address is proven
     * @param events hears who is not
     */
    public static UdpListener bind(
            IoLoops loops,
            InetSocketAddress address,
            RudpConfig config,
            UdpOptions options,
            ServerSecret secret,
            ConnectionGate gate,
            TransportEvents events,
            ConnectionAcceptor acceptor)
            throws IOException {
        int sockets = loops.io() == IoChoice.EPOLL ? loops.size() : 1;
        List<DatagramChannel> channels = new ArrayList<>(sockets);
        try {
            List<UdpDriver> drivers = new ArrayList<>(sockets);
            for (int i = 0; i < sockets; i++) {
                DatagramChannel channel = newSocket(loops.io(), address);
                channels.add(channel);
                Sockets.configureDatagrams(channel, config, options);
                RudpEndpoint endpoint = RudpEndpoint.server(config, secret, i, new SecureRandom(), RudpTracer.NONE);
                drivers.add(new UdpDriver(
                        loops.loop(i), channel, endpoint, options, acceptor, gate, events, REMEMBERED_ADDRESSES));
            }
            return bind(List.copyOf(drivers), address, options);
        } catch (IOException | RuntimeException e) {
            channels.forEach(channel -> Sockets.close(channel).awaitUninterruptibly());
            throw e;
        }
    }

    /** Where it listens, with the real port. */
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    /** Datagrams that came to one loop's socket and belonged to another loop's connection. */
    public long handedOver() {
        return drivers.stream().mapToLong(UdpDriver::handedOver).sum();
    }

    /** Such datagrams for which there was no room; they count as lost. */
    public long handOversDropped() {
        return drivers.stream().mapToLong(UdpDriver::handOversDropped).sum();
    }

    /**
     * What each loop's endpoint counted so far, each taken on its own loop; without those whose loops have ended. Drops
     * by reason tell of strangers.
     */
    public CompletionStage<List<RudpEndpointStats>> stats() {
        List<RudpEndpointStats> all = Collections.synchronizedList(new ArrayList<>(drivers.size()));
        return onEach((driver, done) -> {
                    all.add(driver.stats());
                    done.complete(null);
                })
                .thenApply(none -> List.copyOf(all));
    }

    /** Ignores new clients; connections stay, and so does the port. Completes when every loop has done so. */
    public CompletionStage<Void> stopAccepting() {
        return onEach((driver, done) -> {
            driver.stopAccepting();
            done.complete(null);
        });
    }

    /** Closes every connection with the code, then frees the port. */
    public CompletionStage<Void> close(ReasonCode code, String text) {
        return onEach((driver, done) -> driver.close(code, text, done));
    }

    @Override
    public String toString() {
        return "udp " + localAddress;
    }

    private static UdpListener bind(List<UdpDriver> siblings, InetSocketAddress address, UdpOptions options)
            throws IOException {
        siblings.forEach(driver -> driver.siblings(siblings));
        InetSocketAddress port = address;
        for (UdpDriver driver : siblings) {
            bind(driver, port, driver == siblings.get(0), siblings.size() > 1);
            port = new InetSocketAddress(
                    address.getAddress(), driver.channel().localAddress().getPort());
        }
        Sockets.logSmallBuffers(siblings.get(0).channel(), options);
        return new UdpListener(siblings);
    }

    private static DatagramChannel newSocket(IoChoice io, InetSocketAddress address) throws BindException {
        try {
            return Sockets.newDatagramSocket(io);
        } catch (ChannelException noSocket) {
            throw Sockets.cannotListen("udp", address, noSocket);
        }
    }

    /**
     * The first socket takes the port for itself and shares it only then. Were it shared from the start, a port that
     * another server of ours already has would look free.
     */
    private static void bind(UdpDriver driver, InetSocketAddress address, boolean first, boolean shared)
            throws IOException {
        DatagramChannel channel = driver.channel();
        channel.pipeline().addLast(driver);
        if (shared && !first) {
            channel.config().setOption(EpollChannelOption.SO_REUSEPORT, true);
        }
        Sockets.bind(driver.owner(), channel, "udp", address);
        if (shared && first) {
            channel.config().setOption(EpollChannelOption.SO_REUSEPORT, true);
        }
    }

    private CompletionStage<Void> onEach(Step step) {
        List<CompletableFuture<Void>> all = new ArrayList<>(drivers.size());
        for (UdpDriver driver : drivers) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            all.add(done);
            try {
                driver.owner().execute(() -> step.run(driver, done));
            } catch (RejectedExecutionException loopsClosed) {
                done.complete(null);
            }
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }

    private interface Step {
        void run(UdpDriver driver, CompletableFuture<Void> done);
    }
}
