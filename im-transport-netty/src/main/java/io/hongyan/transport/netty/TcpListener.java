// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.connection.ConnectionAcceptor;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One TCP port. Links are accepted on the first loop and spread over all loops by turns; each that completes its preface
 * becomes a connection of the acceptor.
 */
@ThreadSafe
public final class TcpListener {
    private static final InternalLogger log = InternalLoggerFactory.getInstance(TcpListener.class);

    /** How long accepting rests after it failed, or was stopped because file descriptors are nearly used up. */
    private static final long REST_MILLIS = 100;

    private static final long LOG_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Channel channel;
    private final InetSocketAddress localAddress;
    private final List<TcpLinks> linksOfLoops;
    private final AtomicInteger connections;

    private TcpListener(Channel channel, List<TcpLinks> linksOfLoops, AtomicInteger connections) {
        this.channel = channel;
        this.localAddress = (InetSocketAddress) channel.localAddress();
        this.linksOfLoops = linksOfLoops;
        this.connections = connections;
    }

    /** As {@link #bind(IoLoops, InetSocketAddress, StreamOptions, Entrance, ConnectionAcceptor)}, open to everybody. */
    public static TcpListener bind(
            IoLoops loops, InetSocketAddress address, StreamOptions options, ConnectionAcceptor acceptor)
            throws IOException {
        return bind(loops, address, options, Entrance.OPEN, acceptor);
    }

    /**
     * Listens. Not to be called on a loop's thread.
     *
     * @param address port 0 takes any free port, see {@link #localAddress()}
     * @throws IOException a {@link java.net.BindException} that names the address and the cause; nothing stays open
     */
    public static TcpListener bind(
            IoLoops loops,
            InetSocketAddress address,
            StreamOptions options,
            Entrance entrance,
            ConnectionAcceptor acceptor)
            throws IOException {
        return bind(loops, address, options, entrance, acceptor, Descriptors.ofProcess(loops.io()));
    }

    /** As above, for tests with a bound of descriptors of their own. */
    static TcpListener bind(
            IoLoops loops,
            InetSocketAddress address,
            StreamOptions options,
            Entrance entrance,
            ConnectionAcceptor acceptor,
            Descriptors descriptors)
            throws IOException {
        AtomicInteger connections = new AtomicInteger();
        TlsThreads tlsThreads = new TlsThreads();
        List<TcpLinks> linksOfLoops = new ArrayList<>(loops.size());
        for (int i = 0; i < loops.size(); i++) {
            linksOfLoops.add(new TcpLinks(loops.loop(i), options, entrance, tlsThreads, acceptor, connections));
        }
        Channel channel;
        try {
            channel = Sockets.newServerSocket(loops.io());
        } catch (ChannelException noSocket) {
            throw Sockets.cannotListen("tcp", address, noSocket);
        }
        try {
            channel.config().setOption(ChannelOption.SO_BACKLOG, options.backlog());
            channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
            channel.pipeline().addLast(new Accepting(linksOfLoops, new LinkSettings(options), descriptors));
            channel.closeFuture().addListener(closed -> tlsThreads.close());
            Sockets.bind(loops.loop(0), channel, "tcp", address);
        } catch (IOException | RuntimeException e) {
            Sockets.close(channel).awaitUninterruptibly();
            tlsThreads.close();
            throw e;
        }
        return new TcpListener(channel, List.copyOf(linksOfLoops), connections);
    }

    /** Where it listens, with the real port. */
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    /** The number of connections that are open now. */
    public int connections() {
        return connections.get();
    }

    /** Frees the port; connections stay. Completes when it is free. */
    public CompletionStage<Void> stopAccepting() {
        CompletableFuture<Void> freed = new CompletableFuture<>();
        Sockets.whenFreed(linksOfLoops.get(0).owner(), channel, () -> freed.complete(null));
        channel.close();
        return freed;
    }

    /** Frees the port and closes every connection with the code. Completes when the last is gone. */
    public CompletionStage<Void> close(ReasonCode code, String text) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        all.add(stopAccepting().toCompletableFuture());
        for (TcpLinks links : linksOfLoops) {
            CompletableFuture<Void> ended = new CompletableFuture<>();
            all.add(ended);
            try {
                links.owner().execute(() -> links.endAll(code, text, ended));
            } catch (RejectedExecutionException loopsClosed) {
                ended.complete(null);
            }
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }

    @Override
    public String toString() {
        return "tcp " + localAddress;
    }

    /** The only handler of the listening socket. */
    private static final class Accepting extends ChannelInboundHandlerAdapter {
        private final List<TcpLinks> linksOfLoops;
        private final LinkSettings settings;
        private final Descriptors descriptors;
        private int next;
        private long loggedNanos = System.nanoTime() - LOG_INTERVAL_NANOS;

        Accepting(List<TcpLinks> linksOfLoops, LinkSettings settings, Descriptors descriptors) {
            this.linksOfLoops = linksOfLoops;
            this.settings = settings;
            this.descriptors = descriptors;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            Channel child = (Channel) message;
            TcpLinks links = linksOfLoops.get(next);
            if (descriptors.areShort(child)) {
                child.unsafe().closeForcibly();
                rest(context, "nearly all file descriptors are in use");
                return;
            }
            try {
                settings.apply(child);
            } catch (ChannelException goneAlready) {
                log.debug("{}: gone before it was looked at: {}", child, goneAlready.toString());
                child.unsafe().closeForcibly();
                return;
            }
            InetSocketAddress peer = Sockets.remoteAddress(child);
            boolean behindProxy = links.entrance().proxies().contains(peer.getAddress());
            boolean mayStay = behindProxy ? links.isWelcome(peer.getAddress()) : links.enters(child, peer.getAddress());
            if (!mayStay) {
                child.unsafe().closeForcibly();
                return;
            }
            child.pipeline().addLast(new NewLink(child, links, peer, behindProxy));
            next = (next + 1) % linksOfLoops.size();
            links.owner().loop().register(child).addListener(registered -> {
                if (!registered.isSuccess()) {
                    child.unsafe().closeForcibly();
                }
            });
        }

        /** What the kernel says when it cannot accept: there is no file descriptor left, perhaps. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            rest(context, cause.toString());
        }

        /** Stops accepting for a while. Who has said nothing makes room. */
        private void rest(ChannelHandlerContext context, String why) {
            Channel channel = context.channel();
            if (!channel.config().isAutoRead()) {
                return;
            }
            channel.config().setAutoRead(false);
            long now = System.nanoTime();
            if (now - loggedNanos >= LOG_INTERVAL_NANOS) {
                loggedNanos = now;
                log.warn("{}: accepts no connections for now: {}", channel, why);
            }
            linksOfLoops.get(0).entrance().events().acceptingPaused();
            for (TcpLinks links : linksOfLoops) {
                try {
                    links.owner().execute(links::dropSilent);
                } catch (RejectedExecutionException loopsClosed) {
                    return;
                }
            }
            goOnLater(context);
        }

        private void goOnLater(ChannelHandlerContext context) {
            context.executor().schedule(() -> goOn(context), REST_MILLIS, TimeUnit.MILLISECONDS);
        }

        private void goOn(ChannelHandlerContext context) {
            Channel channel = context.channel();
            if (!channel.isOpen()) {
                return;
            }
            if (descriptors.areShort()) {
                goOnLater(context);
            } else {
                channel.config().setAutoRead(true);
            }
        }
    }
}
