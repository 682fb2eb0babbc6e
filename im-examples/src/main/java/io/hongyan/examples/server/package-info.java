// SPDX-License-Identifier: Apache-2.0
/**
 * The chat server: an {@code ImServer} with listeners and a token, run until a signal drains it.
 *
 * <p>Starting point: {@link io.hongyan.examples.server.ServerCommand}.
 */
@NullMarked
package io.hongyan.examples.server;

import org.jspecify.annotations.NullMarked;
