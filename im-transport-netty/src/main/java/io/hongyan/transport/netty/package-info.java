// SPDX-License-Identifier: Apache-2.0
/**
 * The Netty side of both ends of a connection: event loops, TCP links, and the driver of the reliable-UDP engine. What
 * comes out is {@link io.hongyan.protocol.connection.Connection}; no user, no session and no policy is known here.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.transport.netty.IoLoops} first, then {@link
 * io.hongyan.transport.netty.TcpListener} and {@link io.hongyan.transport.netty.UdpListener} on a server, {@link
 * io.hongyan.transport.netty.TcpConnector} and {@link io.hongyan.transport.netty.UdpConnector} on a client. Threads, queues
 * and their bounds: {@code docs/design/transports.md}.
 *
 * <p>Handlers of a channel, in the order of what is read; what is written goes to the socket from the last one at once.
 *
 * <pre>
 *   TCP, server    [SslHandler]  -->  NewLink (until 8 bytes)  -->  NettyTcpConnection  -->  ConnectionHandler
 *   TCP, client    [SslHandler]  -->  Connecting (until connected)   -->  ClientPreface (until 8 bytes)  -->  NettyTcpConnection  -->  ...
 *   TCP, listener  Accepting
 *   UDP            UdpDriver  --  RudpEndpoint  -->  UdpConnection (many)  -->  ConnectionHandler
 * </pre>
 */
@NullMarked
package io.hongyan.transport.netty;

import org.jspecify.annotations.NullMarked;
