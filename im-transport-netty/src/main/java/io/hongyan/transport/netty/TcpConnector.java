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
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslClosedEngineException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

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

    /** As {@link #connect(Owner, InetSocketAddress, ClientTls, String, Function)}, in plain text. */
    public CompletionStage<Connection> connect(
            Owner owner, InetSocketAddress server, Function<Connection, ConnectionHandler> handlers) {
        return connect(owner, server, null, server.getHostString(), handlers);
    }

    /**
     * Connects. The handler is asked for when the TCP handshake, and that of TLS, are over: from then on frames may be
     * written, behind our preface. The stage completes on the owner's thread when the server has answered it, so is known
     * to be a server that speaks with us. A stage that was cancelled or completed by somebody else closes the link.
     *
     * @param tls null = plain text
     * @param host the name that the server's certificate must have
     * @param handlers gives the handler of the connection, called on the owner's thread before the stage completes
     * @return fails with a {@link ConnectFailedException} that has what the network said as its cause; a handler that was
     *     given hears {@link ConnectionHandler#onClosed} before
     */
    public CompletionStage<Connection> connect(
            Owner owner,
            InetSocketAddress server,
            @Nullable ClientTls tls,
            String host,
            Function<Connection, ConnectionHandler> handlers) {
        EventLoopOwner loop = loops.loopOf(owner);
        CompletableFuture<Connection> result = new CompletableFuture<>();
        Attempt attempt = new Attempt(server, tls, result);
        if (server.isUnresolved()) {
            attempt.failed(new UnknownHostException(server.getHostString()));
            return result;
        }
        Channel channel;
        try {
            channel = Sockets.newSocket(loops.io());
        } catch (ChannelException noSocket) {
            attempt.failed(noSocket);
            return result;
        }
        try {
            settings.apply(channel);
            SslHandler layer = tls == null ? null : tls.newHandler(channel.alloc(), host, server.getPort());
            if (layer != null) {
                layer.setHandshakeTimeoutMillis(options.prefaceTimeoutMillis());
                channel.pipeline().addLast(layer);
            }
            channel.pipeline().addLast(new Connecting(channel, loop, layer, handlers, attempt));
            loop.loop().register(channel).addListener(registered -> {
                if (registered.isSuccess()) {
                    channel.connect(server).addListener(connected -> {
                        if (!connected.isSuccess()) {
                            channel.close();
                            attempt.failed(connected.cause());
                        }
                    });
                } else {
                    channel.unsafe().closeForcibly();
                    attempt.failed(registered.cause());
                }
            });
        } catch (RejectedExecutionException loopsClosed) {
            channel.unsafe().closeForcibly();
            result.completeExceptionally(loopsClosed);
        } catch (ChannelException noSuchOption) {
            channel.unsafe().closeForcibly();
            attempt.failed(noSuchOption);
        }
        return result;
    }

    /** What a caller waits for. */
    @ThreadSafe
    private record Attempt(
            InetSocketAddress server, @Nullable ClientTls tls, CompletableFuture<Connection> result) {
        void failed(Throwable cause) {
            Throwable inner = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
            String reason = Sockets.reason(inner);
            String again = ": " + server;
            failed(
                    codeOf(inner),
                    reason.endsWith(again) ? reason.substring(0, reason.length() - again.length()) : reason,
                    inner);
        }

        void failed(ReasonCode code, String reason, @Nullable Throwable cause) {
            result.completeExceptionally(new ConnectFailedException(
                    code, "cannot connect to " + (tls == null ? "tcp " : "tls ") + server + ": " + reason, cause));
        }

        /** A link that breaks is one that breaks; all else that TLS says is about trust. */
        private static ReasonCode codeOf(Throwable cause) {
            if (cause instanceof SslHandshakeTimeoutException) {
                return ReasonCode.HANDSHAKE_TIMEOUT;
            }
            boolean isAboutTrust = cause instanceof SSLException
                    && !(cause instanceof SslClosedEngineException)
                    && !(cause.getCause() instanceof ClosedChannelException);
            return isAboutTrust ? ReasonCode.PROTECTION_REQUIRED : ReasonCode.CONNECTION_LOST;
        }
    }

    /** Stands in the pipeline until the link is up, over TLS until its handshake is done. */
    private final class Connecting extends ChannelInboundHandlerAdapter {
        private final Channel channel;
        private final EventLoopOwner loop;
        private final @Nullable SslHandler tls;
        private final Function<Connection, ConnectionHandler> handlers;
        private final Attempt attempt;

        Connecting(
                Channel channel,
                EventLoopOwner loop,
                @Nullable SslHandler tls,
                Function<Connection, ConnectionHandler> handlers,
                Attempt attempt) {
            this.channel = channel;
            this.loop = loop;
            this.tls = tls;
            this.handlers = handlers;
            this.attempt = attempt;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (attempt.result().isDone()) {
                context.close();
            } else if (tls == null) {
                begin(context);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake) {
                if (handshake.isSuccess() && !attempt.result().isDone()) {
                    begin(context);
                } else {
                    context.close();
                    attempt.failed(handshake.isSuccess() ? new ClosedChannelException() : handshake.cause());
                }
            } else if (event == ChannelInputShutdownEvent.INSTANCE) {
                context.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            attempt.failed(new ClosedChannelException());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
            attempt.failed(cause);
        }

        private void begin(ChannelHandlerContext context) {
            NettyTcpConnection connection = new NettyTcpConnection(channel, loop, options, tls);
            connection.admit();
            connection.writePreface(Preface.request());
            channel.pipeline()
                    .addLast(new ClientPreface(
                            connection, loop, options.prefaceTimeoutMillis(), () -> answered(connection), this::ended))
                    .addLast(connection);
            connection.handler(handlers.apply(connection));
            context.pipeline().remove(this);
        }

        private void answered(NettyTcpConnection connection) {
            if (!attempt.result().complete(connection)) {
                connection.close(ReasonCode.CLOSED_LOCALLY, "nobody waits for this connection");
            }
        }

        private void ended(ReasonCode code, String text) {
            attempt.failed(code, text, null);
        }
    }
}
