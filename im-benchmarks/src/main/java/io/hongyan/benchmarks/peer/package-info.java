// SPDX-License-Identifier: Apache-2.0
/**
 * The transports under measurement, all behind one interface.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.benchmarks.peer.Peer}.
 */
@NullMarked
package io.hongyan.benchmarks.peer;

import org.jspecify.annotations.NullMarked;
