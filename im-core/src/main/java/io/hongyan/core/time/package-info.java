// SPDX-License-Identifier: Apache-2.0
/**
 * Time as it is injected: a clock for differences, and one thread for what belongs to no event loop.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.core.time.NanoClock}.
 */
@NullMarked
package io.hongyan.core.time;

import org.jspecify.annotations.NullMarked;
