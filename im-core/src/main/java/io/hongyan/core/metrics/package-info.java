// SPDX-License-Identifier: Apache-2.0
/**
 * The counts of a node and the SPI they go to.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.core.metrics.ImMetrics}, {@link io.hongyan.core.metrics.Metric} for the
 * documented names.
 */
@NullMarked
package io.hongyan.core.metrics;

import org.jspecify.annotations.NullMarked;
