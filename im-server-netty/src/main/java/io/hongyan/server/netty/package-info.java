// SPDX-License-Identifier: Apache-2.0
/**
 * The server a user embeds: a builder, its transports, start and stop. Everything a server does is in
 * {@code io.hongyan.core}, everything with bytes and sockets in {@code io.hongyan.transport.netty}; here they are put
 * together.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.server.netty.ImServer}, {@link io.hongyan.server.netty.Transports}.
 *
 * <pre>
 *   ImServer  --  ImNode  (sessions, router, listeners of the user)
 *       \            |  Transport
 *        \       TcpTransport, UdpTransport
 *         \          |
 *          IoLoops  (one set of event loops for all of them)
 * </pre>
 */
@NullMarked
package io.hongyan.server.netty;

import org.jspecify.annotations.NullMarked;
