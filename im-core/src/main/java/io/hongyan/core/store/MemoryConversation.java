// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.store;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.packet.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One conversation in memory: its last sequence, and as many of its last messages as the store keeps of each. */
@Confined("this")
final class MemoryConversation {
    private final Deque<Message> history = new ArrayDeque<>(0);
    private long last;
    private boolean used = true;
    private boolean gone;

    /** @param last the sequence before its first message */
    MemoryConversation(long last) {
        this.last = last;
    }

    long last() {
        return last;
    }

    /** Whether it was removed from the store: look it up again. */
    boolean isGone() {
        return gone;
    }

    /** Whether it was, since this was asked before. */
    boolean wasUsed() {
        boolean was = used;
        used = false;
        return was;
    }

    void remove() {
        gone = true;
    }

    long next() {
        used = true;
        return ++last;
    }

    /** The place was not used after all. */
    void takeBack() {
        last--;
    }

    /** The same message, if it is among those kept. */
    @Nullable
    Message find(Message message) {
        Iterator<Message> newestFirst = history.descendingIterator();
        while (newestFirst.hasNext()) {
            Message kept = newestFirst.next();
            if (kept.id().equals(message.id()) && Objects.equals(kept.from(), message.from())) {
                return kept;
            }
        }
        return null;
    }

    /** Keeps a message, and lets the oldest go beyond a number. @return the bytes that this took, or gave back */
    long keep(Message message, int most) {
        if (most == 0) {
            return 0;
        }
        history.addLast(message);
        long more = InMemoryMessageStore.costOf(message);
        if (history.size() > most) {
            more -= InMemoryMessageStore.costOf(history.removeFirst());
        }
        return more;
    }

    /** Lets all messages go. @return the bytes given back */
    long clear() {
        long bytes = 0;
        for (Message message : history) {
            bytes += InMemoryMessageStore.costOf(message);
        }
        history.clear();
        return bytes;
    }

    List<Message> read(long before, int maxMessages, int maxBytes) {
        List<Message> page = new ArrayList<>();
        long bytes = 0;
        Iterator<Message> newestFirst = history.descendingIterator();
        while (newestFirst.hasNext() && page.size() < maxMessages) {
            Message message = newestFirst.next();
            if (message.sequence() >= before) {
                continue;
            }
            bytes += message.payload().size();
            if (bytes > maxBytes && !page.isEmpty()) {
                break;
            }
            page.add(message);
        }
        return page;
    }
}
