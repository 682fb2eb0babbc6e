// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.store;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.UserId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One user's inbox in memory, with the cursors of his devices. A message is let go when all devices that are known have it;
 * while no device is known it stays.
 */
@Confined("this")
final class MemoryInbox {
    private static final int READ_MARKS = 256;

    private final UserId user;
    private final Deque<StoredMessage> messages = new ArrayDeque<>(0);
    private final MemoryCursors cursors = new MemoryCursors();
    /** The conversation read longest ago first; null before the first. */
    private @Nullable Map<ConversationId, Long> readMarks;

    private long bytes;
    private long last;
    private long furthest;
    private long lostThrough;
    private boolean gone;

    /** @param last the position before its first message */
    MemoryInbox(UserId user, long last) {
        this.user = user;
        this.last = last;
        this.furthest = last;
    }

    /** Whether it was removed from the store: look it up again. */
    boolean isGone() {
        return gone;
    }

    void remove() {
        gone = true;
    }

    UserId user() {
        return user;
    }

    long last() {
        return last;
    }

    int size() {
        return messages.size();
    }

    /** Whether it holds nothing that some device has not got. */
    boolean isEmpty() {
        return messages.isEmpty();
    }

    /**
     * Lets go of the oldest messages that some device has, until another one fits. One larger than the bound fits when
     * there is no other.
     *
     * @return the bytes given back
     */
    long makeRoom(int cost, int maxMessages, long maxBytes) {
        long before = bytes;
        while (!fits(cost, maxMessages, maxBytes) && messages.getFirst().position() <= furthest) {
            lose();
        }
        return before - bytes;
    }

    /** As {@link #makeRoom}, whether or not any device has them. */
    long forceRoom(int cost, int maxMessages, long maxBytes) {
        long before = bytes;
        while (!fits(cost, maxMessages, maxBytes)) {
            lose();
        }
        return before - bytes;
    }

    /** Lets go of what some device has. @return the bytes given back */
    long loseDelivered() {
        long before = bytes;
        while (!messages.isEmpty() && messages.getFirst().position() <= furthest) {
            lose();
        }
        return before - bytes;
    }

    boolean fits(int cost, int maxMessages, long maxBytes) {
        return messages.isEmpty() || messages.size() < maxMessages && bytes + cost <= maxBytes;
    }

    long add(Message message) {
        messages.addLast(new StoredMessage(++last, message));
        bytes += InMemoryMessageStore.costOf(message);
        return last;
    }

    InboxPage read(long after, int maxMessages, int maxBytes) {
        if (after >= last) {
            return InboxPage.nothing(after);
        }
        List<StoredMessage> page = new ArrayList<>(Math.min(maxMessages, messages.size()));
        long lost = Math.max(after, Math.min(lostThrough, last));
        long through = lost;
        long pageBytes = 0;
        for (StoredMessage message : messages) {
            if (message.position() <= after) {
                continue;
            }
            pageBytes += message.message().payload().size();
            if (page.size() == maxMessages || !page.isEmpty() && pageBytes > maxBytes) {
                return new InboxPage(page, through, lost, false);
            }
            page.add(message);
            through = message.position();
        }
        return new InboxPage(page, last, lost, true);
    }

    Cursor cursor(DeviceId device) {
        long known = cursors.of(device);
        if (known >= 0) {
            return new Cursor(known, furthest, false);
        }
        cursors.put(device, furthest);
        return new Cursor(furthest, furthest, true);
    }

    /** @return the bytes given back */
    long advance(DeviceId device, long position) {
        long reached = Math.max(cursors.of(device), Math.min(position, last));
        cursors.put(device, reached);
        furthest = Math.max(furthest, reached);
        long all = cursors.least();
        long before = bytes;
        while (!messages.isEmpty() && messages.getFirst().position() <= all) {
            removeFirst();
        }
        return before - bytes;
    }

    boolean isDelivered(String conversation, long sequence) {
        Iterator<StoredMessage> newestFirst = messages.descendingIterator();
        while (newestFirst.hasNext()) {
            StoredMessage stored = newestFirst.next();
            if (stored.position() <= furthest) {
                return true;
            }
            if (stored.message().sequence() == sequence
                    && conversation.equals(stored.message().conversation())) {
                return false;
            }
        }
        return true;
    }

    long markRead(ConversationId conversation, long sequence) {
        long before = readMark(conversation);
        Map<ConversationId, Long> marks = readMarks == null ? new LinkedHashMap<>() : readMarks;
        readMarks = marks;
        marks.remove(conversation);
        if (marks.size() == READ_MARKS) {
            Iterator<ConversationId> oldest = marks.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        marks.put(conversation, Math.max(before, sequence));
        return before;
    }

    long readMark(ConversationId conversation) {
        return readMarks == null ? 0 : readMarks.getOrDefault(conversation, 0L);
    }

    int waiting(int most) {
        int waiting = 0;
        Iterator<StoredMessage> newestFirst = messages.descendingIterator();
        while (newestFirst.hasNext() && waiting < most) {
            StoredMessage message = newestFirst.next();
            if (message.position() <= furthest) {
                break;
            }
            if (!isFromHimself(message.message())) {
                waiting++;
            }
        }
        return waiting;
    }

    /**
     * Lets go of what has expired, and adds to the list what no device has of it, until the list is full.
     *
     * @return the bytes given back
     */
    long expire(long nowMillis, List<ExpiredMessage> expired, int most) {
        long before = bytes;
        Iterator<StoredMessage> each = messages.iterator();
        while (each.hasNext() && expired.size() < most) {
            StoredMessage message = each.next();
            if (Expiry.isExpired(message.message(), nowMillis)) {
                each.remove();
                bytes -= InMemoryMessageStore.costOf(message.message());
                if (message.position() > furthest && !message.message().isCopyFor(user)) {
                    expired.add(new ExpiredMessage(user, message.position(), message.message()));
                }
            }
        }
        return before - bytes;
    }

    private boolean isFromHimself(Message message) {
        return message.from() instanceof Address.User from && from.user().equals(user);
    }

    private void lose() {
        lostThrough = messages.getFirst().position();
        removeFirst();
    }

    private void removeFirst() {
        bytes -= InMemoryMessageStore.costOf(messages.removeFirst().message());
    }
}
