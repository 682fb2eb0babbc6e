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

    /** The shortest keep-alive that a client may negotiate, in s; a carrier's own liveness must not be slower. */
    int minKeepAliveSeconds();
}
