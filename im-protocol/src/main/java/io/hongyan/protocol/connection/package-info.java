// SPDX-License-Identifier: Apache-2.0
/**
 * The seam between carriers and everything above: a link that carries whole frames, and the one who uses it. Transports
 * implement {@link io.hongyan.protocol.connection.Connection} on both ends, test kits implement it in memory; sessions
 * and clients implement {@link io.hongyan.protocol.connection.ConnectionHandler}.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.protocol.connection.Connection},
 * {@link io.hongyan.protocol.connection.Owner} for the rule of threads.
 *
 * <pre>
 *            onFrame, onReadComplete, onWritable, onClosed
 *   carrier ------------------------------------------------&gt; ConnectionHandler
 *   carrier &lt;------------------------------------------------ session, client
 *            Connection.write, flush, pauseReading, close
 * </pre>
 */
@NullMarked
package io.hongyan.protocol.connection;

import org.jspecify.annotations.NullMarked;
