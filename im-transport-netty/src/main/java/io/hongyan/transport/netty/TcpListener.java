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

    /** How long accepting rests after it failed, for instance because all file descriptors are in use. */
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

    /**
     * Listens. Not to be called on a loop's thread.
     *
     * @param address port 0 takes any free port, see {@link #localAddress()}
     * @throws IOException a {@link java.net.BindException} that names the address and the cause; nothing stays open
     */
    public static TcpListener bind(
            IoLoops loops, InetSocketAddress address, StreamOptions options, ConnectionAcceptor acceptor)
            throws IOException {
        AtomicInteger connections = new AtomicInteger();
        List<TcpLinks> linksOfLoops = new ArrayList<>(loops.size());
        for (int i = 0; i < loops.size(); i++) {
            linksOfLoops.add(new TcpLinks(loops.loop(i), options, acceptor, connections));
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
            channel.pipeline().addLast(new Accepting(linksOfLoops, new LinkSettings(options)));
            Sockets.bind(loops.loop(0), channel, "tcp", address);
        } catch (IOException | RuntimeException e) {
            Sockets.close(channel).awaitUninterruptibly();
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
        private int next;
        private long loggedNanos = System.nanoTime() - LOG_INTERVAL_NANOS;

        Accepting(List<TcpLinks> linksOfLoops, LinkSettings settings) {
            this.linksOfLoops = linksOfLoops;
            this.settings = settings;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            Channel child = (Channel) message;
            TcpLinks links = linksOfLoops.get(next);
            next = (next + 1) % linksOfLoops.size();
            try {
                settings.apply(child);
            } catch (ChannelException goneAlready) {
                log.debug("{}: gone before it was looked at: {}", child, goneAlready.toString());
                child.unsafe().closeForcibly();
                return;
            }
            child.pipeline().addLast(new ServerPreface(child, links));
            links.owner().loop().register(child).addListener(registered -> {
                if (!registered.isSuccess()) {
                    child.unsafe().closeForcibly();
                }
            });
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            long now = System.nanoTime();
            if (now - loggedNanos >= LOG_INTERVAL_NANOS) {
                loggedNanos = now;
                log.warn("{}: cannot accept connections: {}", context.channel(), cause.toString());
            }
            Channel channel = context.channel();
            if (channel.config().isAutoRead()) {
                channel.config().setAutoRead(false);
                context.executor().schedule(() -> acceptAgain(channel), REST_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        private static void acceptAgain(Channel channel) {
            if (channel.isOpen()) {
                channel.config().setAutoRead(true);
            }
        }
    }
}
