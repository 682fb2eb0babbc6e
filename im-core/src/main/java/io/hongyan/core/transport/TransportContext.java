// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.transport;

import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.connection.ConnectionAcceptor;

/** What a node tells a transport at its start. */
@ThreadSafe
public interface TransportContext {
    /** Where new connections go. */
    ConnectionAcceptor acceptor();

    /** The longest frame taken, header included, in bytes. */
    int maxFrameBytes();

    /** The largest message taken, in bytes of payload. */
    int maxMessageBytes();

    /** How long first bytes, handshake and LOGIN may take together, in ms. The node closes late ones by itself. */
    long loginTimeoutMillis();

    /**
     * How long a carrier without a connection of the kernel's keeps a silent link at least, in ms, 120,000 to 3,600,000: so
     * long that the node, which knows what each client negotiated, is the first to give it up.
     */
    int idleTimeoutMillis();

    /** The shortest keep-alive that a client may negotiate, in s; a carrier's own liveness must not be slower. */
    int minKeepAliveSeconds();
}
