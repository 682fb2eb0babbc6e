// SPDX-License-Identifier: Apache-2.0
/**
 * How far reliable UDP scales: idle sessions in memory and on real sockets, handshakes a second. Each main class prints
 * one line of figures, taken from processor time and live heap, which other load on the machine disturbs least.
 *
 * <pre>
 *   EngineIdle    the engine alone, simulated clock
 *   SocketCrowd   a server in a process of its own  <--- loopback --->  many sessions on few sockets
 * </pre>
 *
 * <p>Starting points: {@link io.hongyan.benchmarks.scale.SocketCrowd}, and for the figures
 * {@code docs/performance/scale.md}.
 */
@NullMarked
package io.hongyan.benchmarks.scale;

import org.jspecify.annotations.NullMarked;
