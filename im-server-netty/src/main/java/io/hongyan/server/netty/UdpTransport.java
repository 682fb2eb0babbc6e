// SPDX-License-Identifier: Apache-2.0
package io.hongyan.server.netty;

import io.hongyan.core.metrics.Metric;
import io.hongyan.core.transport.Bound;
import io.hongyan.core.transport.Transport;
import io.hongyan.core.transport.TransportContext;
import io.hongyan.core.transport.TransportStats;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.rudp.RudpConfig;
import io.hongyan.protocol.rudp.RudpEndpointStats;
import io.hongyan.transport.netty.UdpListener;
import io.hongyan.transport.netty.UdpOptions;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A reliable-UDP listener as a node's transport. */
@ThreadSafe
final class UdpTransport implements Transport {
    /** Beside the engine's reasons: for a connection of another loop, whose queue was full. */
    private static final String NO_ROOM_TO_HAND_OVER = "NO_ROOM_TO_HAND_OVER";

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
        RudpConfig config = where.udp()
                .config()
                .maxMessageBytes(context.maxFrameBytes())
                .idleTimeoutMillis(context.idleTimeoutMillis())
                .build();
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
    public CompletionStage<TransportStats> stats() {
        UdpListener bound = listener;
        return bound == null
                ? CompletableFuture.completedStage(TransportStats.none(name()))
                : bound.stats().thenApply(loops -> sum(loops, bound.handOversDropped()));
    }

    private TransportStats sum(List<RudpEndpointStats> loops, long handOversDropped) {
        Map<Metric, Long> counts = new EnumMap<>(Metric.class);
        Map<String, Long> dropped = new TreeMap<>();
        int connections = 0;
        for (RudpEndpointStats loop : loops) {
            connections += loop.connections();
            counts.merge(Metric.DATAGRAMS_IN, loop.datagramsReceived(), Long::sum);
            counts.merge(Metric.DATAGRAMS_OUT, loop.datagramsSent(), Long::sum);
            counts.merge(Metric.DATAGRAMS_LOST, loop.datagramsLost(), Long::sum);
            counts.merge(Metric.FRAMES_RETRANSMITTED, loop.messagesRetransmitted(), Long::sum);
            counts.merge(Metric.EPHEMERAL_DROPPED, loop.ephemeralDropped(), Long::sum);
            counts.merge(Metric.HANDSHAKES, loop.handshakesStarted(), Long::sum);
            counts.merge(Metric.PATH_MOVES, loop.moves(), Long::sum);
            loop.dropped().forEach((reason, count) -> dropped.merge(reason.name(), count, Long::sum));
        }
        dropped.merge(NO_ROOM_TO_HAND_OVER, handOversDropped, Long::sum);
        counts.put(
                Metric.DATAGRAMS_DROPPED,
                dropped.values().stream().mapToLong(Long::longValue).sum());
        return new TransportStats(name(), connections, counts, dropped);
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
