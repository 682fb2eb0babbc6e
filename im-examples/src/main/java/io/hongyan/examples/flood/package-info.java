// SPDX-License-Identifier: Apache-2.0
/**
 * The {@code flood} command: what strangers and broken clients do to a server, for tests of one's own server. One thread,
 * plain non-blocking sockets, bounded memory, no client library that would behave.
 *
 * <pre>
 *   Pace ─(due)─► Flood ──► UdpSockets | TcpLinks ──► server
 *                   │                │
 *                   └─► FloodTally ◄─┘ answers, codes, closings
 * </pre>
 *
 * <p><b>Starting points:</b> {@link io.hongyan.examples.flood.FloodCommand}; what each kind does and each figure means is
 * said in {@code docs/guide/cli.md}.
 */
@NullMarked
package io.hongyan.examples.flood;

import org.jspecify.annotations.NullMarked;
