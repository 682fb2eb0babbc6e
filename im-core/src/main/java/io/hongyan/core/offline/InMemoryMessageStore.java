// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.offline;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.UserId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Keeps messages in memory, bounded per user and in total; what it holds ends with the process. Every stage it returns is
 * complete.
 *
 * <p>A full inbox refuses with {@link ReasonCode#INBOX_FULL}. When the total
 * is reached the answer is {@link ReasonCode#BACKPRESSURED}.
 */
@ThreadSafe
public final class InMemoryMessageStore implements MessageStore {
    /** Bytes counted for a message besides its payload. */
    public static final int OVERHEAD_BYTES = 256;

    /** Bytes counted in the total for an inbox with messages, besides them. */
    public static final int INBOX_OVERHEAD_BYTES = 256;

    private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);
    private static final CompletionStage<Page> NOTHING = CompletableFuture.completedStage(Page.nothing());

    private final int messagesPerUser;
    private final long bytesPerUser;
    private final long totalBytes;
    private final ConcurrentHashMap<UserId, Inbox> inboxes = new ConcurrentHashMap<>();
    private final AtomicLong keptBytes = new AtomicLong();
    private final AtomicLong positions = new AtomicLong();
    private final AtomicLong fronts = new AtomicLong();
    private Iterator<Map.Entry<UserId, Inbox>> expirySweep = inboxes.entrySet().iterator();

    /** 1,000 messages and 1 MiB per user, 64 MiB in total. */
    public InMemoryMessageStore() {
        this(1000, 1024 * 1024, 64L * 1024 * 1024);
    }

    /**
     * @param messagesPerUser most messages in an inbox, at least 1
     * @param bytesPerUser most bytes in an inbox, payloads and {@link #OVERHEAD_BYTES} each, at least 1
     * @param totalBytes most bytes in all inboxes, {@link #INBOX_OVERHEAD_BYTES} for each inbox among them, at least 1
     */
    public InMemoryMessageStore(int messagesPerUser, long bytesPerUser, long totalBytes) {
        if (messagesPerUser < 1 || bytesPerUser < 1 || totalBytes < 1) {
            throw new IllegalArgumentException("the bounds of the store are at least 1");
        }
        this.messagesPerUser = messagesPerUser;
        this.bytesPerUser = bytesPerUser;
        this.totalBytes = totalBytes;
    }

    @Override
    public boolean durable() {
        return false;
    }

    @Override
    public String description() {
        return "in memory only, lost when the process ends; at most " + messagesPerUser + " messages and "
                + bytesPerUser + " bytes per user, " + totalBytes + " bytes in all";
    }

    @Override
    public CompletionStage<Appended> append(UserId user, Message message) {
        Appended[] result = new Appended[1];
        inboxes.compute(user, (id, known) -> {
            Inbox inbox = known == null ? new Inbox() : known;
            result[0] = append(inbox, message);
            return inbox.isEmpty() ? null : inbox;
        });
        return CompletableFuture.completedStage(result[0]);
    }

    @Override
    public CompletionStage<Page> read(UserId user, long after, int maxMessages, int maxBytes) {
        Page[] page = {null};
        inboxes.computeIfPresent(user, (id, inbox) -> {
            page[0] = inbox.read(after, maxMessages, maxBytes);
            return inbox;
        });
        return page[0] == null ? NOTHING : CompletableFuture.completedStage(page[0]);
    }

    @Override
    public CompletionStage<Void> forget(UserId user, long[] forgotten) {
        inboxes.computeIfPresent(user, (id, inbox) -> {
            for (long position : forgotten) {
                keptBytes.addAndGet(-inbox.remove(position));
            }
            return unlessEmpty(inbox);
        });
        return DONE;
    }

    @Override
    public CompletionStage<Void> putBack(UserId user, List<StoredMessage> messages) {
        if (messages.isEmpty()) {
            return DONE;
        }
        inboxes.compute(user, (id, known) -> {
            Inbox inbox = known;
            if (inbox == null) {
                inbox = new Inbox();
                keptBytes.addAndGet(INBOX_OVERHEAD_BYTES);
            }
            for (StoredMessage message : messages) {
                if (message.position() != StoredMessage.NOT_STORED) {
                    keptBytes.addAndGet(-inbox.remove(message.position()));
                }
            }
            for (int i = messages.size() - 1; i >= 0; i--) {
                keptBytes.addAndGet(inbox.addFirst(new StoredMessage(
                        fronts.decrementAndGet(), messages.get(i).message())));
            }
            return inbox;
        });
        return DONE;
    }

    @Override
    public synchronized CompletionStage<List<ExpiredMessage>> expire(long nowMillis, int maxMessages) {
        List<ExpiredMessage> expired = new ArrayList<>();
        if (!expirySweep.hasNext()) {
            expirySweep = inboxes.entrySet().iterator();
        }
        while (expirySweep.hasNext() && expired.size() < maxMessages) {
            inboxes.computeIfPresent(expirySweep.next().getKey(), (user, inbox) -> {
                keptBytes.addAndGet(-inbox.expire(user, nowMillis, expired));
                return unlessEmpty(inbox);
            });
        }
        return CompletableFuture.completedStage(expired);
    }

    /** Forgets everything. */
    @Override
    public CompletionStage<Void> close() {
        inboxes.clear();
        keptBytes.set(0);
        return DONE;
    }

    /** Bytes kept now, of all users. */
    public long keptBytes() {
        return keptBytes.get();
    }

    /** Messages kept now for a user. */
    public int keptMessages(UserId user) {
        int[] kept = new int[1];
        inboxes.computeIfPresent(user, (id, inbox) -> {
            kept[0] = inbox.size();
            return inbox;
        });
        return kept[0];
    }

    private @Nullable Inbox unlessEmpty(Inbox inbox) {
        if (!inbox.isEmpty()) {
            return inbox;
        }
        keptBytes.addAndGet(-INBOX_OVERHEAD_BYTES);
        return null;
    }

    private Appended append(Inbox inbox, Message message) {
        int cost = costOf(message);
        int more = inbox.isEmpty() ? cost + INBOX_OVERHEAD_BYTES : cost;
        if (inbox.size() >= messagesPerUser || inbox.bytes() + cost > bytesPerUser) {
            return Appended.refused(ReasonCode.INBOX_FULL);
        }
        if (keptBytes.addAndGet(more) > totalBytes) {
            keptBytes.addAndGet(-more);
            return Appended.refused(ReasonCode.BACKPRESSURED);
        }
        StoredMessage stored = new StoredMessage(positions.incrementAndGet(), message);
        inbox.addLast(stored);
        return Appended.at(stored);
    }

    static int costOf(Message message) {
        return message.payload().size() + OVERHEAD_BYTES;
    }
}
