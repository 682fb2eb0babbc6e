// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.frame.Preface;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the first eight bytes of an accepted link, answers them, and makes way for the connection. A peer that speaks
 * something else, or no version of ours, is told which versions there are and gets our FIN; what it sends further is thrown
 * away until it closes too, or until the time of silent links is over.
 */
@Confined("owner")
final class ServerPreface extends ChannelInboundHandlerAdapter {
    private final Channel channel;
    private final TcpLinks links;
    private final long acceptedNanos = System.nanoTime();
    private final long deadlineNanos;

    private byte @Nullable [] partial;
    private int partialBytes;
    private boolean refused;

    ServerPreface(Channel channel, TcpLinks links) {
        this.channel = channel;
        this.links = links;
        this.deadlineNanos = acceptedNanos + links.options().prefaceTimeoutMillis() * 1_000_000L;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        links.accepted(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            ByteBuffer preface = refused ? null : preface(in);
            if (preface != null) {
                answer(context, preface, in);
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        links.spoke(this);
        context.fireChannelInactive();
    }

    /** Closes the link without an answer. */
    void drop() {
        channel.close();
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    /** Null while bytes are missing. */
    private @Nullable ByteBuffer preface(ByteBuf in) {
        byte[] bytes = partial == null ? partial = new byte[Preface.BYTES] : partial;
        int arrived = Math.min(in.readableBytes(), Preface.BYTES - partialBytes);
        in.readBytes(bytes, partialBytes, arrived);
        partialBytes += arrived;
        return partialBytes == Preface.BYTES ? ByteBuffer.wrap(bytes) : null;
    }

    private void answer(ChannelHandlerContext context, ByteBuffer preface, ByteBuf rest) {
        int version = versionFor(preface);
        if (version == 0) {
            refused = true;
            context.writeAndFlush(Unpooled.wrappedBuffer(Preface.answer(0)));
            ((DuplexChannel) channel).shutdownOutput().addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
            return;
        }
        links.spoke(this);
        NettyTcpConnection connection =
                new NettyTcpConnection(channel, links.owner(), links.options(), links, acceptedNanos);
        ChannelPipeline pipeline = context.pipeline();
        pipeline.addLast(connection);
        connection.writePreface(Preface.answer(version));
        links.opened(connection);
        if (rest.isReadable()) {
            context.fireChannelRead(rest.retain());
        }
        pipeline.remove(this);
    }

    private static int versionFor(ByteBuffer preface) {
        try {
            return Preface.choose(Preface.readRequest(preface));
        } catch (ProtocolException notOurs) {
            return 0;
        }
    }
}
