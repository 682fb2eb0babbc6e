// SPDX-License-Identifier: Apache-2.0
package io.hongyan.server.netty;

import io.hongyan.core.transport.Bound;
import io.hongyan.core.transport.Transport;
import io.hongyan.core.transport.TransportContext;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.transport.netty.IoLoops;
import io.hongyan.transport.netty.StreamOptions;
import io.hongyan.transport.netty.TcpListener;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A TCP listener as a node's transport. */
@ThreadSafe
final class TcpTransport implements Transport {
    private final NettyTransport where;
    private final Supplier<IoLoops> loops;
    private volatile @Nullable TcpListener listener;

    TcpTransport(NettyTransport where, Supplier<IoLoops> loops) {
        this.where = where;
        this.loops = loops;
    }

    @Override
    public String name() {
        return where.name();
    }

    @Override
    public CompletionStage<List<Bound>> start(TransportContext context) {
        StreamOptions options = StreamOptions.builder()
                .maxFrameBytes(context.maxFrameBytes())
                .prefaceTimeoutMillis((int) context.loginTimeoutMillis())
                .build();
        try {
            TcpListener bound = TcpListener.bind(loops.get(), where.address(), options, context.acceptor());
            listener = bound;
            return CompletableFuture.completedStage(List.of(new Bound(name(), bound.localAddress())));
        } catch (IOException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    @Override
    public void stopAccepting() {
        TcpListener bound = listener;
        if (bound != null) {
            bound.stopAccepting();
        }
    }

    @Override
    public CompletionStage<Void> close() {
        TcpListener bound = listener;
        return bound == null
                ? CompletableFuture.completedStage(null)
                : bound.close(ReasonCode.SERVER_STOPPING, "the server stops");
    }

    @Override
    public String toString() {
        return where.toString();
    }
}
