// SPDX-License-Identifier: Apache-2.0
/**
 * What waits for users who are not here.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.core.offline.MessageStore}, the SPI;
 * {@link io.hongyan.core.offline.InMemoryMessageStore}, what a node has unless told otherwise.
 */
@NullMarked
package io.hongyan.core.offline;

import org.jspecify.annotations.NullMarked;
