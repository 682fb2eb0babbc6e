// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.offline;

import io.hongyan.protocol.packet.UserId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * The messages kept in memory for one user, ascending by position. What was put back has negative
 * positions, so that they stay ascending. Guarded by its cell in the store's map.
 */
final class Inbox {
    private final Deque<StoredMessage> messages = new ArrayDeque<>();
    private long bytes;

    int size() {
        return messages.size();
    }

    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    void addLast(StoredMessage message) {
        messages.addLast(message);
        bytes += InMemoryMessageStore.costOf(message.message());
    }

    /** Adds before all others; the bytes added. */
    int addFirst(StoredMessage message) {
        messages.addFirst(message);
        int cost = InMemoryMessageStore.costOf(message.message());
        bytes += cost;
        return cost;
    }

    Page read(long after, int maxMessages, int maxBytes) {
        List<StoredMessage> page = new ArrayList<>(Math.min(maxMessages, messages.size()));
        long pageBytes = 0;
        for (StoredMessage message : messages) {
            if (message.position() <= after) {
                continue;
            }
            pageBytes += message.message().payload().size();
            if (page.size() == maxMessages || !page.isEmpty() && pageBytes > maxBytes) {
                return new Page(page, false);
            }
            page.add(message);
        }
        return new Page(page, true);
    }

    /** Removes the message at a position; the bytes given back, 0 when there is none. Those in front are found at once. */
    int remove(long position) {
        Iterator<StoredMessage> each = messages.iterator();
        while (each.hasNext()) {
            StoredMessage message = each.next();
            if (message.position() >= position) {
                if (message.position() > position) {
                    return 0;
                }
                each.remove();
                return gaveBack(message);
            }
        }
        return 0;
    }

    /** Removes what has expired and adds it to the list; the bytes given back. */
    long expire(UserId user, long nowMillis, List<ExpiredMessage> expired) {
        long before = bytes;
        messages.removeIf(message -> {
            boolean over = Expiry.isExpired(message.message(), nowMillis);
            if (over) {
                gaveBack(message);
                expired.add(new ExpiredMessage(user, message.message()));
            }
            return over;
        });
        return before - bytes;
    }

    private int gaveBack(StoredMessage message) {
        int cost = InMemoryMessageStore.costOf(message.message());
        bytes -= cost;
        return cost;
    }
}
