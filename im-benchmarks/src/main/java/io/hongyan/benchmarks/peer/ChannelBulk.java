// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.peer;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;

/**
 * Bulk through a channel of Netty: a few pieces are on their way to the transport, and each that it has taken makes room
 * for the next. Confined to the channel's event loop.
 */
final class ChannelBulk {

    private static final int PIECE_BYTES = 16 << 10;
    private static final int PIECES_AT_A_TIME = 8;

    private final Channel channel;
    private long left;

    ChannelBulk(Channel channel, long bytes) {
        this.channel = channel;
        this.left = bytes;
    }

    void start() {
        channel.eventLoop().execute(() -> {
            for (int piece = 0; piece < PIECES_AT_A_TIME; piece++) {
                writeNext();
            }
            channel.flush();
        });
    }

    private void writeNext() {
        if (left > 0) {
            int length = (int) Math.min(left, PIECE_BYTES);
            left -= length;
            ChannelFuture taken = channel.write(Unpooled.wrappedBuffer(new byte[length]));
            taken.addListener(result -> {
                if (result.isSuccess()) {
                    writeNext();
                    channel.flush();
                }
            });
        }
    }
}
