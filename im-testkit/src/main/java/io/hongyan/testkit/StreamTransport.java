// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import io.hongyan.core.transport.Bound;
import io.hongyan.core.transport.Transport;
import io.hongyan.core.transport.TransportContext;
import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.simnet.Direction;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Streams in memory as a node's transport: {@code "tcp"}. */
@Confined("world")
final class StreamTransport implements Transport {
    private final Machine machine;
    private final InetSocketAddress address;
    private final Set<StreamConnection> open = new LinkedHashSet<>();
    private @Nullable TransportContext context;
    private @Nullable CompletableFuture<Void> closing;
    private boolean accepting;

    StreamTransport(Machine machine, InetSocketAddress address) {
        this.machine = machine;
        this.address = address;
    }

    @Override
    public String name() {
        return "tcp";
    }

    @Override
    public CompletionStage<List<Bound>> start(TransportContext node) {
        context = node;
        accepting = true;
        machine.world().listen(address, this);
        return CompletableFuture.completedStage(List.of(new Bound(name(), address)));
    }

    @Override
    public void stopAccepting() {
        accepting = false;
    }

    @Override
    public CompletionStage<Void> close() {
        machine.world().listenNoMore(address, this);
        CompletableFuture<Void> before = closing;
        if (before != null) {
            return before;
        }
        CompletableFuture<Void> closed = new CompletableFuture<>();
        closing = closed;
        MachineLoop first = machine.loops().get(0);
        for (StreamConnection connection : List.copyOf(open)) {
            connection.owner().execute(() -> connection.close(ReasonCode.SERVER_STOPPING, "the server stops"));
        }
        first.execute(() -> whenAllAreClosed(first, closed));
        return closed;
    }

    /** A client is at the door. */
    boolean accepts() {
        return accepting && machine.isAlive();
    }

    /** The server's end of a new stream, which its loop takes next. */
    StreamConnection accept(TestLink link, InetSocketAddress from) {
        TransportContext node = context;
        if (node == null) {
            throw new IllegalStateException("not started");
        }
        MachineLoop loop = machine.nextLoop();
        StreamConnection connection = new StreamConnection(loop, link, Direction.DOWN, from, node.maxFrameBytes());
        open.add(connection);
        loop.execute(() -> {
            try {
                connection.begin(node.acceptor().onConnection(connection));
            } catch (RuntimeException | Error failure) {
                connection.close(ReasonCode.INTERNAL_ERROR, failure.toString());
            }
        });
        return connection;
    }

    private void whenAllAreClosed(MachineLoop loop, CompletableFuture<Void> closed) {
        open.removeIf(StreamConnection::isOver);
        if (open.isEmpty()) {
            closed.complete(null);
        } else {
            loop.schedule(1_000_000, () -> whenAllAreClosed(loop, closed));
        }
    }
}
