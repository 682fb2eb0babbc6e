// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import io.hongyan.core.limit.SlowConsumerPolicy;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.session.Delivery;
import io.hongyan.core.session.DetachedBudget;
import io.hongyan.core.session.HopBatch;
import io.hongyan.core.session.InboxPlace;
import io.hongyan.core.session.Outbox;
import io.hongyan.core.session.Replacement;
import io.hongyan.core.session.Sender;
import io.hongyan.core.session.Session;
import io.hongyan.core.session.UserSessions;
import io.hongyan.core.store.Cursor;
import io.hongyan.core.store.Expiry;
import io.hongyan.core.store.InboxPage;
import io.hongyan.core.store.StoredMessage;
import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything on its way to one user. What his inbox holds is handed to each of his sessions in the inbox's order, whichever
 * thread brings it and whatever sessions come and go.
 *
 * <pre>
 *   inbox, in the store    1 2 3 4 5 6 7 8 9    tip: the last position this mailbox has heard of
 *                                ▲       ▲
 *                              tablet  phone    cursors: what was handed to each session
 *
 *   a message commits at tip + 1 ──► a session whose cursor is at the tip, and that has room, is handed it at once: LIVE
 *                                └─► any other reads it from the store when it gets there: CATCHING UP
 * </pre>
 *
 * <p>So there is no switch to live: a session is live while its cursor is at the tip. Whatever it has not counted when it
 * ends is still in the inbox; the device's next session goes on behind what was counted.
 *
 * <p>A session that has lost its link stays, detached, and is handed messages like every other. It is not written to, and
 * has smaller bounds; a user with detached sessions only is away, and is pushed.
 *
 * <p>A message to one device, a broadcast and what is ephemeral are in no inbox: they go with the sessions that have them.
 *
 * <p>No foreign code but the store is called under the lock, and the store must not block; sessions are woken and
 * listeners told outside of it.
 */
