// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.offline;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a store did with a message.
 *
 * @param code {@link ReasonCode#OK}, or why it did not take it, such as {@link ReasonCode#INBOX_FULL}
 * @param stored where the message is now; null when it was not taken
 */
@ThreadSafe
public record Appended(ReasonCode code, @Nullable StoredMessage stored) {
    public Appended {
        Objects.requireNonNull(code, "code");
        if ((code == ReasonCode.OK) != (stored != null)) {
            throw new IllegalArgumentException("OK and a stored message go together");
        }
    }

    /** It is kept. */
    public static Appended at(StoredMessage stored) {
        return new Appended(ReasonCode.OK, stored);
    }

    /** It is not, and the sender is told this code. */
    public static Appended refused(ReasonCode code) {
        return new Appended(code, null);
    }
}
