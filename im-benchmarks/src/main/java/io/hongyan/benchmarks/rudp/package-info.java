// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code rudp}: our reliable UDP beside KCP, QUIC and TCP.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.benchmarks.rudp.RudpCommand}.
 */
@NullMarked
package io.hongyan.benchmarks.rudp;

import org.jspecify.annotations.NullMarked;
