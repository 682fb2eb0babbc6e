// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.offline;

import io.hongyan.protocol.ThreadSafe;
import java.util.List;

/**
 * Some messages of an inbox, in order.
 *
 * @param messages ascending by position; may be empty
 * @param last whether nothing was kept behind them when they were read
 */
@ThreadSafe
public record Page(List<StoredMessage> messages, boolean last) {
    private static final Page NOTHING = new Page(List.of(), true);

    public Page {
        messages = List.copyOf(messages);
        if (messages.isEmpty() && !last) {
            throw new IllegalArgumentException("an empty page is the last one");
        }
    }

    /** An empty inbox. */
    public static Page nothing() {
        return NOTHING;
    }
}
