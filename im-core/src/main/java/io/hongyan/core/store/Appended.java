// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.store;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import java.util.Objects;

/**
 * What a store did with a message.
 *
 * @param code {@link ReasonCode#OK}, or why it did not take it, such as {@link ReasonCode#INBOX_FULL}; then all else is
 *     empty
 * @param sequence its place in the conversation, from 1
 * @param timeMillis when the server took it, in ms since 1970: that of the first time if it is repeated
 * @param positions in the inboxes, in the order in which the envelope lists them; none if it is repeated
 * @param repeated whether it was kept before, under the same id: those who are to get it have it in their inboxes
 */
@ThreadSafe
public record Appended(ReasonCode code, long sequence, long timeMillis, Positions positions, boolean repeated) {
    public Appended {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(positions, "positions");
        if ((code == ReasonCode.OK) != (sequence > 0)) {
            throw new IllegalArgumentException("OK and a place go together");
        }
    }

    /** It is kept. @param positions in the inboxes, as the envelope lists them */
    public static Appended at(long sequence, long timeMillis, long... positions) {
        return new Appended(ReasonCode.OK, sequence, timeMillis, new Positions(positions), false);
    }

    /** It was kept already. */
    public static Appended again(long sequence, long timeMillis) {
        return new Appended(ReasonCode.OK, sequence, timeMillis, Positions.NONE, true);
    }

    /** It is not kept, and the sender is told this code. */
    public static Appended refused(ReasonCode code) {
        return new Appended(code, 0, 0, Positions.NONE, false);
    }
}
