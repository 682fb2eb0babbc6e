// SPDX-License-Identifier: Apache-2.0
/**
 * The {@code relay} command: a bad network for anybody's UDP, between real sockets.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.examples.relay.RelayCommand}.
 */
@NullMarked
package io.hongyan.examples.relay;

import org.jspecify.annotations.NullMarked;
