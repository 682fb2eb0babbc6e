// SPDX-License-Identifier: Apache-2.0
/**
 * Runs of our code beside others, never published.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.benchmarks.Benchmarks}.
 */
@NullMarked
package io.hongyan.benchmarks;

import org.jspecify.annotations.NullMarked;
