// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.connection;

import io.hongyan.protocol.ThreadSafe;

/** Where listeners deliver new connections. Called on each connection's owner, so from several threads at once. */
@ThreadSafe
@FunctionalInterface
public interface ConnectionAcceptor {
    /**
     * Takes a new connection.
     *
     * @return who hears of it from now on; it may have closed the connection already
     */
    ConnectionHandler onConnection(Connection connection);
}
