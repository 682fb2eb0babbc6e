// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.MessageId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of a message that the application sent.
 *
 * @param id the id the node gave it
 * @param code {@link ReasonCode#OK}, or why it was refused
 * @param level how far it had come when this receipt was made; null when it was refused. Lower than what was asked for
 *     when the time for it ran out: the message is still on its way
 */
@ThreadSafe
public record Receipt(
        MessageId id, ReasonCode code, @Nullable ReceiptLevel level) {
    public Receipt {
        Objects.requireNonNull(id, "id");
        if ((code == ReasonCode.OK) != (level != null)) {
            throw new IllegalArgumentException("OK and a level go together");
        }
    }

    static Receipt reached(MessageId id, ReceiptLevel level) {
        return new Receipt(id, ReasonCode.OK, level);
    }

    static Receipt refused(MessageId id, ReasonCode code) {
        return new Receipt(id, code, null);
    }

    /** Whether the message came at least this far. */
    public boolean reached(ReceiptLevel wanted) {
        return level != null && level.compareTo(wanted) >= 0;
    }
}
