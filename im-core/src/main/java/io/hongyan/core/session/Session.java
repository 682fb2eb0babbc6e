// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.listener.SessionInfo;
import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.ErrorPacket;
import io.hongyan.protocol.packet.Pong;
import io.hongyan.protocol.packet.Read;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One logged-in device. It belongs to its connection's owner; what crosses from other threads goes through its
 * {@link Outbox}, under the lock of its home, or its {@link Answers}, followed by {@link #wake}.
 *
 * <p>It outlives its connection: one whose link is lost is {@linkplain #isDetached() detached} and stays with the owner it
 * had, taking messages and writing none. A client that resumes it brings another connection, perhaps of another owner:
 * {@link #moveTo} on the old one, then {@link #attach} on the new one; whatever reaches the old one later follows it.
 *
 * <pre>
 *   any thread   home lock: outbox.add        answers.settled        any thread
 *                      └──────── wake ───────────────┘
 *   owner                    pump: answers, chat, bulk ──► connection.write ... one flush
 * </pre>
 */
@Confined("owner")
public final class Session {
    private static final PauseReason[] REASONS = PauseReason.values();
    private static final VarHandle WOKEN;

    static {
        try {
            WOKEN = MethodHandles.lookup().findVarHandle(Session.class, "woken", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long instance;
    private final Address from;
    private final ResumeSecret secret;
    private final boolean countsBulkApart;
    private final Outbox outbox;
    private final InboxPlace place = new InboxPlace();
    private final Answers answers;

    /** 1 while the session is in somebody's list to be pumped. Through {@link #WOKEN} only. */
    @SuppressWarnings("unused")
    private volatile int woken;

    private volatile @Nullable UserSessions home;
    private volatile SessionInfo info;
    private volatile long turn;
    private volatile boolean detached;

    /** Changes on the owner it names. */
    private volatile Loop loop;

    private volatile String platformClass = "";
    private final int maxSubscriptions;
    private volatile @Nullable PresenceFeed presence;

    /** Guarded by the lock of presence. */
    private boolean present;

    // Guarded by the home's lock.
    private boolean frozen;
    private boolean leaving;
    private @Nullable Replacement replacement;

    // The owner's.
    private Connection connection;
    private ReadGate gate;
    /** Why the connection before was not read, until there is another one. */
    private final Set<PauseReason> paused = EnumSet.noneOf(PauseReason.class);

    private SessionEnd end;
    private @Nullable WorkerLane lane;
    private boolean mute;
    private boolean pongDue;
    private long pongNonce;
    private @Nullable ErrorPacket errorDue;

    /**
     * A session that is not attached yet.
     *
     * @param instance the client instance whose messages it sends
     * @param secret what its client shows to resume it
     * @param gate its connection's
     * @param end ends it
     */
    public Session(
            SessionInfo info,
            long instance,
            ResumeSecret secret,
            Loop loop,
            Connection connection,
            ReadGate gate,
            SessionEnd end,
            ServerLimits limits,
            ImMetrics metrics) {
        this.info = info;
        this.turn = info.id();
        this.instance = instance;
        this.secret = secret;
        this.countsBulkApart = connection.countsBulkApart();
        this.from = new Address.User(info.user());
        this.loop = loop;
        this.connection = connection;
        this.gate = gate;
        this.end = end;
        this.outbox = new Outbox(connection, limits, metrics);
        this.answers = new Answers(instance, limits.openMessages(), limits.detachedMillis() > 0);
        this.maxSubscriptions = limits.presenceSubscriptions();
    }

    /** Lets the owner pump it: now with the batch, or soon. After something was put into the outbox or the answers. */
    @ThreadSafe
    public void wake(@Nullable HopBatch batch, int bytes) {
        boolean was = (int) WOKEN.getAndSet(this, 1) == 1;
        if (batch != null) {
            batch.add(this, bytes, was);
        } else if (!was) {
            loop.wake(this);
        }
    }

    /** Writes what there is, as far as the connection has room, and flushes once. */
    public void pump() {
        Loop owner = loop;
        if (!owner.inOwnerThread()) {
            owner.wake(this);
            return;
        }
        WOKEN.setVolatile(this, 0);
        UserSessions lock = home;
        if (mute || detached || lock == null) {
            return;
        }
        if (connection.isWritable(Lane.CHAT)) {
            boolean wrote = writeControl();
            wrote |= answers.write(connection);
            wrote |= outbox.pump(lock, loop.nowNanos());
            PresenceFeed others = presence;
            if (others != null) {
                wrote |= others.write(connection);
            }
            if (wrote) {
                connection.flush();
            }
            List<Delivery> expired = outbox.takeExpired();
            if (!expired.isEmpty()) {
                lock.expiredUnwritten(this, expired);
            }
        }
        if (gate.isPausedFor(PauseReason.ANSWERS)) {
            if (answers.isRoomy()) {
                gate.resume(PauseReason.ANSWERS);
            }
        } else if (answers.isCrowded()) {
            gate.pause(PauseReason.ANSWERS);
        }
    }

    /** Writes what the client is still to be told, and no message: the session is to end. The caller flushes. */
    public void sayAnswers() {
        assert loop.inOwnerThread();
        if (!mute && connection.isWritable(Lane.CHAT)) {
            writeControl();
            answers.write(connection);
        }
        mute = true;
    }

    /** A PING is to be answered; of several only the last. */
    public void pong(long nonce) {
        pongDue = true;
        pongNonce = nonce;
    }

    /** The client is to be told of a mistake that does not end the session; of several in a batch only the last. */
    public void error(ReasonCode code, String text) {
        errorDue = new ErrorPacket(code, text);
    }

    /** Writes nothing more by itself: what is said from now on is how it ends. */
    public void mute() {
        assert loop.inOwnerThread();
        mute = true;
    }

    /**
     * Runs the task on its owner, whichever that is by then.
     *
     * @return false when the owner has been shut down
     */
    @ThreadSafe
    public boolean execute(Runnable task) {
        Loop target = loop;
        return target.execute(() -> {
            if (loop == target) {
                task.run();
            } else {
                execute(task);
            }
        });
    }

    /** The client is to be told that messages were read. */
    @ThreadSafe
    public void tellRead(Read read, @Nullable HopBatch batch) {
        UserSessions lock = home;
        if (lock != null) {
            synchronized (lock) {
                outbox.addRead(read);
            }
            wake(batch, 0);
        }
    }

    /** Whom it is told of when they come and go; null when it never asked. */
    @ThreadSafe
    public @Nullable PresenceFeed presence() {
        return presence;
    }

    /** Whom it is told of when they come and go, made with the first use. */
    @ThreadSafe
    public PresenceFeed openPresence() {
        PresenceFeed known = presence;
        if (known == null) {
            synchronized (answers) {
                known = presence;
                if (known == null) {
                    known = new PresenceFeed(this, maxSubscriptions);
                    presence = known;
                }
            }
        }
        return known;
    }

    /** Ends it, from whatever thread. */
    @ThreadSafe
    public void endSoon(ReasonCode code, String text) {
        execute(() -> end.end(code, text));
    }

    // ---- another connection

    /**
     * No link brings anything any more: writes nothing, and forgets the frames that are not finished with, which the client
     * sends again.
     */
    public void suspend() {
        assert loop.inOwnerThread();
        mute = true;
        pongDue = false;
        errorDue = null;
        answers.rewind();
    }

    /** Belongs to another connection from now on, and to its owner; {@link #attach} there is next. */
    public void moveTo(
            SessionInfo newInfo, Loop newLoop, Connection newConnection, ReadGate newGate, SessionEnd newEnd) {
        assert loop.inOwnerThread() && mute;
        for (PauseReason reason : REASONS) {
            if (reason.outlivesConnection() && gate.isPausedFor(reason)) {
                paused.add(reason);
            }
        }
        info = newInfo;
        connection = newConnection;
        gate = newGate;
        end = newEnd;
        loop = newLoop;
    }

    /** Ended by another one from now on, without a connection. */
    public void heldBy(SessionEnd newEnd) {
        assert loop.inOwnerThread();
        end = newEnd;
    }

    /** Writes to its connection what the client may have missed; then {@link #pump} does what it does. */
    public void attach() {
        assert loop.inOwnerThread();
        mute = false;
        paused.forEach(gate::pause);
        paused.clear();
        answers.writeAgain(connection);
    }

    /** A reason not to read its connection, whichever it is by now, is gone. From any thread. */
    @ThreadSafe
    public void resumeReading(PauseReason reason) {
        execute(() -> {
            paused.remove(reason);
            gate.resume(reason);
        });
    }

    /** The client has counted messages: that also proves the answers written before them. */
    public void proveAnswers() {
        assert loop.inOwnerThread();
        answers.proven(outbox.counted(), outbox.sent());
    }

    /** Whether its link is lost, and its client may come back to it. */
    @ThreadSafe
    public boolean isDetached() {
        return detached;
    }

    /** Its link is lost, or another one has taken its place. Home's lock. */
    public void detached(boolean isDetached) {
        detached = isDetached;
    }

    /** The number of the login or the resume that it belongs to: they ascend in the order they came. */
    @ThreadSafe
    public long turn() {
        return turn;
    }

    /** Belongs to a later one. Home's lock. */
    public void turn(long later) {
        turn = later;
    }

    /** Whether its connections count the bulk lane apart: all of them do, or none. */
    @ThreadSafe
    public boolean countsBulkApart() {
        return countsBulkApart;
    }

    /** What its client shows to resume it. */
    @ThreadSafe
    public ResumeSecret secret() {
        return secret;
    }

    /** What ends it. */
    public SessionEnd end() {
        return end;
    }

    /** Whether messages were written and not counted. */
    public boolean awaitsCount() {
        return outbox.awaitsCount();
    }

    /** Whether counted messages are outstanding since this long without progress, in ns; 0 when none is. */
    public long stalledNanos(long nowNanos) {
        return outbox.awaitsCount() ? Math.max(0, nowNanos - outbox.progressNanos()) : 0;
    }

    /** Whether nothing is under way to it or from it. */
    public boolean isIdle() {
        UserSessions lock = home;
        if (lock == null || !answers.isIdle()) {
            return false;
        }
        synchronized (lock) {
            return outbox.isIdle() && !lock.hasUnread(this);
        }
    }

    /** Nothing that is not kept durably is to be begun for it any more: its client was told to go. On its owner. */
    public void leave() {
        UserSessions lock = home;
        if (lock != null) {
            synchronized (lock) {
                leaving = true;
            }
        }
    }

    /** Whether it is about to end. Home's lock. */
    public boolean isLeaving() {
        return leaving;
    }

    /** The lane of its callbacks; null when it has none yet. */
    public @Nullable WorkerLane lane() {
        return lane;
    }

    /** The lane of its callbacks. A session goes on in the lane of the one before, if there was one. */
    public void lane(@Nullable WorkerLane lane) {
        this.lane = lane;
    }

    @ThreadSafe
    public SessionInfo info() {
        return info;
    }

    @ThreadSafe
    public long id() {
        return info.id();
    }

    /** The class of devices that it is counted in; the same for all unless the node's policy tells platforms apart. */
    @ThreadSafe
    public String platformClass() {
        return platformClass;
    }

    /** The class of devices that it is counted in; before it is attached. */
    public void platformClass(String name) {
        platformClass = name;
    }

    /** The client instance whose messages it sends. */
    @ThreadSafe
    public long instance() {
        return instance;
    }

    /** What its messages are from. */
    @ThreadSafe
    public Address from() {
        return from;
    }

    @ThreadSafe
    public Loop loop() {
        return loop;
    }

    public Connection connection() {
        return connection;
    }

    public ReadGate gate() {
        return gate;
    }

    @ThreadSafe
    public Answers answers() {
        return answers;
    }

    public Outbox outbox() {
        return outbox;
    }

    /** Where it is in its user's inbox. Home's lock. */
    public InboxPlace place() {
        return place;
    }

    /** The sessions of its user, it among them; null before it is attached. */
    @ThreadSafe
    public @Nullable UserSessions home() {
        return home;
    }

    void attachedTo(UserSessions sessions) {
        home = sessions;
    }

    /** Makes way for the same device's new session. */
    @ThreadSafe
    public void giveWaySoon(Session by) {
        execute(() -> end.giveWay(by));
    }

    /** Whether its owner has let go of it, so that another session may take over what it holds. Home's lock. */
    public boolean isFrozen() {
        return frozen;
    }

    /** Its owner lets go of it. Home's lock. */
    public void freeze() {
        frozen = true;
    }

    /** Who waits to take its place. Home's lock. */
    public @Nullable Replacement replacement() {
        return replacement;
    }

    /** Somebody waits to take its place. Home's lock. */
    public void replacement(@Nullable Replacement replacement) {
        this.replacement = replacement;
    }

    /** Whether presence counts it, from now on. Under the lock of presence. @return whether that is a change */
    public boolean present(boolean counted) {
        boolean changed = present != counted;
        present = counted;
        return changed;
    }

    private boolean writeControl() {
        boolean wrote = false;
        if (pongDue) {
            pongDue = false;
            connection.write(Lane.CHAT, connection.codec().encode(new Pong(pongNonce)));
            wrote = true;
        }
        ErrorPacket error = errorDue;
        if (error != null) {
            errorDue = null;
            connection.write(Lane.CHAT, connection.codec().encode(error));
            wrote = true;
        }
        return wrote;
    }
}
