// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.transport;

import io.hongyan.protocol.ThreadSafe;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * SPI: a way for clients to reach a node. It binds, and gives each new connection to the context's acceptor; it knows no
 * user and decides no policy. A transport belongs to one node and is started once.
 *
 * <pre>
 *   start ─► stopAccepting ─► close        the node calls each at most once, in this order; close also after a failed start
 * </pre>
 */
@ThreadSafe
public interface Transport {
    /** The carrier's short name, as in READY lines and logs: {@code "tcp"}, {@code "udp"}. */
    String name();

    /** Binds and begins to accept. The stage fails when it cannot, with the cause that the node then reports. */
    CompletionStage<List<Bound>> start(TransportContext context);

    /** Takes no new connection from now on; those that are open live on. Does not wait. */
    void stopAccepting();

    /**
     * What it holds and has counted. Asked about once a second while the node runs, not again before it has answered; does
     * not wait.
     */
    default CompletionStage<TransportStats> stats() {
        return CompletableFuture.completedStage(TransportStats.none(name()));
    }

    /** Ends what is still open and gives back sockets and threads; complete when nothing is left. */
    CompletionStage<Void> close();
}
