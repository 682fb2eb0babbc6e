// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.ConnectionAcceptor;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The links of one listener on one loop: those still silent, oldest first, and those that are connections. It ends who
 * stays silent too long, and the oldest silent one when there are too many: an honest peer completes its preface within
 * a round trip.
 */
@Confined("owner")
final class TcpLinks {
    private final EventLoopOwner owner;
    private final StreamOptions options;
    private final ConnectionAcceptor acceptor;
    private final AtomicInteger connections;

    private final LinkedHashSet<ServerPreface> silent = new LinkedHashSet<>();
    private final Set<NettyTcpConnection> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean sweepScheduled;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private boolean ending;

    TcpLinks(EventLoopOwner owner, StreamOptions options, ConnectionAcceptor acceptor, AtomicInteger connections) {
        this.owner = owner;
        this.options = options;
        this.acceptor = acceptor;
        this.connections = connections;
    }

    /** A new link, of which nothing is known. */
    void accepted(ServerPreface link) {
        assert owner.inOwnerThread();
        if (ending) {
            link.drop();
            return;
        }
        if (silent.size() >= options.maxSilentLinks()) {
            ServerPreface oldest = silent.iterator().next();
            silent.remove(oldest);
            oldest.drop();
        }
        silent.add(link);
        scheduleSweep();
    }

    /** The link has said its preface, or is gone. */
    void spoke(ServerPreface link) {
        silent.remove(link);
    }

    /** The link has become a connection. */
    void opened(NettyTcpConnection connection) {
        open.add(connection);
        connections.incrementAndGet();
        connection.handler(acceptor.onConnection(connection));
    }

    void ended(NettyTcpConnection connection) {
        if (open.remove(connection)) {
            connections.decrementAndGet();
        }
        completeEnding();
    }

    /** Drops the silent and closes the others; the result completes when none is left. */
    void endAll(ReasonCode code, String text, CompletableFuture<Void> allEnded) {
        assert owner.inOwnerThread();
        ending = true;
        ended.thenRun(() -> allEnded.complete(null));
        List.copyOf(silent).forEach(ServerPreface::drop);
        silent.clear();
        List.copyOf(open).forEach(connection -> connection.close(code, text));
        completeEnding();
    }

    EventLoopOwner owner() {
        return owner;
    }

    StreamOptions options() {
        return options;
    }

    private void completeEnding() {
        if (ending && open.isEmpty()) {
            ended.complete(null);
        }
    }

    private void scheduleSweep() {
        if (!sweepScheduled && !silent.isEmpty()) {
            sweepScheduled = true;
            long dueIn = silent.iterator().next().deadlineNanos() - System.nanoTime();
            owner.schedule(dueIn, this::sweep);
        }
    }

    private void sweep() {
        sweepScheduled = false;
        long now = System.nanoTime();
        for (Iterator<ServerPreface> oldestFirst = silent.iterator(); oldestFirst.hasNext(); ) {
            ServerPreface link = oldestFirst.next();
            if (link.deadlineNanos() - now > 0) {
                break;
            }
            oldestFirst.remove();
            link.drop();
        }
        scheduleSweep();
    }
}
