// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.road;

import io.hongyan.simnet.Lateness;
import io.hongyan.simnet.LinkProfile;
import java.net.InetSocketAddress;

/**
 * The way of one flow between a client and a server, which a seeded relay makes bad. It begins perfect. Every method may
 * be called from any thread; the one who opened it closes it.
 */
public interface Road extends AutoCloseable {

    /** Where the client connects. */
    InetSocketAddress address();

    /** Makes both directions as bad as this, from now on; how much a packet weighs, the road knows better. */
    void profile(LinkProfile profile);

    /** What was sent into it so far. */
    Traffic traffic();

    /** How late the relay was so far, both directions together. */
    Lateness lateness();

    @Override
    void close();
}
