// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.store;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.DeviceId;
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
import java.util.function.Function;

/**
 * Keeps messages in memory, bounded per user and in total; what it holds ends with the process. Every stage it returns is
 * complete; of two threads that append to the same inbox, the later one may see its stage first.
 *
 * <p>A message stays until all devices that are known have it. In an inbox that is full those go that some device has; where
 * none has them, a message to this user is refused with {@link ReasonCode#INBOX_FULL}, while one to a group, or a copy for
 * the sender's own devices, takes the place of the oldest. When the total is reached history goes first, and what some
 * device has; and then the answer is {@link ReasonCode#BACKPRESSURED}.
 */
@ThreadSafe
public final class InMemoryMessageStore implements MessageStore {
    /** Bytes counted for a message besides its payload, in each inbox and in the history. */
    public static final int OVERHEAD_BYTES = 256;

    /** Bytes counted in the total for each inbox and each conversation, besides messages. */
    public static final int HOLDER_BYTES = 256;

    private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);
    private static final int SWEPT_AT_ONCE = 64;

    private final int messagesPerUser;
    private final long bytesPerUser;
    private final long totalBytes;
    private final int historyMessages;
    private final ConcurrentHashMap<UserId, MemoryInbox> inboxes = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<ConversationId, MemoryConversation> conversations = new ConcurrentHashMap<>();
    private final AtomicLong keptBytes = new AtomicLong();
    /** Numbers go on from here where nobody remembers how far they were. */
    private final AtomicLong base = new AtomicLong();

    private Iterator<MemoryInbox> inboxSweep = inboxes.values().iterator();
    private Iterator<Map.Entry<ConversationId, MemoryConversation>> conversationSweep =
            conversations.entrySet().iterator();

    /** 1,000 messages and 8 MiB per user, 64 MiB in total, no history. */
    public InMemoryMessageStore() {
        this(1000, 8 * 1024 * 1024, 64L * 1024 * 1024);
    }

    /** Without history; otherwise as the other. */
    public InMemoryMessageStore(int messagesPerUser, long bytesPerUser, long totalBytes) {
        this(messagesPerUser, bytesPerUser, totalBytes, 0);
    }

    /**
     * @param messagesPerUser most messages in an inbox, at least 1
     * @param bytesPerUser most bytes in an inbox, payloads and {@link #OVERHEAD_BYTES} each, at least 1
     * @param totalBytes most bytes in all inboxes and conversations, {@link #HOLDER_BYTES} for each of them, at least 1
     * @param historyMessages how many of its last messages a conversation keeps, at least 0
     */
    public InMemoryMessageStore(int messagesPerUser, long bytesPerUser, long totalBytes, int historyMessages) {
        if (messagesPerUser < 1 || bytesPerUser < 1 || totalBytes < 1 || historyMessages < 0) {
            throw new IllegalArgumentException("the bounds of the store are at least 1, history at least 0");
        }
        this.messagesPerUser = messagesPerUser;
        this.bytesPerUser = bytesPerUser;
        this.totalBytes = totalBytes;
        this.historyMessages = historyMessages;
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
    public CompletionStage<Appended> append(Envelope envelope) {
        int cost = costOf(envelope.message());
        int inboxCount = envelope.inboxes().size();
        long most = (long) cost * (inboxCount + 1) + (long) HOLDER_BYTES * (inboxCount + 1);
        if (!reserve(most)) {
            return CompletableFuture.completedStage(Appended.refused(ReasonCode.BACKPRESSURED));
        }
        while (true) {
            MemoryConversation conversation = conversationOf(envelope.conversation());
            synchronized (conversation) {
                if (!conversation.isGone()) {
                    Appended appended = append(conversation, envelope, cost);
                    keptBytes.addAndGet((long) cost * appended.positions().size() - most);
                    return CompletableFuture.completedStage(appended);
                }
            }
        }
    }

    @Override
    public CompletionStage<InboxPage> read(UserId user, long after, int maxMessages, int maxBytes) {
        MemoryInbox inbox = inboxes.get(user);
        if (inbox == null) {
            return CompletableFuture.completedStage(InboxPage.nothing(after));
        }
        synchronized (inbox) {
            return CompletableFuture.completedStage(inbox.read(after, maxMessages, maxBytes));
        }
    }

    @Override
    public CompletionStage<List<Message>> history(ConversationId id, long before, int maxMessages, int maxBytes) {
        MemoryConversation conversation = conversations.get(id);
        if (conversation == null) {
            return CompletableFuture.completedStage(List.of());
        }
        synchronized (conversation) {
            return CompletableFuture.completedStage(conversation.read(before, maxMessages, maxBytes));
        }
    }

    @Override
    public CompletionStage<Cursor> cursor(UserId user, DeviceId device) {
        return CompletableFuture.completedStage(inInbox(user, inbox -> inbox.cursor(device)));
    }

    @Override
    public CompletionStage<Void> advance(UserId user, DeviceId device, long position) {
        keptBytes.addAndGet(-inInbox(user, inbox -> inbox.advance(device, position)));
        return DONE;
    }

    @Override
    public CompletionStage<Boolean> delivered(UserId user, ConversationId conversation, long sequence) {
        MemoryInbox inbox = inboxes.get(user);
        if (inbox == null) {
            return CompletableFuture.completedStage(true);
        }
        synchronized (inbox) {
            return CompletableFuture.completedStage(inbox.isDelivered(conversation.text(), sequence));
        }
    }

    @Override
    public CompletionStage<Void> markRead(UserId user, ConversationId conversation, long sequence) {
        inInbox(user, inbox -> inbox.markRead(conversation, sequence));
        return DONE;
    }

    @Override
    public CompletionStage<Long> readMark(UserId user, ConversationId conversation) {
        MemoryInbox inbox = inboxes.get(user);
        if (inbox == null) {
            return CompletableFuture.completedStage(0L);
        }
        synchronized (inbox) {
            return CompletableFuture.completedStage(inbox.readMark(conversation));
        }
    }

    @Override
    public CompletionStage<Integer> waiting(UserId user, int most) {
        MemoryInbox inbox = inboxes.get(user);
        if (inbox == null) {
            return CompletableFuture.completedStage(0);
        }
        synchronized (inbox) {
            return CompletableFuture.completedStage(inbox.waiting(most));
        }
    }

    @Override
    public synchronized CompletionStage<List<ExpiredMessage>> expire(long nowMillis, int maxMessages) {
        List<ExpiredMessage> expired = new ArrayList<>();
        if (!inboxSweep.hasNext()) {
            inboxSweep = inboxes.values().iterator();
        }
        while (inboxSweep.hasNext() && expired.size() < maxMessages) {
            MemoryInbox inbox = inboxSweep.next();
            synchronized (inbox) {
                keptBytes.addAndGet(-inbox.expire(nowMillis, expired, maxMessages));
            }
        }
        return CompletableFuture.completedStage(expired);
    }

    /** Forgets everything. */
    @Override
    public CompletionStage<Void> close() {
        inboxes.clear();
        conversations.clear();
        keptBytes.set(0);
        return DONE;
    }

    /** Bytes kept now, of all users and conversations. */
    public long keptBytes() {
        return keptBytes.get();
    }

    /** Messages kept now for a user. */
    public int keptMessages(UserId user) {
        MemoryInbox inbox = inboxes.get(user);
        if (inbox == null) {
            return 0;
        }
        synchronized (inbox) {
            return inbox.size();
        }
    }

    /** Under the conversation's lock. Who is not to be refused comes behind who may be. */
    private Appended append(MemoryConversation conversation, Envelope envelope, int cost) {
        Message message = envelope.message();
        Message kept = conversation.find(message);
        if (kept != null) {
            return Appended.again(kept.sequence(), kept.timeMillis());
        }
        Message placed = envelope.placed(conversation.next(), message.timeMillis());
        List<UserId> users = envelope.inboxes();
        long[] positions = new long[users.size()];
        int recipient = message.to() instanceof Address.User to ? users.indexOf(to.user()) : -1;
        if (recipient >= 0) {
            positions[recipient] = inInbox(users.get(recipient), inbox -> {
                keptBytes.addAndGet(-inbox.makeRoom(cost, messagesPerUser, bytesPerUser));
                return inbox.fits(cost, messagesPerUser, bytesPerUser) ? inbox.add(placed) : 0L;
            });
            if (positions[recipient] == 0) {
                conversation.takeBack();
                return Appended.refused(ReasonCode.INBOX_FULL);
            }
        }
        for (int i = 0; i < positions.length; i++) {
            if (i != recipient) {
                positions[i] = inInbox(users.get(i), inbox -> {
                    keptBytes.addAndGet(-inbox.forceRoom(cost, messagesPerUser, bytesPerUser));
                    return inbox.add(placed);
                });
            }
        }
        keptBytes.addAndGet(conversation.keep(placed, historyMessages));
        return Appended.at(placed.sequence(), placed.timeMillis(), positions);
    }

    private MemoryConversation conversationOf(ConversationId id) {
        MemoryConversation known = conversations.get(id);
        return known != null
                ? known
                : conversations.computeIfAbsent(id, any -> {
                    keptBytes.addAndGet(HOLDER_BYTES);
                    return new MemoryConversation(base.get());
                });
    }

    private <T> T inInbox(UserId user, Function<MemoryInbox, T> action) {
        while (true) {
            MemoryInbox inbox = inboxes.get(user);
            if (inbox == null) {
                inbox = inboxes.computeIfAbsent(user, any -> {
                    keptBytes.addAndGet(HOLDER_BYTES);
                    return new MemoryInbox(user, base.get());
                });
            }
            synchronized (inbox) {
                if (!inbox.isGone()) {
                    return action.apply(inbox);
                }
            }
        }
    }

    private boolean reserve(long bytes) {
        if (keptBytes.addAndGet(bytes) <= totalBytes) {
            return true;
        }
        if (sweep()) {
            return true;
        }
        keptBytes.addAndGet(-bytes);
        return false;
    }

    /** Lets go of conversations not used since the sweep before, of messages that some device has, and of empty inboxes. */
    private synchronized boolean sweep() {
        for (int i = 0; i < SWEPT_AT_ONCE && keptBytes.get() > totalBytes; i++) {
            if (!conversationSweep.hasNext()) {
                conversationSweep = conversations.entrySet().iterator();
            }
            if (conversationSweep.hasNext()) {
                let(conversationSweep.next());
            }
            if (!inboxSweep.hasNext()) {
                inboxSweep = inboxes.values().iterator();
            }
            if (inboxSweep.hasNext()) {
                let(inboxSweep.next());
            }
        }
        return keptBytes.get() <= totalBytes;
    }

    private void let(Map.Entry<ConversationId, MemoryConversation> entry) {
        MemoryConversation conversation = entry.getValue();
        synchronized (conversation) {
            if (!conversation.isGone() && !conversation.wasUsed()) {
                conversation.remove();
                conversations.remove(entry.getKey(), conversation);
                base.accumulateAndGet(conversation.last(), Math::max);
                keptBytes.addAndGet(-conversation.clear() - HOLDER_BYTES);
            }
        }
    }

    private void let(MemoryInbox inbox) {
        synchronized (inbox) {
            keptBytes.addAndGet(-inbox.loseDelivered());
            if (inbox.isEmpty() && !inbox.isGone()) {
                inbox.remove();
                inboxes.remove(inbox.user(), inbox);
                base.accumulateAndGet(inbox.last(), Math::max);
                keptBytes.addAndGet(-HOLDER_BYTES);
            }
        }
    }

    static int costOf(Message message) {
        return message.payload().size() + OVERHEAD_BYTES;
    }
}