@Confined("this")
public final class Mailbox extends UserSessions {
    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);
    private static final long READ_RETRY_NANOS = 1_000_000_000L;

    /** Most messages whose fate is open before no more expired ones are passed over. */
    private static final int MOST_OPEN = 4096;

    private final Mailboxes shared;
    private final InFlight inFlight = new InFlight();
    private long tip;
    /** Some session has counted everything up to here, or passed over what had expired. */
    private long reached;

    private boolean retired;

    /** What became of an attempt to attach. */
    public enum Attachment {
        /** The session is in. */
        ATTACHED,
        /** A session of the same device makes way first; the replacement is called then. */
        WAITING,
        /** A later login came first, of the same device or of one that takes its place: this one is over. */
        SUPERSEDED,
        /** There are as many devices as the policy allows, and they stay. */
        REFUSED,
        /** The node stops, and what came for the user may have been refused: nobody may come any more. */
        STOPPED,
        /** The mailbox has retired: open another one. */
        RETIRED
    }

    Mailbox(UserId user, Mailboxes shared) {
        super(user);
        this.shared = shared;
    }

    /** The inbox may have got a message of which nobody told: who is here looks. */
    void lookAgain() {
        List<Reading> reads = List.of();
        synchronized (this) {
            for (Session session : sessions()) {
                session.place().caughtUp(false);
                reads = plus(reads, readIfRoom(session));
            }
        }
        reads.forEach(this::follow);
    }

    /** Where a message found its recipient. */
    enum Found {
        /** A session was handed it. */
        HANDED,
        /** The sessions that are here have no room, or older messages go first: they read it from the store. */
        BEHIND,
        /** Nobody is here who has a link. */
        AWAY
    }

    /**
     * A message has its place in the inbox. Called in the order of positions, or nearly: what comes early is read from the
     * store, with what it overtook.
     *
     * @param sender who hears that it was delivered; null when that is still to be found out
     * @param batch the calling loop's; null on other threads
     */
    Found committed(long position, Message message, @Nullable Sender sender, @Nullable HopBatch batch) {
        Session[] here;
        List<Session> slow = List.of();
        List<Reading> reads = List.of();
        boolean handed = false;
        boolean away;
        synchronized (this) {
            tip = Math.max(tip, position);
            away = !isAnybodyAttached();
            here = sessions();
            for (Session session : here) {
                InboxPlace place = session.place();
                if (!place.isKnown() || place.cursor() >= position) {
                    continue;
                }
                if (place.cursor() + 1 != position) {
                    reads = plus(reads, readIfRoom(session));
                } else if (isSentBy(session, message)) {
                    place.passed(position);
                } else if (hand(session, position, message, sender)) {
                    handed = true;
                } else if (!session.isDetached()) {
                    slow = plus(slow, session);
                }
            }
        }
        if (handed) {
            wake(here, batch, Delivery.cost(message));
        }
        fellBehind(slow);
        reads.forEach(this::follow);
        return away ? Found.AWAY : handed ? Found.HANDED : Found.BEHIND;
    }

    /**
     * Gives a message that is in no inbox to the sessions that have room for it now.
     *
     * @param first the same message for another user, to share its frame; or null
     * @return to how many
     */
    int deliverUnkept(Message message, @Nullable Sender sender, @Nullable Delivery first, @Nullable HopBatch batch) {
        Session[] here;
        int taken = 0;
        int cost = Delivery.cost(message);
        synchronized (this) {
            here = sessions();
            Delivery delivery = new Delivery(message, sender, Delivery.NOWHERE, first);
            for (Session session : here) {
                if (session.outbox().hasRoom(message.lane(), cost) && reserve(delivery)) {
                    hold(session, delivery);
                    taken++;
                }
            }
        }
        if (taken > 0) {
            wake(here, batch, cost);
        }
        return taken;
    }

    /** Gives an ephemeral message to the sessions that have room now. */
    void deliverEphemeral(Message message, @Nullable HopBatch batch) {
        int here = Math.max(1, sessions().length);
        int taken = deliverUnkept(message, null, null, batch);
        if (taken < here) {
            shared.metrics().add(Metric.EPHEMERAL_DROPPED, here - taken);
        }
    }

    /** Takes a message for one device, if it is here. It is never stored. */
    ReasonCode deliverTo(DeviceId device, Message message, @Nullable Sender sender, @Nullable HopBatch batch) {
        Session session;
        boolean nobodyHere;
        synchronized (this) {
            session = sessionOf(device);
            if (session == null) {
                return ReasonCode.RECIPIENT_OFFLINE;
            }
            ReasonCode over = shared.overCode();
            if (over != null && (shared.isClosed() || session.isLeaving())) {
                return over;
            }
            Outbox outbox = session.outbox();
            Delivery delivery = new Delivery(message, sender, Delivery.NOWHERE);
            if (!outbox.hasRoom(message.lane(), delivery.cost()) || !reserve(delivery)) {
                return session.isDetached() ? ReasonCode.RECIPIENT_OFFLINE : ReasonCode.BACKPRESSURED;
            }
            hold(session, delivery);
            nobodyHere = !isAnybodyAttached();
        }
        session.wake(batch, Delivery.cost(message));
        if (nobodyHere && message.lane() != Lane.EPHEMERAL) {
            shared.events().recipientOffline(user(), message);
        }
        return ReasonCode.OK;
    }

    /**
     * Lets a session in, on its owner: it is handed what the device has not got. If a session of the same device is here,
     * that one makes way first and hands over what it holds. Of several logins of a device the latest wins, whichever comes
     * here first.
     *
     * @param replacement called when the way is free, if the answer is WAITING
     */
    public Attachment attach(Session session, Replacement replacement) {
        Session old;
        Session evicted = null;
        Replacement superseded = null;
        boolean mustGiveWay = false;
        boolean in = false;
        Reading read = null;
        boolean placed = false;
        synchronized (this) {
            if (retired) {
                return Attachment.RETIRED;
            }
            if (shared.overCode() != null) {
                retireIfEmpty();
                return Attachment.STOPPED;
            }
            old = sessionOf(session.info().device());
            Replacement waiting = old == null ? null : old.replacement();
            if (isLater(old, session) || waiting != null && isLater(waiting.session(), session)) {
                return Attachment.SUPERSEDED;
            }
            Takeover.Verdict verdict = shared.takeover().judge(session, old, sessions());
            if (verdict.kind() != Takeover.Kind.LET_IN) {
                return verdict.kind() == Takeover.Kind.REFUSED ? Attachment.REFUSED : Attachment.SUPERSEDED;
            }
            superseded = waiting == replacement ? null : waiting;
            if (old != null && !old.isFrozen()) {
                old.replacement(replacement);
                mustGiveWay = waiting == null;
            } else {
                evicted = verdict.evicted();
                letIn(session, old, evicted);
                in = true;
                placed = session.place().isKnown();
                read = placed ? readIfRoom(session) : null;
            }
        }
        if (superseded != null) {
            Replacement over = superseded;
            over.session().loop().execute(over::superseded);
        }
        if (mustGiveWay && old != null) {
            old.giveWaySoon(session);
        }
        if (!in) {
            return Attachment.WAITING;
        }
        if (evicted != null) {
            evicted.endSoon(ReasonCode.REPLACED, "another device logged in");
        }
        session.wake(null, 0);
        if (placed) {
            follow(read);
        } else {
            findPlace(session);
        }
        return Attachment.ATTACHED;
    }

    /** The waiting login is over before its time came. On its session's owner. */
    public void withdraw(Replacement replacement) {
        Session old;
        boolean abandoned = false;
        synchronized (this) {
            old = sessionOf(replacement.session().info().device());
            if (old != null && old.replacement() == replacement) {
                old.replacement(null);
                abandoned = old.isFrozen();
            }
        }
        if (abandoned && old != null) {
            detach(old);
        }
    }

    /**
     * The session's link is lost: it takes messages on, as a detached one, as long as there is room. On its owner.
     *
     * @return false when it holds too much for that, and nothing has changed
     */
    boolean linkLost(Session session, DetachedBudget budget) {
        synchronized (this) {
            if (!isHere(session) || session.isFrozen() || !session.outbox().detach(budget)) {
                return false;
            }
            session.detached(true);
            return true;
        }
    }

    /**
     * The session has a link again. On its owner.
     *
     * @return false when it comes too late: the node stops, and what came for it meanwhile may have been refused
     */
    boolean linkBack(Session session) {
        Reading read;
        boolean inTime;
        synchronized (this) {
            session.outbox().attach();
            session.detached(false);
            inTime = shared.overCode() == null;
            session.place().cramped(false);
            read = readIfRoom(session);
        }
        follow(read);
        return inTime;
    }

    /**
     * The session goes on over another connection, unless a login of the same device has come since; one that came before
     * and waits is over. On the session's owner, which has let go of its connection.
     *
     * @param turn the number of the resume
     * @return whether it goes on
     */
    boolean resume(Session session, long turn) {
        Replacement waiting;
        synchronized (this) {
            waiting = session.replacement();
            if (!isHere(session)
                    || session.isFrozen()
                    || waiting != null && waiting.session().turn() > turn) {
                return false;
            }
            session.turn(turn);
            session.replacement(null);
        }
        if (waiting != null) {
            waiting.session().loop().execute(waiting::superseded);
        }
        return true;
    }

    /**
     * Everything not counted is to be written again, to this connection, but for what the client's counts cover. On the
     * session's owner.
     */
    void rewind(Session session, Connection next, int chatCount, int bulkCount, HopBatch batch, long nowNanos) {
        Outbox outbox = session.outbox();
        int chat = outbox.coveredOnResume(Lane.CHAT, chatCount);
        int bulk = outbox.coveredOnResume(Lane.BULK, bulkCount);
        synchronized (this) {
            outbox.rewind(next);
        }
        counted(session, Lane.CHAT, chat, batch, nowNanos);
        counted(session, Lane.BULK, bulk, batch, nowNanos);
    }

    /** A session made way. On its owner. */
    void frozen(Session session) {
        Replacement next;
        synchronized (this) {
            session.freeze();
            next = session.replacement();
        }
        if (next == null || !next.session().loop().execute(() -> next.takeOver(session))) {
            detach(session);
        }
    }

    /** A session has ended. On its owner, or it is frozen. What its client has not counted is still in the inbox. */
    void detach(Session session) {
        List<Message> undeliverable = new ArrayList<>(0);
        List<Message> expired = new ArrayList<>(0);
        synchronized (this) {
            session.outbox().letGo(delivery -> {
                boolean open = letGo(delivery);
                if (open && delivery.message().to() instanceof Address.Device) {
                    finish(delivery);
                    undeliverable.add(delivery.message());
                } else if (open) {
                    letExpire(delivery, expired);
                }
            });
            inFlight.dropDone();
            if (remove(session)) {
                retireIfEmpty();
            }
        }
        for (Message message : undeliverable) {
            shared.metrics().add(Metric.MESSAGES_UNDELIVERABLE, 1);
            shared.events().recipientOffline(user(), message);
        }
        tellExpired(expired);
    }

    /** A session's client has finished with so many more frames of a channel. On its owner. */
    void counted(Session session, Lane channel, int covered, HopBatch batch, long nowNanos) {
        Outbox outbox = session.outbox();
        if (covered == 0) {
            return;
        }
        Delivery[] delivered = new Delivery[covered];
        int first = 0;
        List<Message> expired = new ArrayList<>(0);
        Reading read;
        long news;
        synchronized (this) {
            for (int i = 0; i < covered; i++) {
                Delivery delivery = outbox.takeCounted(channel, nowNanos);
                outbox.release(delivery);
                session.place().counted(delivery);
                if (finish(delivery)) {
                    delivered[first++] = delivery;
                }
                letGo(delivery);
            }
            news = advance(session, expired);
            session.place().cramped(false);
            read = readIfRoom(session);
        }
        tellStore(session, news);
        tellDelivered(delivered, first, batch);
        tellExpired(expired);
        follow(read);
    }

    @Override
    protected boolean hasUnread(Session session) {
        return isBehind(session.place()) && !shared.isDurable();
    }

    @Override
    protected boolean isExpired(Message message) {
        return Expiry.isExpired(message, shared.wallMillis());
    }

    /** Another session may have written it in time; else it is over. */
    @Override
    protected void expiredUnwritten(Session session, List<Delivery> deliveries) {
        List<Message> expired = new ArrayList<>(deliveries.size());
        Reading read;
        long news;
        synchronized (this) {
            for (Delivery delivery : deliveries) {
                session.outbox().release(delivery);
                session.place().dropped(delivery);
                if (letGo(delivery)) {
                    letExpire(delivery, expired);
                }
            }
            news = advance(session, expired);
            session.place().cramped(false);
            read = readIfRoom(session);
        }
        tellStore(session, news);
        tellExpired(expired);
        follow(read);
    }

    /**
     * The store has let go of a message because its time is up. One that a session holds goes on without it, and is told as
     * what becomes of it.
     *
     * @return whether its fate is told here, or was
     */
    synchronized boolean goneFromStore(long position) {
        Delivery delivery = inFlight.find(position);
        if (delivery == null) {
            return inFlight.isKnown(position);
        }
        if (delivery.isHeld()) {
            delivery.goneFromStore();
            return true;
        }
        finish(delivery);
        return false;
    }

    /** Whether some session that has a link has room for a bulk message, or none has a link. */
    synchronized boolean hasRoomForBulk(int bytes) {
        boolean attached = false;
        for (Session session : sessions()) {
            if (!session.isDetached()) {
                attached = true;
                if (session.outbox().hasRoom(Lane.BULK, bytes)) {
                    return shared.hasRoomForBulk(bytes);
                }
            }
        }
        return !attached;
    }

    /** Whether nobody is here who would take a message, while the node, which stops, could keep it in memory only. */
    synchronized boolean isLeft() {
        for (Session session : sessions()) {
            if (!session.isLeaving() && !session.isDetached()) {
                return false;
            }
        }
        return true;
    }

    /** Whether a session is here that has a link. */
    @ThreadSafe
    boolean isAnybodyAttached() {
        for (Session session : sessions()) {
            if (!session.isDetached()) {
                return true;
            }
        }
        return false;
    }

    // ---- under the lock

    /** Turns ascend in the order of logins and resumes. */
    private static boolean isLater(@Nullable Session other, Session session) {
        return other != null && other.turn() > session.turn();
    }

    private boolean isHere(Session session) {
        for (Session other : sessions()) {
            if (other == session) {
                return true;
            }
        }
        return false;
    }

    /** Whether it is the client that sent it, and so has it. */
    private static boolean isSentBy(Session session, Message message) {
        return message.id().instance() == session.instance()
                && session.from().equals(message.from())
                && !session.from().equals(message.to());
    }

    /** Hands the next message of the inbox to a session. @return whether it had room */
    private boolean hand(Session session, long position, Message message, @Nullable Sender sender) {
        Delivery open = inFlight.find(position);
        Delivery delivery = open == null ? new Delivery(message, sender, position) : open;
        InboxPlace place = session.place();
        if (!session.outbox().hasRoom(delivery.lane(), delivery.cost())) {
            place.cramped(true);
            return false;
        }
        if (!reserve(delivery)) {
            place.cramped(true);
            shared.housekeeper().schedule(READ_RETRY_NANOS, () -> follow(again(session)));
            return false;
        }
        if (open == null) {
            if (message.isCopyFor(user()) || inFlight.isKnown(position)) {
                delivery.finish();
            } else {
                inFlight.add(delivery);
            }
        }
        hold(session, delivery);
        place.handed(delivery);
        return true;
    }

    private static void hold(Session session, Delivery delivery) {
        if (delivery.isCounted()) {
            delivery.held();
        }
        session.outbox().add(delivery);
    }

    /** A bulk message holds a part of the node's budget while any session holds it. @return whether there is room */
    private boolean reserve(Delivery delivery) {
        if (!delivery.isBulk() || delivery.isReservedInNode()) {
            return true;
        }
        if (!shared.reserveBulk(delivery.cost())) {
            return false;
        }
        delivery.reservedInNode(true);
        return true;
    }

    /** A session does not hold it any more. @return whether nobody does, and it is not done */
    private boolean letGo(Delivery delivery) {
        if (!delivery.letGo()) {
            return false;
        }
        if (delivery.isReservedInNode()) {
            delivery.reservedInNode(false);
            shared.releaseBulk(delivery.cost());
        }
        return !delivery.isDone();
    }

    private boolean finish(Delivery delivery) {
        if (!delivery.finish()) {
            return false;
        }
        if (delivery.isInInbox()) {
            inFlight.finished();
        }
        return true;
    }

    /**
     * Nobody holds a message that is open. If it is in the inbox, and no device has passed over it, another one may still
     * have it, or the store says when it expires.
     */
    private void letExpire(Delivery delivery, List<Message> expired) {
        if (!delivery.isInInbox() || delivery.isGoneFromStore() || delivery.position() <= reached) {
            finish(delivery);
            expired.add(delivery.message());
        }
    }

    /**
     * What a session's client has counted, or the session has passed over, is news.
     *
     * @param expired what nobody gets any more is added here
     * @return up to where the device has everything; less than 0 when that is no news
     */
    private long advance(Session session, List<Message> expired) {
        long news = session.place().takeReached();
        reached = Math.max(reached, news);
        for (Delivery over = inFlight.leftBehind(news); over != null; over = inFlight.leftBehind(news)) {
            letExpire(over, expired);
        }
        inFlight.dropDone();
        return news;
    }

    /** @param evicted who goes for it, if anybody */
    private void letIn(Session session, @Nullable Session old, @Nullable Session evicted) {
        if (old != null) {
            session.outbox().takeOver(old.outbox());
            session.place().takeOver(old.place());
            session.lane(old.lane());
            remove(old);
        }
        if (evicted != null) {
            remove(evicted);
        }
        add(session);
    }

    private void retireIfEmpty() {
        if (!retired && sessions().length == 0) {
            retired = true;
            shared.leftUncounted(inFlight.size());
            inFlight.clear();
            shared.registry().retire(this);
        }
    }

    private boolean isBehind(InboxPlace place) {
        return !place.isCaughtUp() || place.cursor() < tip;
    }

    private @Nullable Reading readIfRoom(Session session) {
        InboxPlace place = session.place();
        if (!place.isKnown()
                || place.isReading()
                || place.isCramped()
                || !isBehind(place)
                || !session.outbox().isHalfEmpty()) {
            return null;
        }
        place.reading(true);
        return new Reading(session, place.cursor(), shared.read(user(), place.cursor()));
    }

    private static <T> List<T> plus(List<T> list, @Nullable T more) {
        if (more == null) {
            return list;
        }
        List<T> longer = list.isEmpty() ? new ArrayList<>(2) : list;
        longer.add(more);
        return longer;
    }

    // ---- without the lock

    /** Asks the store where the device of a session is; until then the session is handed nothing. */
    private void findPlace(Session session) {
        CompletableFuture<Cursor> answer = shared.cursor(user(), session.info().device());
        CompletionStage<Cursor> later = answer;
        later.whenComplete((cursor, failure) -> {
            if (cursor == null) {
                shared.storeFailed(failure == null ? new NullPointerException("no cursor") : failure);
                shared.housekeeper().schedule(READ_RETRY_NANOS, () -> {
                    if (isHere(session)) {
                        findPlace(session);
                    }
                });
                return;
            }
            Reading read;
            synchronized (this) {
                if (session.place().isKnown()) {
                    return;
                }
                session.place().begin(cursor.position());
                inFlight.begin(cursor.furthest());
                read = isHere(session) ? readIfRoom(session) : null;
            }
            follow(read);
        });
    }

    /** A page being read for a session. @param after where it begins */
    private record Reading(Session session, long after, CompletableFuture<InboxPage> page) {}

    private void follow(@Nullable Reading begun) {
        Reading read = begun;
        while (read != null) {
            Reading current = read;
            if (!current.page().isDone()) {
                CompletionStage<InboxPage> later = current.page();
                later.whenComplete((page, failure) -> follow(taken(current, page, failure)));
                return;
            }
            read = current.page()
                    .handle((page, failure) -> new Next(taken(current, page, failure)))
                    .getNow(Next.NONE)
                    .reading();
        }
    }

    /** What is read next, if anything. */
    private record Next(@Nullable Reading reading) {
        private static final Next NONE = new Next(null);
    }

    private @Nullable Reading taken(Reading read, @Nullable InboxPage page, @Nullable Throwable failure) {
        Session session = read.session();
        if (page == null || page.lostThrough() < read.after() || !page.last() && page.through() == read.after()) {
            readAgainLater(
                    session,
                    page != null
                            ? new IllegalStateException("a page of a store that does not read on")
                            : failure == null ? new NullPointerException("no page") : failure);
            return null;
        }
        List<Message> expired = new ArrayList<>(0);
        Reading next;
        long news;
        synchronized (this) {
            if (!isHere(session)) {
                return null;
            }
            session.place().reading(false);
            boolean crowded = hand(session, page);
            news = advance(session, expired);
            if (crowded) {
                session.place().cramped(inFlight.size() >= MOST_OPEN);
            }
            next = readIfRoom(session);
        }
        tellStore(session, news);
        tellExpired(expired);
        if (page.lostThrough() > read.after()) {
            shared.metrics().add(Metric.MESSAGES_LOST, page.lostThrough() - read.after());
            LOG.warn(
                    "event=gap user={} device={} after={} through={}",
                    user(),
                    session.info().device(),
                    read.after(),
                    page.lostThrough());
        }
        session.wake(null, 0);
        return next;
    }

    /**
     * Under the lock: as much of the page as there is room for; the rest is read again when there is. What has expired is
     * passed over, and told of when everything before it is settled.
     *
     * @return whether too much is open
     */
    private boolean hand(Session session, InboxPage page) {
        InboxPlace place = session.place();
        long now = shared.wallMillis();
        for (StoredMessage stored : page.messages()) {
            if (stored.position() <= place.cursor()) {
                continue;
            }
            if (isSentBy(session, stored.message())) {
                place.passed(stored.position());
            } else if (Expiry.isExpired(stored.message(), now)) {
                if (inFlight.size() >= MOST_OPEN) {
                    return true;
                }
                place.passed(stored.position());
                if (!stored.message().isCopyFor(user()) && !inFlight.isKnown(stored.position())) {
                    inFlight.add(new Delivery(stored.message(), null, stored.position()));
                }
            } else if (!hand(session, stored.position(), stored.message(), null)) {
                return false;
            }
        }
        place.passed(Math.max(place.cursor(), page.through()));
        place.caughtUp(page.last());
        return false;
    }

    private void readAgainLater(Session session, Throwable failure) {
        shared.storeFailed(failure);
        shared.housekeeper().schedule(READ_RETRY_NANOS, () -> {
            synchronized (this) {
                session.place().reading(false);
            }
            follow(again(session));
        });
    }

    private synchronized @Nullable Reading again(Session session) {
        session.place().cramped(false);
        return isHere(session) ? readIfRoom(session) : null;
    }

    /** These had no room for what came. */
    private void fellBehind(List<Session> slow) {
        for (Session session : slow) {
            shared.metrics().add(Metric.SPILLS, 1);
            LOG.debug("event=spilled user={} device={}", user(), session.info().device());
            if (shared.limits().slowConsumer() == SlowConsumerPolicy.CLOSE) {
                session.endSoon(ReasonCode.SLOW_CONSUMER, "reads too slowly");
            }
        }
    }

    /** The device of a session has everything up to a position; less than 0 when that is no news. */
    private void tellStore(Session session, long position) {
        if (position >= 0) {
            shared.advance(user(), session.info().device(), position);
        }
    }

    private void tellExpired(List<Message> expired) {
        for (Message message : expired) {
            shared.expired(user(), message);
        }
    }

    private void tellDelivered(Delivery[] delivered, int count, HopBatch batch) {
        if (count == 0) {
            return;
        }
        shared.metrics().add(Metric.MESSAGES_DELIVERED, count);
        for (int i = 0; i < count; i++) {
            Delivery delivery = delivered[i];
            Message message = delivery.message();
            Sender sender = delivery.sender();
            if (sender == null) {
                sender = shared.senders().of(message);
            }
            if (sender != null) {
                sender.delivered(message.id().counter(), batch);
            }
            shared.events().delivered(user(), message);
        }
    }

    private static void wake(Session[] takers, @Nullable HopBatch batch, int bytes) {
        for (Session session : takers) {
            session.wake(batch, bytes);
        }
    }
}
