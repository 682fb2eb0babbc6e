// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.rudp;

import io.hongyan.benchmarks.peer.Inbox;
import io.hongyan.benchmarks.peer.Load;
import io.hongyan.benchmarks.peer.Peer;
import io.hongyan.benchmarks.plot.Style;
import java.io.IOException;

/**
 * One row of the tables.
 *
 * @param id how the command line calls it
 * @param name how people call it
 * @param protection what protects it against strangers
 * @param isOrdered whether a message waits for those before it
 * @param starter starts its server
 */
record Row(String id, String name, Style style, String protection, boolean isOrdered, Starter starter) {

    /** Starts a peer. */
    @FunctionalInterface
    interface Starter {
        Peer start(Load load, Inbox inbox) throws IOException;
    }
}
