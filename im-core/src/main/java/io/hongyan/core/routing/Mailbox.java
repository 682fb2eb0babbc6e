// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import io.hongyan.core.limit.SlowConsumerPolicy;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.offline.Appended;
import io.hongyan.core.offline.Expiry;
import io.hongyan.core.offline.Page;
import io.hongyan.core.offline.StoredMessage;
import io.hongyan.core.session.Delivery;
import io.hongyan.core.session.DeliveryQueue;
import io.hongyan.core.session.DetachedBudget;
import io.hongyan.core.session.HopBatch;
import io.hongyan.core.session.Outbox;
import io.hongyan.core.session.Replacement;
import io.hongyan.core.session.Sender;
import io.hongyan.core.session.Session;
import io.hongyan.core.session.UserSessions;
import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.UserId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything on its way to one user, in one order: under its lock a message takes its place, whichever thread brings it
 * and whatever sessions come and go.
 *
 * <pre>
 *   one order per user:     [ in flight: written or queued, not counted ] [ kept in the store ]
 *                              every attached session has all of these       empty while LIVE
 *
 *   OFFLINE ──attach──► CATCHING_UP ──store read to its end──► LIVE
 *      ▲                     ▲                                  │
 *      │                     └──────── every session full ──────┤   new messages go to the store
 *      └────────── last session ends: in flight put back ───────┘   (before everything kept)
 * </pre>
 *
 * <p>A session that has lost its link stays, detached, and has them like every other. It is not written to, has smaller
 * bounds, and does not count where others are attached; a user with detached sessions only is away, and is pushed.
 *
 * <p>With a durable store nobody is ever LIVE: every message goes to the store first, and what is read behind its commit
 * is delivered, as when catching up. What is in flight is kept all the while, so nothing needs to be put back.
 *
 * <p>What follows from the picture: new messages are appended to the store unless LIVE; the store is empty when LIVE, but
 * for messages in flight that were read from it; so putting back in front of the store, and reading on behind what was
 * read, are always right.
 *
 * <p>No foreign code but the store is called under the lock, and the store must not block; sessions are woken and
 * listeners told outside of it.
 */
