// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.frame.Preface;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLException;

/**
 * Takes the server's first eight bytes off a client's link and makes way. The client does not wait for them: frames may
 * follow its own preface at once. No answer in time, or none we can live with, ends the connection with the code.
 */
@Confined("owner")
final class ClientPreface extends ChannelInboundHandlerAdapter {
    private final NettyTcpConnection connection;
    private final Runnable cancelTimeout;
    private final byte[] bytes = new byte[Preface.BYTES];
    private final Runnable answered;
    private final BiConsumer<ReasonCode, String> ended;
    private int arrived;
    private boolean failed;
    private ReasonCode endCode = ReasonCode.CONNECTION_LOST;
    private String endText = "the server closed the link before it answered";

    /**
     * @param answered called when the server has chosen a version, before its first frame is handed up
     * @param ended called when the link has ended before that, with the reason, behind the connection's handler
     */
    ClientPreface(
            NettyTcpConnection connection,
            EventLoopOwner owner,
            int timeoutMillis,
            Runnable answered,
            BiConsumer<ReasonCode, String> ended) {
        this.connection = connection;
        this.answered = answered;
        this.ended = ended;
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
        ended.accept(endCode, endText);
    }

    /** The last word of TLS: the server took no certificate of ours, perhaps. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof DecoderException && cause.getCause() instanceof SSLException refusal) {
            fail(ReasonCode.PROTECTION_REQUIRED, String.valueOf(refusal.getMessage()));
        } else {
            endText = String.valueOf(cause.getMessage());
            context.fireExceptionCaught(cause);
        }
    }

    private void judge(ChannelHandlerContext context, ByteBuf rest) {
        try {
            Preface.readAnswer(ByteBuffer.wrap(bytes));
        } catch (ProtocolException refusal) {
            fail(refusal.code(), String.valueOf(refusal.getMessage()));
            return;
        }
        answered.run();
        if (rest.isReadable()) {
            context.fireChannelRead(rest.retain());
        }
        context.pipeline().remove(this);
    }

    private void timedOut() {
        fail(ReasonCode.HANDSHAKE_TIMEOUT, "the server did not answer the preface");
    }

    private void fail(ReasonCode code, String text) {
        failed = true;
        endCode = code;
        endText = text;
        connection.close(code, true, text);
    }
}
