// SPDX-License-Identifier: Apache-2.0
/**
 * What both ends of a connection must agree on before any byte is read: the lanes, the codes with which things end, and
 * the exception that hostile bytes become. Everything else of the protocol imports this package; it imports nothing.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.protocol.ReasonCode} for why things end,
 * {@link io.hongyan.protocol.Lane} for what may overtake what.
 *
 * <pre>
 *   packet      typed values            io.hongyan.protocol.packet
 *     |
 *   frame       length | type | body    io.hongyan.protocol.frame
 *     |
 *   connection  a link that carries     io.hongyan.protocol.connection
 *     |         frames, TCP or UDP
 *   rudp        frames in datagrams     io.hongyan.protocol.rudp
 * </pre>
 */
@NullMarked
package io.hongyan.protocol;

import org.jspecify.annotations.NullMarked;
