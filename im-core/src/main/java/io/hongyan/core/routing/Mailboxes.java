// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import io.hongyan.core.auth.TakeoverPolicy;
import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.session.DetachedBudget;
import io.hongyan.core.session.HopBatch;
import io.hongyan.core.session.ListenerInvoker;
import io.hongyan.core.session.Sender;
import io.hongyan.core.session.Session;
import io.hongyan.core.session.SessionRegistry;
import io.hongyan.core.store.Appended;
import io.hongyan.core.store.ConversationId;
import io.hongyan.core.store.Cursor;
import io.hongyan.core.store.Envelope;
import io.hongyan.core.store.ExpiredMessage;
import io.hongyan.core.store.InboxPage;
import io.hongyan.core.store.MessageStore;
import io.hongyan.core.time.Housekeeper;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.UserId;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All mailboxes of a node and what they share: the store, the bounds, who hears of deliveries. */
@ThreadSafe
public final class Mailboxes {
    private final SessionRegistry<Mailbox> registry;
    private final MessageStore store;
    private final boolean durable;
    private final ServerLimits limits;
    private final Takeover takeover;
    private final Senders senders;
    private final DeliveryEvents events;
    private final ListenerInvoker invoker;
    private final Housekeeper housekeeper;
    private final ImMetrics metrics;
    private final InstantSource wallClock;
    private final AtomicLong bulkBytes = new AtomicLong();
    private final AtomicInteger storeOperations = new AtomicInteger();
    private final AtomicLong leftUncounted = new AtomicLong();
    private volatile @Nullable ReasonCode overCode;
    private volatile boolean closed;

    public Mailboxes(
            SessionRegistry<Mailbox> registry,
            MessageStore store,
            ServerLimits limits,
            TakeoverPolicy takeover,
            Senders senders,
            DeliveryEvents events,
            ListenerInvoker invoker,
            Housekeeper housekeeper,
            ImMetrics metrics,
            InstantSource wallClock) {
        this.registry = registry;
        this.store = store;
        this.durable = store.durable();
        this.limits = limits;
        this.takeover = new Takeover(takeover, limits.devicesPerUser());
        this.senders = senders;
        this.events = events;
        this.invoker = invoker;
        this.housekeeper = housekeeper;
        this.metrics = metrics;
        this.wallClock = wallClock;
    }

    /** The mailbox of a user, made if there is none. It may retire at any time: its answers say so. */
    public Mailbox open(UserId user) {
        return registry.open(user, id -> new Mailbox(id, this));
    }

    /** A session's client says how many counted frames of a channel it has finished with. On the session's owner. */
    public void counted(Session session, Lane channel, int count, HopBatch batch, long nowNanos) {
        if (session.home() instanceof Mailbox mailbox) {
            mailbox.counted(session, channel, session.outbox().covered(channel, count), batch, nowNanos);
            session.proveAnswers();
        }
    }

    /** A session's link is lost. On its owner. @return whether it may wait, detached, for another one */
    public boolean linkLost(Session session, DetachedBudget budget) {
        return session.home() instanceof Mailbox mailbox && mailbox.linkLost(session, budget);
    }

    /** A session has a link again. On its owner. @return whether it comes before the stop of the node */
    public boolean linkBack(Session session) {
        return session.home() instanceof Mailbox mailbox && mailbox.linkBack(session);
    }

    /** A session is to go on over another connection. On its owner. @return whether no later login goes before it */
    public boolean resume(Session session, long turn) {
        return session.home() instanceof Mailbox mailbox && mailbox.resume(session, turn);
    }

    /** A session's messages are to be written to another connection, but for those counted. On its owner. */
    public void rewind(Session session, Connection next, int chatCount, int bulkCount, HopBatch batch, long nowNanos) {
        if (session.home() instanceof Mailbox mailbox) {
            mailbox.rewind(session, next, chatCount, bulkCount, batch, nowNanos);
            session.proveAnswers();
        }
    }

