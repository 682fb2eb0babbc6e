// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.ThreadSafe;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;

/** What every TCP link of a listener or connector gets, accepted or about to connect; shared by them all. */
@ThreadSafe
final class LinkSettings {
    private static final int READS_A_TURN = 16;

    private final StreamOptions options;
    private final WriteBufferWaterMark waterMark;
    private final RecvByteBufAllocator readBuffers =
            new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(READS_A_TURN);

    LinkSettings(StreamOptions options) {
        this.options = options;
        // One mark: with a gap between two, what waits within it would never be reported as gone.
        this.waterMark = new WriteBufferWaterMark(options.lowWaterBytes(), options.lowWaterBytes());
    }

    void apply(Channel link) {
        ChannelConfig config = link.config();
        config.setOption(ChannelOption.TCP_NODELAY, true);
        config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        config.setConnectTimeoutMillis(options.connectTimeoutMillis());
        config.setWriteBufferWaterMark(waterMark);
        config.setRecvByteBufAllocator(readBuffers);
        if (link instanceof EpollSocketChannel) {
            if (options.userTimeoutMillis() > 0) {
                config.setOption(EpollChannelOption.TCP_USER_TIMEOUT, options.userTimeoutMillis());
            }
            if (options.unsentBytes() > 0) {
                config.setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, (long) options.unsentBytes());
            }
        }
    }
}
