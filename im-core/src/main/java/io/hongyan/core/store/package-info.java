// SPDX-License-Identifier: Apache-2.0
/**
 * What is kept of messages: conversations with one order each, an inbox per user, a cursor per device.
 *
 * <p><b>Starting point:</b> {@link io.hongyan.core.store.MessageStore}, the SPI.
 */
@NullMarked
package io.hongyan.core.store;

import org.jspecify.annotations.NullMarked;
