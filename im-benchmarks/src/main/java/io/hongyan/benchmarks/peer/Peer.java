// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.peer;

import io.hongyan.benchmarks.road.Road;
import java.io.IOException;

/**
 * A transport under measurement: a running server and what connects to it. Used by the thread that made it, which also
 * closes it.
 */
public interface Peer extends AutoCloseable {

    /** Time to connect over a good road. */
    int CONNECT_SECONDS = 10;

    /** A road to this peer's server, whose losses follow from the seed. */
    Road newRoad(long seed) throws IOException;

    /**
     * Connects across a road; returns when the handshake is over.
     *
     * @throws IOException if nobody answers in time
     */
    PeerLink connect(Road road) throws IOException;

    /** Ends all links and the server, and waits for their threads. */
    @Override
    void close();
}
