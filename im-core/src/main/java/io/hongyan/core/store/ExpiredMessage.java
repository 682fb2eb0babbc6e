// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.store;

import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.UserId;
import java.util.Objects;

/**
 * A message whose time to live ran out before any device of its recipient had it.
 *
 * @param recipient whose inbox it was in
 * @param position where
 * @param message what
 */
@ThreadSafe
public record ExpiredMessage(UserId recipient, long position, Message message) {
    public ExpiredMessage {
        Objects.requireNonNull(recipient, "recipient");
        Objects.requireNonNull(message, "message");
    }
}
