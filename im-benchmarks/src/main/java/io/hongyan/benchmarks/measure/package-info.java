// SPDX-License-Identifier: Apache-2.0
/**
 * What was measured, and the least that physics allows.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.benchmarks.measure.Latencies}, {@link io.hongyan.benchmarks.measure.GenieBound}.
 */
@NullMarked
package io.hongyan.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
