// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.peer;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/** The event loop of one peer that speaks through Netty. */
final class NettyLoops {

    private NettyLoops() {}

    static EventLoopGroup one(String name, IoHandlerFactory io) {
        return new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name, true), io);
    }

    /** Ends a loop with its channels, and waits for its thread. */
    static void close(EventLoopGroup loop) {
        loop.shutdownGracefully(1, 5_000, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }
}