    /** A session has ended. On its owner. */
    public void detach(Session session) {
        if (session.home() instanceof Mailbox mailbox) {
            mailbox.detach(session);
        }
    }

    /** A session was asked to make way, and takes part in nothing any more. On its owner. */
    public void frozen(Session session) {
        if (session.home() instanceof Mailbox mailbox) {
            mailbox.frozen(session);
        }
    }

    /**
     * Lets go of some messages in the store whose time to live has run out.
     *
     * @return complete when the store has answered
     */
    public CompletionStage<?> expire(int maxMessages) {
        CompletionStage<List<ExpiredMessage>> stage = ask(() -> store.expire(wallClock.millis(), maxMessages));
        return stage.whenComplete((expired, failure) -> {
            if (failure != null) {
                storeFailed(failure);
                return;
            }
            for (ExpiredMessage message : expired) {
                Mailbox mailbox = registry.find(message.recipient());
                boolean told = mailbox != null && mailbox.goneFromStore(message.position());
                if (!told && !message.message().isCopyFor(message.recipient())) {
                    expired(message.recipient(), message.message());
                }
            }
        });
    }

    /**
     * The node is about to stop: what could be kept in memory only is accepted for those who are here, and refused with
     * this code otherwise.
     */
    public void stop(ReasonCode code) {
        overCode = code;
    }

    /** Accepts nothing any more. */
    public void close() {
        closed = true;
    }

    /** Operations that the store has not answered yet. */
    public int storeOperations() {
        return storeOperations.get();
    }

    /** Messages that stay in the store because sessions ended during the stop before they counted them. */
    public long leftUncounted() {
        return leftUncounted.get();
    }

    /** Whether what is in the store outlives the node. */
    public boolean isDurable() {
        return durable;
    }

    /** Bytes of bulk messages that their recipients have not counted. */
    public long bulkBytes() {
        return bulkBytes.get();
    }

    /**
     * Whether nothing is accepted for a user any more: the node stops, and he is not here, or what it could keep would end
     * with it.
     */
    @Nullable
    ReasonCode refusalFor(UserId user) {
        ReasonCode over = overCode;
        if (over == null) {
            return null;
        }
        if (closed) {
            return over;
        }
        if (durable) {
            return null;
        }
        Mailbox mailbox = registry.find(user);
        return mailbox == null || mailbox.isLeft() ? over : null;
    }

    /**
     * A message has its place in a user's inbox.
     *
     * @param sender who hears that it was delivered, or null
     * @param copy whether it is there for the sender's own devices
     */
    void committed(
            UserId user,
            long position,
            Message message,
            @Nullable Sender sender,
            boolean copy,
            @Nullable HopBatch batch) {
        Mailbox mailbox = registry.find(user);
        Mailbox.Found found =
                mailbox == null ? Mailbox.Found.AWAY : mailbox.committed(position, message, sender, batch);
        if (copy) {
            return;
        }
        if (found == Mailbox.Found.AWAY) {
            events.recipientOffline(user, message);
        } else if (found == Mailbox.Found.BEHIND) {
            metrics.add(Metric.MESSAGES_SPILLED, 1);
            metrics.add(Metric.BYTES_SPILLED, message.payload().size());
        }
        if (durable || found != Mailbox.Found.HANDED) {
            metrics.add(Metric.MESSAGES_STORED, 1);
            events.stored(user, message);
        }
    }

    /**
     * Whether these inboxes have got a message is not known, or they had it and perhaps nobody was told: whoever is here looks.
     */
    void lookAgain(List<UserId> users) {
        for (UserId user : users) {
            Mailbox mailbox = registry.find(user);
            if (mailbox != null) {
                mailbox.lookAgain();
            }
        }
    }

    /** A message that was kept before came again: its sender may have missed that it was delivered. */
    void tellIfDelivered(UserId recipient, ConversationId conversation, long sequence, Sender sender, long counter) {
        CompletionStage<Boolean> stage = ask(() -> store.delivered(recipient, conversation, sequence));
        stage.whenComplete((delivered, failure) -> {
            if (failure != null) {
                storeFailed(failure);
            } else if (delivered) {
                sender.delivered(counter, null);
            }
        });
    }

