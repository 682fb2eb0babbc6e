// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.offline;

import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.UserId;
import java.util.Objects;

/**
 * A message that a store let go because its time to live ran out.
 *
 * @param recipient whose inbox it was in
 * @param message the message
 */
@ThreadSafe
public record ExpiredMessage(UserId recipient, Message message) {
    public ExpiredMessage {
        Objects.requireNonNull(recipient, "recipient");
        Objects.requireNonNull(message, "message");
    }
}
