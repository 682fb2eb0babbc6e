// SPDX-License-Identifier: Apache-2.0
/**
 * Plots as SVG, readable on light and on dark pages.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.benchmarks.plot.PercentilePlot}, {@link io.hongyan.benchmarks.plot.BarPlot}.
 */
@NullMarked
package io.hongyan.benchmarks.plot;

import org.jspecify.annotations.NullMarked;