    /** Whether a sender's messages come into his own inbox, too: in memory only while he has several devices here. */
    boolean copies(UserId sender) {
        if (durable) {
            return true;
        }
        Mailbox mailbox = registry.find(sender);
        return mailbox != null && mailbox.sessions().length > 1;
    }

    /**
     * Whether a bulk message can be handed over, or nobody is here: it is not kept for one who reads too slowly, since chat
     * behind it in his inbox would wait, too.
     */
    boolean hasRoomForBulk(UserId user, int bytes) {
        Mailbox mailbox = registry.find(user);
        return mailbox == null || mailbox.hasRoomForBulk(bytes);
    }

    /** Whether a session of the user is here that has a link. */
    boolean isAnybodyAttached(UserId user) {
        Mailbox mailbox = registry.find(user);
        return mailbox != null && mailbox.isAnybodyAttached();
    }

    CompletableFuture<Appended> append(Envelope envelope) {
        return ask(() -> store.append(envelope));
    }

    CompletableFuture<InboxPage> read(UserId user, long after) {
        return ask(() -> store.read(user, after, limits.catchUpMessages(), limits.catchUpBytes()));
    }

    CompletableFuture<Cursor> cursor(UserId user, DeviceId device) {
        return ask(() -> store.cursor(user, device));
    }

    /** A device has everything up to a position. */
    void advance(UserId user, DeviceId device, long position) {
        CompletionStage<Void> stage = ask(() -> store.advance(user, device, position));
        stage.whenComplete((done, failure) -> {
            if (failure != null) {
                storeFailed(failure);
            }
        });
    }

    /** Why less is accepted than before; null while the node does not stop. */
    @Nullable
    ReasonCode overCode() {
        return overCode;
    }

    /** Whether nothing is accepted any more. */
    public boolean isClosed() {
        return closed;
    }

    /** Messages were open when the last session of their recipient ended. */
    void leftUncounted(int messages) {
        if (overCode != null) {
            leftUncounted.addAndGet(messages);
        }
    }

    /** Counted until it is answered, unless it is at once. */
    private <T> CompletableFuture<T> ask(Supplier<CompletionStage<T>> call) {
        CompletableFuture<T> answer = invoker.stage(call).toCompletableFuture();
        if (!answer.isDone()) {
            storeOperations.incrementAndGet();
            CompletionStage<T> later = answer;
            later.whenComplete((result, failure) -> storeOperations.decrementAndGet());
        }
        return answer;
    }

    void storeFailed(Throwable failure) {
        metrics.add(Metric.STORE_FAILURES, 1);
        invoker.stageFailed(store, failure);
    }

    void expired(UserId recipient, Message message) {
        metrics.add(Metric.MESSAGES_EXPIRED, 1);
        events.expired(recipient, message);
    }

    /** Whether this many bytes of bulk would fit into what the node may have under way. */
    boolean hasRoomForBulk(int bytes) {
        return bulkBytes.get() + bytes <= limits.bulkBytes();
    }

    boolean reserveBulk(int bytes) {
        if (bulkBytes.addAndGet(bytes) <= limits.bulkBytes()) {
            return true;
        }
        bulkBytes.addAndGet(-bytes);
        return false;
    }

    void releaseBulk(int bytes) {
        bulkBytes.addAndGet(-bytes);
    }

    SessionRegistry<Mailbox> registry() {
        return registry;
    }

    ServerLimits limits() {
        return limits;
    }

    Takeover takeover() {
        return takeover;
    }

    Senders senders() {
        return senders;
    }

    DeliveryEvents events() {
        return events;
    }

    Housekeeper housekeeper() {
        return housekeeper;
    }

    ImMetrics metrics() {
        return metrics;
    }

    long wallMillis() {
        return wallClock.millis();
    }
}
