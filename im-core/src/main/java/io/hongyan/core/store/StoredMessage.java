// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.store;

import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Message;
import java.util.Objects;

/**
 * A message and its place in an inbox.
 *
 * @param position from 1
 * @param message its place in its conversation is filled
 */
@ThreadSafe
public record StoredMessage(long position, Message message) {
    public StoredMessage {
        if (position < 1) {
            throw new IllegalArgumentException("a position is at least 1, not " + position);
        }
        Objects.requireNonNull(message, "message");
    }
}
