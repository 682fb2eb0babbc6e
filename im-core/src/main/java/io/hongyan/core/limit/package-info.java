// SPDX-License-Identifier: Apache-2.0
/**
 * The bounds of a node and the counters of rates.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.core.limit.ServerLimits}, {@link io.hongyan.core.limit.Limit} for the
 * table of all of them.
 */
@NullMarked
package io.hongyan.core.limit;

import org.jspecify.annotations.NullMarked;
