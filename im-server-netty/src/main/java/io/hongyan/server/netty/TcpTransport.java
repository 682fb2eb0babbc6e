// SPDX-License-Identifier: Apache-2.0
package io.hongyan.server.netty;

import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.transport.Bound;
import io.hongyan.core.transport.Transport;
import io.hongyan.core.transport.TransportContext;
import io.hongyan.core.transport.TransportStats;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.transport.netty.Entrance;
import io.hongyan.transport.netty.IoLoops;
import io.hongyan.transport.netty.ServerTls;
import io.hongyan.transport.netty.StreamOptions;
import io.hongyan.transport.netty.TcpListener;
import io.hongyan.transport.netty.TlsFiles;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A TCP listener as a node's transport. */
@ThreadSafe
final class TcpTransport implements Transport {
    private static final int MOST_SILENT_LINKS = 1 << 20;
    /** For each loop: an engine of the JDK takes tens of KiB while its handshake is under way. */
    private static final int MOST_TLS_HANDSHAKES = 1 << 10;

    private static final long LOOK_EVERY_MILLIS = 10_000;

    private final NettyTransport where;
    private final NettyTransport.Parts parts;
    private volatile @Nullable TcpListener listener;
    private volatile @Nullable CertificateWatch certificates;

    TcpTransport(NettyTransport where, NettyTransport.Parts parts) {
        this.where = where;
        this.parts = parts;
    }

    @Override
    public String name() {
        return where.name();
    }

    @Override
    public CompletionStage<List<Bound>> start(TransportContext context) {
        IoLoops loops = parts.loops().get();
        ServerLimits limits = parts.limits();
        StreamOptions options = StreamOptions.builder()
                .maxFrameBytes(context.maxFrameBytes())
                .firstBytesTimeoutMillis((int) limits.firstBytesTimeoutMillis())
                .prefaceTimeoutMillis((int) context.loginTimeoutMillis())
                .maxSilentLinks(Math.min(
                        where.tlsFiles() == null ? MOST_SILENT_LINKS : MOST_TLS_HANDSHAKES,
                        Math.max(1, limits.strangers() / loops.size())))
                .build();
        try {
            TlsFiles files = where.tlsFiles();
            ServerTls tls = files == null ? null : ServerTls.load(files);
            Entrance entrance =
                    new Entrance(tls, where.allowsPlaintext(), where.proxies(), parts.gate(), parts.events());
            TcpListener bound = TcpListener.bind(loops, where.address(), options, entrance, context.acceptor());
            listener = bound;
            if (tls != null) {
                certificates = new CertificateWatch(tls, parts.metrics(), LOOK_EVERY_MILLIS);
            }
            return CompletableFuture.completedStage(List.of(new Bound(name(), bound.localAddress())));
        } catch (IOException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    @Override
    public CompletionStage<TransportStats> stats() {
        TcpListener bound = listener;
        int connections = bound == null ? 0 : bound.connections();
        return CompletableFuture.completedStage(new TransportStats(name(), connections, Map.of(), Map.of()));
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
        CertificateWatch watch = certificates;
        if (watch != null) {
            watch.close();
        }
        TcpListener bound = listener;
        return bound == null
                ? CompletableFuture.completedStage(null)
                : bound.close(ReasonCode.SERVER_STOPPING, "the server stops");
    }

    /** Looks at once whether the files with certificates have changed. @return whether there is a new certificate */
    boolean reloadCertificates() {
        CertificateWatch watch = certificates;
        return watch != null && watch.look();
    }

    @Override
    public String toString() {
        return where.toString();
    }
}
