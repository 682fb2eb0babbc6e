// SPDX-License-Identifier: Apache-2.0
/**
 * The bad roads between the two ends of a transport: UDP through a relay, kernel TCP through the same relay.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.benchmarks.road.Road}.
 */
@NullMarked
package io.hongyan.benchmarks.road;

import org.jspecify.annotations.NullMarked;
