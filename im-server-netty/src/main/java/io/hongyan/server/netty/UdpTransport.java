// SPDX-License-Identifier: Apache-2.0
package io.hongyan.server.netty;

import io.hongyan.core.transport.Bound;
import io.hongyan.core.transport.Transport;
import io.hongyan.core.transport.TransportContext;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.rudp.RudpConfig;
import io.hongyan.transport.netty.UdpListener;
import io.hongyan.transport.netty.UdpOptions;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A reliable-UDP listener as a node's transport. */
@ThreadSafe
final class UdpTransport implements Transport {
    private final NettyTransport where;
    private final NettyTransport.Parts parts;
    private volatile @Nullable UdpListener listener;

    UdpTransport(NettyTransport where, NettyTransport.Parts parts) {
        this.where = where;
        this.parts = parts;
    }

    @Override
    public String name() {
        return where.name();
    }

    @Override
    public CompletionStage<List<Bound>> start(TransportContext context) {
        RudpConfig config =
                RudpConfig.builder().maxMessageBytes(context.maxFrameBytes()).build();
        UdpOptions options = UdpOptions.builder()
                .maxFrameBytes(context.maxFrameBytes())
                .maxOverflowBytes(Math.max(512 << 10, context.maxFrameBytes()))
                .build();
        try {
            UdpListener bound = UdpListener.bind(
                    parts.loops().get(),
                    where.address(),
                    config,
                    options,
                    parts.secret(),
                    parts.gate(),
                    parts.events(),
                    context.acceptor());
            listener = bound;
            return CompletableFuture.completedStage(List.of(new Bound(name(), bound.localAddress())));
        } catch (IOException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    @Override
    public void stopAccepting() {
        UdpListener bound = listener;
        if (bound != null) {
            bound.stopAccepting();
        }
    }

    @Override
    public CompletionStage<Void> close() {
        UdpListener bound = listener;
        return bound == null
                ? CompletableFuture.completedStage(null)
                : bound.close(ReasonCode.SERVER_STOPPING, "the server stops");
    }

    @Override
    public String toString() {
        return where.toString();
    }
}
