// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.peer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.FixedLengthFrameDecoder;

/** Fills an inbox from the byte streams of Netty's channels. */
final class ChannelInbox extends ChannelInitializer<Channel> {

    private final Load load;
    private final Inbox inbox;

    ChannelInbox(Load load, Inbox inbox) {
        this.load = load;
        this.inbox = inbox;
    }

    @Override
    protected void initChannel(Channel channel) {
        if (load == Load.CHAT) {
            channel.pipeline().addLast(new FixedLengthFrameDecoder(Message.BYTES));
        }
        channel.pipeline().addLast(new Arrivals(load, inbox));
    }

    private static final class Arrivals extends SimpleChannelInboundHandler<ByteBuf> {
        private final int skipped;
        private final Inbox inbox;

        Arrivals(Load load, Inbox inbox) {
            this.skipped = load == Load.CHAT ? Message.HEADER_BYTES : 0;
            this.inbox = inbox;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
            inbox.arrived(bytes.skipBytes(skipped).nioBuffer());
        }
    }
}
