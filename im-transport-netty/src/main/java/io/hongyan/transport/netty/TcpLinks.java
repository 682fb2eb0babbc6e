// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.connection.ConnectionAcceptor;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The links of one listener on one loop: those that have said nothing yet, those that have begun to, both oldest first,
 * and those that are connections. It ends who takes too long, and the oldest when there are too many, the silent before the
 * others: an honest peer begins at once.
 */
@Confined("owner")
final class TcpLinks {
    /** Between two looks at all of them. */
    private static final long LEAST_SWEEP_NANOS = 20_000_000;

    private final EventLoopOwner owner;
    private final StreamOptions options;
    private final Entrance entrance;
    private final Executor tlsTasks;
    private final ConnectionAcceptor acceptor;
    private final AtomicInteger connections;

    private final LinkedHashSet<NewLink> silent = new LinkedHashSet<>();
    private final LinkedHashSet<NewLink> beginning = new LinkedHashSet<>();
    private final Set<NettyTcpConnection> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean sweepScheduled;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private boolean ending;

    /** @param tlsTasks runs what TLS takes long for */
    TcpLinks(
            EventLoopOwner owner,
            StreamOptions options,
            Entrance entrance,
            Executor tlsTasks,
            ConnectionAcceptor acceptor,
            AtomicInteger connections) {
        this.owner = owner;
        this.options = options;
        this.entrance = entrance;
        this.tlsTasks = tlsTasks;
        this.acceptor = acceptor;
        this.connections = connections;
    }

    /** A new link, of which nothing is known. */
    void accepted(NewLink link) {
        assert owner.inOwnerThread();
        if (ending) {
            link.drop();
            return;
        }
        if (silent.size() + beginning.size() >= options.maxSilentLinks()) {
            entrance.events().refused(ReasonCode.TOO_MANY_CONNECTIONS);
            dropOldest(silent.isEmpty() ? beginning : silent);
        }
        silent.add(link);
        scheduleSweep();
    }

    /** The link has said what it speaks. */
    void recognised(NewLink link) {
        if (silent.remove(link)) {
            beginning.add(link);
        }
    }

    /** The link has said its preface, or is closed. */
    void gone(NewLink link) {
        silent.remove(link);
        beginning.remove(link);
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

    /** Makes room: drops the older half of those that have said nothing. */
    void dropSilent() {
        assert owner.inOwnerThread();
        for (int half = (silent.size() + 1) / 2; half > 0; half--) {
            dropOldest(silent);
        }
    }

    /** Asks the gate whether the address is listened to. From any thread. */
    @ThreadSafe
    boolean isWelcome(InetAddress peer) {
        boolean welcome = entrance.gate().isWelcome(peer);
        if (!welcome) {
            entrance.events().refused(ReasonCode.NOT_PERMITTED);
        }
        return welcome;
    }

    /**
     * Asks the gate for one more connection of the address, which leaves when the channel closes. From any thread.
     *
     * @return whether it may
     */
    @ThreadSafe
    boolean enters(Channel channel, InetAddress peer) {
        if (!isWelcome(peer)) {
            return false;
        }
        ConnectionGate gate = entrance.gate();
        ReasonCode no = gate.enter(peer);
        if (no == null) {
            channel.closeFuture().addListener(closed -> gate.leave(peer));
        } else {
            entrance.events().refused(no);
        }
        return no == null;
    }

    /** Drops the silent and closes the others; the result completes when none is left. */
    void endAll(ReasonCode code, String text, CompletableFuture<Void> allEnded) {
        assert owner.inOwnerThread();
        ending = true;
        ended.thenRun(() -> allEnded.complete(null));
        List.copyOf(silent).forEach(NewLink::drop);
        List.copyOf(beginning).forEach(NewLink::drop);
        silent.clear();
        beginning.clear();
        List.copyOf(open).forEach(connection -> connection.close(code, text));
        completeEnding();
    }

    EventLoopOwner owner() {
        return owner;
    }

    StreamOptions options() {
        return options;
    }

    Entrance entrance() {
        return entrance;
    }

    Executor tlsTasks() {
        return tlsTasks;
    }

    private static void dropOldest(LinkedHashSet<NewLink> links) {
        Iterator<NewLink> oldestFirst = links.iterator();
        NewLink oldest = oldestFirst.next();
        oldestFirst.remove();
        oldest.drop();
    }

    private void completeEnding() {
        if (ending && open.isEmpty()) {
            ended.complete(null);
        }
    }

    private void scheduleSweep() {
        if (!sweepScheduled && !(silent.isEmpty() && beginning.isEmpty())) {
            sweepScheduled = true;
            long now = System.nanoTime();
            long dueIn = Math.min(untilFirstIsDue(silent, now), untilFirstIsDue(beginning, now));
            owner.schedule(Math.max(LEAST_SWEEP_NANOS, dueIn), this::sweep);
        }
    }

    /** They are nearly in the order of their deadlines; who is a little late is seen at the next sweep. */
    private static long untilFirstIsDue(LinkedHashSet<NewLink> links, long now) {
        return links.isEmpty() ? Long.MAX_VALUE : links.iterator().next().deadlineNanos() - now;
    }

    private void sweep() {
        sweepScheduled = false;
        long now = System.nanoTime();
        dropOverdue(silent, now);
        dropOverdue(beginning, now);
        scheduleSweep();
    }

    private void dropOverdue(LinkedHashSet<NewLink> links, long now) {
        for (Iterator<NewLink> each = links.iterator(); each.hasNext(); ) {
            NewLink link = each.next();
            if (link.deadlineNanos() - now <= 0) {
                each.remove();
                entrance.events().refused(ReasonCode.HANDSHAKE_TIMEOUT);
                link.drop();
            }
        }
    }
}
