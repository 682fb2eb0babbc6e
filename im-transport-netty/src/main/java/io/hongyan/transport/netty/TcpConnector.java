// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.connection.Owner;
import io.hongyan.protocol.frame.Preface;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/** Connects to a TCP listener. */
@ThreadSafe
public final class TcpConnector {
    private final IoLoops loops;
    private final StreamOptions options;
    private final LinkSettings settings;

    public TcpConnector(IoLoops loops, StreamOptions options) {
        this.loops = loops;
        this.options = options;
        this.settings = new LinkSettings(options);
    }

    /** As {@link #connect(Owner, InetSocketAddress, Function)}, on the loop whose turn it is. */
    public CompletionStage<Connection> connect(
            InetSocketAddress server, Function<Connection, ConnectionHandler> handlers) {
        return connect(loops.nextLoop(), server, handlers);
    }

    /**
     * Connects. The stage completes on the owner's thread when the TCP handshake is over; frames may be written at once,
     * behind our preface. A server that does not answer the preface as it should ends the connection later, through
     * {@link ConnectionHandler#onClosed}. A stage that was cancelled or completed by somebody else closes the link.
     *
     * @param handlers gives the handler of the connection, called on the owner's thread before the stage completes
     * @return fails with a {@link ConnectFailedException} that has what the network said as its cause
     */
    public CompletionStage<Connection> connect(
            Owner owner, InetSocketAddress server, Function<Connection, ConnectionHandler> handlers) {
        EventLoopOwner loop = loops.loopOf(owner);
        CompletableFuture<Connection> result = new CompletableFuture<>();
        if (server.isUnresolved()) {
            result.completeExceptionally(failed(server, new UnknownHostException(server.getHostString())));
            return result;
        }
        Channel channel;
        try {
            channel = Sockets.newSocket(loops.io());
        } catch (ChannelException noSocket) {
            result.completeExceptionally(failed(server, noSocket));
            return result;
        }
        try {
            settings.apply(channel);
            channel.pipeline().addLast(new Connecting(channel, loop, handlers, result));
            loop.loop().register(channel).addListener(registered -> {
                if (registered.isSuccess()) {
                    channel.connect(server).addListener(connected -> {
                        if (!connected.isSuccess()) {
                            channel.close();
                            result.completeExceptionally(failed(server, connected.cause()));
                        }
                    });
                } else {
                    channel.unsafe().closeForcibly();
                    result.completeExceptionally(failed(server, registered.cause()));
                }
            });
        } catch (RejectedExecutionException loopsClosed) {
            channel.unsafe().closeForcibly();
            result.completeExceptionally(loopsClosed);
        } catch (ChannelException noSuchOption) {
            channel.unsafe().closeForcibly();
            result.completeExceptionally(failed(server, noSuchOption));
        }
        return result;
    }

    private static ConnectFailedException failed(InetSocketAddress server, Throwable cause) {
        String reason = Sockets.reason(cause);
        String again = ": " + server;
        return new ConnectFailedException(
                ReasonCode.CONNECTION_LOST,
                "cannot connect to tcp " + server + ": "
                        + (reason.endsWith(again) ? reason.substring(0, reason.length() - again.length()) : reason),
                cause);
    }

    /** Stands in the pipeline until the link is up. */
    private final class Connecting extends ChannelInboundHandlerAdapter {
        private final Channel channel;
        private final EventLoopOwner loop;
        private final Function<Connection, ConnectionHandler> handlers;
        private final CompletableFuture<Connection> result;

        Connecting(
                Channel channel,
                EventLoopOwner loop,
                Function<Connection, ConnectionHandler> handlers,
                CompletableFuture<Connection> result) {
            this.channel = channel;
            this.loop = loop;
            this.handlers = handlers;
            this.result = result;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (result.isDone()) {
                context.close();
                return;
            }
            NettyTcpConnection connection = new NettyTcpConnection(channel, loop, options, null);
            connection.admit();
            connection.writePreface(Preface.request());
            channel.pipeline()
                    .addLast(new ClientPreface(connection, loop, options.prefaceTimeoutMillis()))
                    .addLast(connection);
            connection.handler(handlers.apply(connection));
            context.pipeline().remove(this);
            if (!result.complete(connection)) {
                connection.close(ReasonCode.CLOSED_LOCALLY, "nobody waits for this connection");
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
            result.completeExceptionally(cause);
        }
    }
}
