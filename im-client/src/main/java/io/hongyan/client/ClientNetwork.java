// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.connection.Owner;
import io.hongyan.transport.netty.ClientTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * SPI: the event loops and connectors that clients use. A program has no need of it: {@link ClientRuntime#create} brings
 * TCP and UDP. A test kit gives links in memory and virtual time, see {@link ClientRuntime#over}.
 *
 * <p>Nothing here blocks but {@link #lookUp} and {@link #close}. All that a connection does happens on its owner.
 */
@ThreadSafe
public interface ClientNetwork {

    /** The owner for one more client. */
    Owner nextOwner();

    /** The addresses of a host, in the order in which to try them. May block. */
    default InetAddress[] lookUp(String host) throws UnknownHostException {
        return InetAddress.getAllByName(host);
    }

    /**
     * Makes a connection.
     *
     * @param owner of this network
     * @param transport {@code "tcp"} or {@code "udp"}
     * @param handlers called on the owner as soon as frames may be written, which on UDP is before the server is known
     *     to be there
     * @return completes on any thread when the server has answered; fails with the network's exception
     */
    CompletionStage<Connection> connect(
            Owner owner, String transport, InetSocketAddress server, Function<Connection, ConnectionHandler> handlers);

    /**
     * Makes a connection to one of a server's addresses, as above.
     *
     * @param tls for a server whose transport is {@code "tls"}; its certificate must have the server's host as a name
     */
    default CompletionStage<Connection> connect(
            Owner owner,
            ServerAddress server,
            @Nullable ClientTls tls,
            InetSocketAddress address,
            Function<Connection, ConnectionHandler> handlers) {
        return connect(owner, server.transport(), address, handlers);
    }

    /** Whether the caller is on one of the loops. */
    boolean inLoop();

    /** Ends all connections and threads; returns when they are gone, within a bound. */
    void close();
}