@Confined("this")
public final class Mailbox extends UserSessions {
    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);
    private static final long READ_RETRY_NANOS = 1_000_000_000L;
    private static final int COMPACT_AT = 64;
    private static final Session[] NOBODY = {};

    private final Mailboxes shared;

    private State state = State.OFFLINE;
    private final DeliveryQueue inFlight = new DeliveryQueue();
    private int undone;
    private long readPosition = StoredMessage.NOT_STORED;
    private boolean reading;
    private boolean cramped;
    private boolean appendedSinceRead;
    private boolean unread;
    private int generation;
    private int storeOperations;
    private boolean retired;

    /** Where new messages go. */
    enum State {
        /** To the store: nobody is here. */
        OFFLINE,
        /** To the store, behind what is being read from it. */
        CATCHING_UP,
        /** To the sessions. */
        LIVE
    }

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

    /**
     * Takes a message for all sessions of the user, or for the store.
     *
     * @param first the same message for another user, to share its frame; or null
     * @param batch the calling loop's; null on other threads
     * @return null when the mailbox has retired
     */
    @Nullable
    Routed deliver(Message message, Sender sender, @Nullable Delivery first, @Nullable HopBatch batch) {
        Session[] takers = NOBODY;
        List<Session> slow = List.of();
        Append append = null;
        Reading read = null;
        boolean nobodyHere;
        synchronized (this) {
            if (retired) {
                return null;
            }
            nobodyHere = !isAnybodyAttached();
            ReasonCode over = shared.overCode();
            if (over != null && (shared.isClosed() || isLeft())) {
                return Routed.settled(over);
            }
            if (state == State.LIVE) {
                int roomy = roomy(message);
                boolean takes = roomy > 0 && reserveBulk(message);
                if (takes) {
                    slow = dropFull(message, roomy);
                    putInFlight(delivery(message, sender, first));
                    takers = sessions();
                } else if (nobodyHere || roomy == 0 && message.lane() != Lane.BULK) {
                    slow = nobodyHere && roomy == 0 ? List.of(sessions()) : slow;
                    spill();
                    if (roomy == 0 && shared.limits().slowConsumer() == SlowConsumerPolicy.CLOSE) {
                        slow = List.of(sessions());
                    }
                } else {
                    return Routed.settled(ReasonCode.BACKPRESSURED);
                }
            }
            if (takers.length == 0) {
                append = append(message);
                read = readIfRoom();
            }
        }
        wake(takers, batch, Delivery.cost(message));
        end(slow, ReasonCode.SLOW_CONSUMER, "reads too slowly");
        if (append == null && nobodyHere) {
            shared.events().recipientOffline(user(), message);
        }
        Routed routed = append == null ? Routed.settled(ReasonCode.OK) : follow(append, message, nobodyHere);
        follow(read);
        return routed;
    }

    /** Gives an ephemeral message to the sessions that have room now. */
    void deliverEphemeral(Message message, @Nullable HopBatch batch) {
        int cost = Delivery.cost(message);
        Session[] takers;
        int taken = 0;
        synchronized (this) {
            takers = sessions();
            if (takers.length > 0) {
                Delivery delivery = new Delivery(message, null, StoredMessage.NOT_STORED);
                for (Session session : takers) {
                    if (session.outbox().hasRoom(Lane.EPHEMERAL, cost)) {
                        session.outbox().add(delivery);
                        taken++;
                    }
                }
            }
        }
        if (taken < Math.max(1, takers.length)) {
            shared.metrics().add(Metric.EPHEMERAL_DROPPED, Math.max(1, takers.length) - taken);
        }
        wake(takers, batch, cost);
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
            if (!outbox.hasRoom(message.lane(), Delivery.cost(message)) || !reserveBulk(message)) {
                return session.isDetached() ? ReasonCode.RECIPIENT_OFFLINE : ReasonCode.BACKPRESSURED;
            }
            hold(session, delivery(message, sender, null));
            nobodyHere = !isAnybodyAttached();
        }
        session.wake(batch, Delivery.cost(message));
        if (nobodyHere && message.lane() != Lane.EPHEMERAL) {
            shared.events().recipientOffline(user(), message);
        }
        return ReasonCode.OK;
    }

    /**
     * Lets a session in, on its owner. Whatever is in flight to the user is on its way to it too from now on; if a
     * session of the same device is here, that one makes way first and hands over what it holds. Of several logins of a
     * device the latest wins, whichever comes here first.
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
        synchronized (this) {
            if (retired) {
                return Attachment.RETIRED;
            }
            if (shared.overCode() != null) {
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
                cramped = false;
                read = readIfRoom();
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
        follow(read);
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
            cramped = false;
            read = readIfRoom();
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

    /** A session has ended. On its owner, or it is frozen. What it alone had goes back into the store. */
    void detach(Session session) {
        CompletableFuture<Void> putBack = null;
        List<StoredMessage> back = List.of();
        List<Message> undeliverable = new ArrayList<>(0);
        List<Message> expired = new ArrayList<>(0);
        Reading read = null;
        synchronized (this) {
            boolean last = sessionsBut(session) == 0;
            session.outbox().letGo(delivery -> {
                if (!delivery.letGo()) {
                    return;
                }
                if (!isOfAllDevices(delivery)) {
                    finish(delivery);
                    undeliverable.add(delivery.message());
                } else if (!last) {
                    letExpire(delivery, expired);
                }
            });
            dropDone();
            if (remove(session)) {
                if (sessions().length == 0) {
                    back = takeInFlight();
                    shared.leftUncounted(back.size());
                    goOffline();
                    if (shared.storesFirst()) {
                        back.stream()
                                .filter(message -> message.position() == StoredMessage.NOT_STORED)
                                .forEach(message -> expired.add(message.message()));
                    } else if (!back.isEmpty()) {
                        storeOperations++;
                        putBack = shared.putBack(user(), back);
                    }
                    retireIfIdle();
                } else {
                    cramped = false;
                    read = readIfRoom();
                }
            }
        }
        if (putBack != null) {
            follow(putBack, back);
        }
        for (Message message : undeliverable) {
            shared.metrics().add(Metric.MESSAGES_UNDELIVERABLE, 1);
            shared.events().recipientOffline(user(), message);
        }
        tellExpired(expired);
        follow(read);
    }

    /** A session's client has finished with so many more frames of a channel. On its owner. */
    void counted(Session session, Lane channel, int covered, HopBatch batch, long nowNanos) {
        Outbox outbox = session.outbox();
        if (covered == 0) {
            return;
        }
        Delivery[] delivered = new Delivery[covered];
        int first = 0;
        Reading read;
        synchronized (this) {
            for (int i = 0; i < covered; i++) {
                Delivery delivery = outbox.takeCounted(channel, nowNanos);
                outbox.release(delivery);
                if (finish(delivery)) {
                    delivered[first++] = delivery;
                }
            }
            dropDone();
            forgetStored(delivered, first);
            cramped = false;
            read = readIfRoom();
        }
        tellDelivered(delivered, first, batch);
        follow(read);
    }

    @Override
    protected boolean hasUnread() {
        return state == State.CATCHING_UP && unread && !shared.storesFirst();
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
        synchronized (this) {
            for (Delivery delivery : deliveries) {
                session.outbox().release(delivery);
                if (delivery.letGo()) {
                    letExpire(delivery, expired);
                }
            }
            dropDone();
            cramped = false;
            read = readIfRoom();
        }
        tellExpired(expired);
        follow(read);
    }

    /**
     * The store has let go of a message because its time is up. One in flight goes on without it, and is told as what
     * becomes of it.
     *
     * @return whether it is in flight
     */
    synchronized boolean goneFromStore(Message message) {
        for (int i = 0; i < inFlight.size(); i++) {
            Delivery delivery = inFlight.get(i);
            Message other = delivery.message();
            if (!delivery.isDone() && other.id().equals(message.id()) && Objects.equals(other.from(), message.from())) {
                delivery.goneFromStore(StoredMessage.NOT_STORED);
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

    private boolean isAnybodyAttached() {
        for (Session session : sessions()) {
            if (!session.isDetached()) {
                return true;
            }
        }
        return false;
    }

    /** Whether nobody is here who would take a message, and the node, which stops, could keep it in memory only. */
    private boolean isLeft() {
        if (shared.storesFirst()) {
            return false;
        }
        for (Session session : sessions()) {
            if (!session.isLeaving() && !session.isDetached()) {
                return false;
            }
        }
        return true;
    }

    /** How many of those who count have room: of the attached sessions, or of the detached ones where nobody is attached. */
    private int roomy(Message message) {
        int cost = Delivery.cost(message);
        boolean anybody = isAnybodyAttached();
        int roomy = 0;
        for (Session session : sessions()) {
            if (session.isDetached() != anybody && session.outbox().hasRoom(message.lane(), cost)) {
                roomy++;
            }
        }
        return roomy;
    }

    /** Sessions that are full while others are not go: a slow reader costs itself only. */
    private List<Session> dropFull(Message message, int roomy) {
        Session[] all = sessions();
        if (roomy == all.length) {
            return List.of();
        }
        List<Session> full = new ArrayList<>(1);
        int cost = Delivery.cost(message);
        for (Session session : all) {
            if (!session.outbox().hasRoom(message.lane(), cost)) {
                remove(session);
                full.add(session);
            }
        }
        return full;
    }

    private boolean reserveBulk(Message message) {
        return message.lane() != Lane.BULK || shared.reserveBulk(Delivery.cost(message));
    }

    /** A message that {@link #reserveBulk} had room for. */
    private static Delivery delivery(Message message, @Nullable Sender sender, @Nullable Delivery first) {
        Delivery delivery = new Delivery(message, sender, StoredMessage.NOT_STORED, first);
        if (message.lane() == Lane.BULK) {
            delivery.reservedInNode();
        }
        return delivery;
    }

    private void putInFlight(Delivery delivery) {
        for (Session session : sessions()) {
            hold(session, delivery);
        }
        inFlight.add(delivery);
        undone++;
    }

    private boolean finish(Delivery delivery) {
        if (!delivery.finish()) {
            return false;
        }
        if (delivery.takeNodeReservation()) {
            shared.releaseBulk(delivery.cost());
        }
        if (isOfAllDevices(delivery)) {
            undone--;
        }
        return true;
    }

    /** Done messages leave at the head; behind one that takes long they are weeded out now and then. */
    private void dropDone() {
        inFlight.dropDoneHead();
        if (inFlight.size() > COMPACT_AT && inFlight.size() > 2 * undone) {
            for (int left = inFlight.size(); left > 0; left--) {
                Delivery delivery = inFlight.poll();
                if (delivery != null && !delivery.isDone()) {
                    inFlight.add(delivery);
                }
            }
        }
    }

    private void spill() {
        state = State.CATCHING_UP;
        shared.metrics().add(Metric.SPILLS, 1);
        LOG.debug("event=spilled user={} sessions={}", user(), sessions().length);
    }

    private Append append(Message message) {
        appendedSinceRead = true;
        unread = true;
        CompletableFuture<Appended> answer = shared.append(user(), message);
        boolean atOnce = answer.isDone();
        if (atOnce) {
            retireIfIdle();
        } else {
            storeOperations++;
        }
        return new Append(answer, atOnce);
    }

    /** @param evicted who goes for it, if anybody: what he had in flight the new one has too, or they share it */
    private void letIn(Session session, @Nullable Session old, @Nullable Session evicted) {
        if (old != null) {
            session.outbox().takeOver(old.outbox());
            session.lane(old.lane());
            remove(old);
        } else {
            for (int i = 0; i < inFlight.size(); i++) {
                Delivery delivery = inFlight.get(i);
                if (!delivery.isDone()) {
                    hold(session, delivery);
                }
            }
        }
        if (evicted != null) {
            remove(evicted);
        }
        add(session);
        if (state == State.OFFLINE) {
            state = State.CATCHING_UP;
            readPosition = StoredMessage.NOT_STORED;
            unread = true;
        }
    }

    private List<StoredMessage> takeInFlight() {
        List<StoredMessage> taken = new ArrayList<>(undone);
        for (Delivery delivery = inFlight.poll(); delivery != null; delivery = inFlight.poll()) {
            if (finish(delivery)) {
                taken.add(new StoredMessage(delivery.position(), delivery.message()));
            }
        }
        return taken;
    }

    private void goOffline() {
        state = State.OFFLINE;
        readPosition = StoredMessage.NOT_STORED;
        reading = false;
        cramped = false;
        generation++;
    }

    private void retireIfIdle() {
        if (!retired && sessions().length == 0 && storeOperations == 0) {
            retired = true;
            shared.registry().retire(this);
        }
    }

    private void forgetStored(Delivery[] delivered, int count) {
        int stored = 0;
        for (int i = 0; i < count; i++) {
            stored += delivered[i].position() == StoredMessage.NOT_STORED ? 0 : 1;
        }
        if (stored == 0) {
            return;
        }
        long[] positions = new long[stored];
        for (int i = 0, at = 0; i < count; i++) {
            if (delivered[i].position() != StoredMessage.NOT_STORED) {
                positions[at++] = delivered[i].position();
            }
        }
        Arrays.sort(positions);
        shared.forget(user(), positions);
    }

    private @Nullable Reading readIfRoom() {
        if (state != State.CATCHING_UP || !unread || reading || cramped || !hasRoomForPage()) {
            return null;
        }
        reading = true;
        appendedSinceRead = false;
        return new Reading(generation, shared.read(user(), readPosition));
    }

    private boolean hasRoomForPage() {
        for (Session session : sessions()) {
            if (session.outbox().isHalfEmpty()) {
                return true;
            }
        }
        return false;
    }

    private int sessionsBut(Session session) {
        int others = 0;
        for (Session other : sessions()) {
            others += other == session ? 0 : 1;
        }
        return others;
    }

    private static void hold(Session session, Delivery delivery) {
        delivery.held();
        session.outbox().add(delivery);
    }

    /** Nobody is to write a message any more, nor to count it, and its time is up. */
    private void letExpire(Delivery delivery, List<Message> expired) {
        finish(delivery);
        expired.add(delivery.message());
        forgetStored(new Delivery[] {delivery}, 1);
    }

    private static boolean isOfAllDevices(Delivery delivery) {
        return !(delivery.message().to() instanceof Address.Device);
    }

    // ---- without the lock

    /** A page being read; a later generation than its own does not want it any more. */
    private record Reading(int generation, CompletableFuture<Page> page) {}

    private void follow(@Nullable Reading begun) {
        Reading read = begun;
        while (read != null) {
            Reading current = read;
            if (!current.page().isDone()) {
                CompletionStage<Page> later = current.page();
                later.whenComplete((page, failure) -> follow(taken(current.generation(), page, failure)));
                return;
            }
            read = current.page()
                    .handle((page, failure) -> new Next(taken(current.generation(), page, failure)))
                    .getNow(Next.NONE)
                    .reading();
        }
    }

    /** What is read next, if anything. */
    private record Next(@Nullable Reading reading) {
        private static final Next NONE = new Next(null);
    }

    private @Nullable Reading taken(int readGeneration, @Nullable Page page, @Nullable Throwable failure) {
        if (page == null) {
            readAgainLater(readGeneration, failure == null ? new NullPointerException("no page") : failure);
            return null;
        }
        Session[] takers;
        List<Session> slow = new ArrayList<>(0);
        List<Message> expired = new ArrayList<>(0);
        Reading next = null;
        int bytes = 0;
        boolean readsOn;
        synchronized (this) {
            if (readGeneration != generation || state != State.CATCHING_UP) {
                return null;
            }
            readsOn = isBehind(page, readPosition);
            if (readsOn) {
                reading = false;
                bytes = putPageInFlight(page, slow, expired);
                next = readIfRoom();
            }
            takers = sessions();
        }
        if (!readsOn) {
            readAgainLater(readGeneration, new IllegalStateException("a page of a store that does not read on"));
            return null;
        }
        tellExpired(expired);
        end(slow, ReasonCode.SLOW_CONSUMER, "reads too slowly");
        if (bytes > 0) {
            wake(takers, null, bytes);
        }
        return next;
    }

    /** Whether its positions ascend from there: a store that gives the same again and again would never end. */
    private static boolean isBehind(Page page, long position) {
        long before = position;
        for (StoredMessage message : page.messages()) {
            if (message.position() <= before) {
                return false;
            }
            before = message.position();
        }
        return true;
    }

    private void readAgainLater(int readGeneration, Throwable failure) {
        shared.storeFailed(failure);
        shared.housekeeper().schedule(READ_RETRY_NANOS, () -> follow(again(readGeneration)));
    }

    private synchronized @Nullable Reading again(int readGeneration) {
        if (readGeneration != generation) {
            return null;
        }
        reading = false;
        return readIfRoom();
    }

    /** Under the lock: as much of the page as there is room for; the rest is read again when there is. */
    private int putPageInFlight(Page page, List<Session> slow, List<Message> expired) {
        long now = shared.wallMillis();
        int bytes = 0;
        long[] expiredPositions = new long[page.messages().size()];
        boolean whole = true;
        for (StoredMessage stored : page.messages()) {
            Message message = stored.message();
            if (Expiry.isExpired(message, now)) {
                expiredPositions[expired.size()] = stored.position();
                expired.add(message);
            } else {
                int roomy = roomy(message);
                if (roomy == 0) {
                    whole = false;
                    cramped = true;
                    break;
                }
                slow.addAll(dropFull(message, roomy));
                putInFlight(new Delivery(message, null, stored.position()));
                bytes += Delivery.cost(message);
            }
            readPosition = stored.position();
        }
        if (!expired.isEmpty()) {
            shared.forget(user(), Arrays.copyOf(expiredPositions, expired.size()));
        }
        if (whole && page.last() && !appendedSinceRead) {
            unread = false;
            state = shared.storesFirst() ? State.CATCHING_UP : State.LIVE;
        }
        return bytes;
    }

    /**
     * A message being stored.
     *
     * @param atOnce whether the answer was there when the lock was held; if not, it is a store operation under way, even
     *     when it has come since
     */
    private record Append(CompletableFuture<Appended> answer, boolean atOnce) {}

    private Routed follow(Append append, Message message, boolean nobodyHere) {
        if (append.atOnce()) {
            ReasonCode code = append.answer().handle(this::codeOf).getNow(ReasonCode.STORE_UNAVAILABLE);
            return Routed.settled(code == ReasonCode.OK ? kept(message, nobodyHere) : code);
        }
        return new Routed.Open(append.answer().handle((appended, failure) -> {
            storeOperationDone();
            ReasonCode code = codeOf(appended, failure);
            return code == ReasonCode.OK ? kept(message, nobodyHere) : code;
        }));
    }

    private ReasonCode codeOf(@Nullable Appended appended, @Nullable Throwable failure) {
        if (appended == null) {
            shared.storeFailed(failure == null ? new NullPointerException("no answer") : failure);
            return ReasonCode.STORE_UNAVAILABLE;
        }
        return appended.code();
    }

    private ReasonCode kept(Message message, boolean nobodyHere) {
        shared.metrics().add(Metric.MESSAGES_STORED, 1);
        if (nobodyHere) {
            shared.events().recipientOffline(user(), message);
        } else if (!shared.storesFirst()) {
            shared.metrics().add(Metric.MESSAGES_SPILLED, 1);
            shared.metrics().add(Metric.BYTES_SPILLED, message.payload().size());
        }
        shared.events().stored(user(), message);
        return ReasonCode.OK;
    }

    private void follow(CompletionStage<Void> putBack, List<StoredMessage> messages) {
        putBack.whenComplete((done, failure) -> {
            if (failure != null) {
                shared.storeFailed(failure);
                long lost = messages.stream()
                        .filter(message -> message.position() == StoredMessage.NOT_STORED)
                        .count();
                shared.metrics().add(Metric.MESSAGES_LOST, lost);
                LOG.error("event=messages_lost user={} messages={} reason=store_failed", user(), lost);
            }
            storeOperationDone();
        });
    }

    private synchronized void storeOperationDone() {
        storeOperations--;
        retireIfIdle();
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

    private static void end(List<Session> sessions, ReasonCode code, String text) {
        for (Session session : sessions) {
            session.endSoon(code, text);
        }
    }
}
