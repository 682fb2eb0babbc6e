// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.frame.Preface;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.ByteBuffer;

/**
 * Takes the server's first eight bytes off a client's link and makes way. The client does not wait for them: frames may
 * follow its own preface at once. No answer in time, or none we can live with, ends the connection with the code.
 */
@Confined("owner")
final class ClientPreface extends ChannelInboundHandlerAdapter {
    private final NettyTcpConnection connection;
    private final Runnable cancelTimeout;
    private final byte[] bytes = new byte[Preface.BYTES];
    private int arrived;
    private boolean failed;

    ClientPreface(NettyTcpConnection connection, EventLoopOwner owner, int timeoutMillis) {
        this.connection = connection;
        this.cancelTimeout = owner.schedule(timeoutMillis * 1_000_000L, this::timedOut);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            int count = Math.min(in.readableBytes(), Preface.BYTES - arrived);
            in.readBytes(bytes, arrived, count);
            arrived += count;
            if (arrived == Preface.BYTES && !failed) {
                cancelTimeout.run();
                judge(context, in);
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        cancelTimeout.run();
        context.fireChannelInactive();
    }

    private void judge(ChannelHandlerContext context, ByteBuf rest) {
        try {
            Preface.readAnswer(ByteBuffer.wrap(bytes));
        } catch (ProtocolException refusal) {
            failed = true;
            connection.close(refusal.code(), true, String.valueOf(refusal.getMessage()));
            return;
        }
        if (rest.isReadable()) {
            context.fireChannelRead(rest.retain());
        }
        context.pipeline().remove(this);
    }

    private void timedOut() {
        failed = true;
        connection.close(ReasonCode.HANDSHAKE_TIMEOUT, true, "the server did not answer the preface");
    }
}
