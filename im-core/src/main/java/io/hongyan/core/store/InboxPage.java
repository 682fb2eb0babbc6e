// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.store;

import io.hongyan.protocol.ThreadSafe;
import java.util.List;

/**
 * Some messages of an inbox, in order.
 *
 * <pre>
 *    after            lostThrough              through
 *      |-- no longer kept --|-- messages, and what had expired --|
 * </pre>
 *
 * @param messages ascending by position, behind where the read began; may be empty
 * @param through the position that the page reaches: the next read begins here
 * @param lostThrough where a gap ends that cannot be filled, since what was there is no longer kept; where the read began
 *     if there is none. What has expired is no gap
 * @param last whether the inbox ended there when it was read
 */
@ThreadSafe
public record InboxPage(List<StoredMessage> messages, long through, long lostThrough, boolean last) {
    public InboxPage {
        messages = List.copyOf(messages);
        long before = lostThrough;
        for (StoredMessage message : messages) {
            if (message.position() <= before || message.position() > through) {
                throw new IllegalArgumentException("positions ascend from " + lostThrough + " to " + through
                        + ", not to " + message.position() + " behind " + before);
            }
            before = message.position();
        }
        if (lostThrough < 0 || lostThrough > through) {
            throw new IllegalArgumentException("a gap up to " + lostThrough + " in a page up to " + through);
        }
    }

    /** Nothing came behind a position. */
    public static InboxPage nothing(long after) {
        return new InboxPage(List.of(), after, after, true);
    }
}
