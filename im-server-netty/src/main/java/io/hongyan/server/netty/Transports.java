// SPDX-License-Identifier: Apache-2.0
package io.hongyan.server.netty;

import io.hongyan.protocol.ThreadSafe;

/**
 * What a server can listen on. Port 0 takes any free port; {@link ImServer#port} tells which. Without a host the server
 * listens on all addresses of the machine, IPv4 and IPv6.
 */
@ThreadSafe
public final class Transports {
    private Transports() {}

    /** TCP on all addresses. */
    public static NettyTransport tcp(int port) {
        return new NettyTransport(NettyTransport.Kind.TCP, null, port);
    }

    /** TCP on one address or host name. */
    public static NettyTransport tcp(String host, int port) {
        return new NettyTransport(NettyTransport.Kind.TCP, host, port);
    }

    /**
     * Reliable UDP on all addresses. On a machine with several addresses name each of them instead: answers leave from the
     * one the kernel chooses, and clients take none from another than they asked.
     */
    public static NettyTransport udp(int port) {
        return new NettyTransport(NettyTransport.Kind.UDP, null, port);
    }

    /** Reliable UDP on one address or host name. */
    public static NettyTransport udp(String host, int port) {
        return new NettyTransport(NettyTransport.Kind.UDP, host, port);
    }
}
