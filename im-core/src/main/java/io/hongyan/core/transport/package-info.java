// SPDX-License-Identifier: Apache-2.0
/**
 * The seam to what listens on ports. Connections themselves are {@code io.hongyan.protocol.connection}.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.core.transport.Transport}.
 */
@NullMarked
package io.hongyan.core.transport;

import org.jspecify.annotations.NullMarked;
