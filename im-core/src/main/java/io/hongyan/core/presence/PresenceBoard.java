// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.presence;

import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.listener.PresenceListener;
import io.hongyan.core.session.PresenceFeed;
import io.hongyan.core.session.Session;
import io.hongyan.core.session.WorkerLane;
import io.hongyan.core.session.WorkerPool;
import io.hongyan.core.time.NanoClock;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Presence;
import io.hongyan.protocol.packet.UserId;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How all users of a node stand, and who is told of changes. Touched when sessions begin and end and by SUBSCRIBE, never
 * per message. Changes are told by {@link #tick}, when they are a second old, so that a user who comes back at once is not
 * told of.
 */
@ThreadSafe
public final class PresenceBoard {
    private static final int STRIPES = 16;
    private static final long COALESCE_NANOS = 1_000_000_000L;

    private final Stripe[] stripes = new Stripe[STRIPES];
    private final List<PresenceListener> listeners;
    private final WorkerPool pool;
    private final NanoClock clock;
    private final InstantSource wallClock;
    private final long graceNanos;
    private final int maxWatchers;
    private final int maxSubscriptions;
    private final int laneTasks;
    private final AtomicInteger subscriptions = new AtomicInteger();

    public PresenceBoard(
            ServerLimits limits,
            List<PresenceListener> listeners,
            WorkerPool pool,
            NanoClock clock,
            InstantSource wallClock) {
        this.listeners = List.copyOf(listeners);
        this.pool = pool;
        this.clock = clock;
        this.wallClock = wallClock;
        this.graceNanos = limits.presenceGraceMillis() * 1_000_000;
        this.maxWatchers = limits.presenceWatchers();
        this.maxSubscriptions = limits.allPresenceSubscriptions();
        this.laneTasks = limits.laneTasks();
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Stripe(pool.newLane(laneTasks));
        }
    }

    /** A session began, or has a link again. */
    public void arrived(Session session) {
        UserId user = session.info().user();
        Stripe stripe = stripeOf(user);
        synchronized (stripe) {
            if (!session.present(true)) {
                return;
            }
            Standing standing = stripe.open(user);
            if (standing.arrived(session.info().device(), wallClock.millis())) {
                stripe.changed(standing, clock.nanoTime());
            }
        }
    }

    /**
     * A session ended, or lost its connection.
     *
     * @param comesBack whether its device is likely to: its user counts as online for a while
     */
    public void left(Session session, boolean comesBack) {
        UserId user = session.info().user();
        Stripe stripe = stripeOf(user);
        synchronized (stripe) {
            long now = clock.nanoTime();
            if (!session.present(false)) {
                Standing standing = stripe.standings.get(user);
                if (!comesBack
                        && standing != null
                        && standing.endGrace(session.info().device(), wallClock.millis())) {
                    stripe.changed(standing, now);
                }
                return;
            }
            Standing standing = stripe.open(user);
            if (comesBack && graceNanos > 0) {
                stripe.grace(standing, session.info().device(), now + graceNanos);
            }
            if (standing.left(wallClock.millis())) {
                stripe.changed(standing, now);
            }
        }
    }

    /** A session ended: nobody is told any more what it subscribed to. */
    public void endSubscriptions(Session session) {
        PresenceFeed feed = session.presence();
        if (feed != null) {
            feed.end().forEach(watched -> unwatch(feed, watched));
        }
    }

    /**
     * The feed's session is told how a user stands now, and of changes from now on.
     *
     * @return false when there is no room for that
     */
    public boolean subscribe(PresenceFeed feed, UserId user) {
        Stripe stripe = stripeOf(user);
        synchronized (stripe) {
            PresenceFeed.Subscription begun = feed.subscribe(user);
            if (begun == PresenceFeed.Subscription.REFUSED) {
                return false;
            }
            Standing standing = stripe.open(user);
            if (begun == PresenceFeed.Subscription.BEGUN && !watch(standing, feed)) {
                feed.unsubscribe(user);
                stripe.forgetIfIdle(standing);
                return false;
            }
            feed.put(standing.presence());
            standing.toldAhead();
        }
        feed.session().wake(null, 0);
        return true;
    }

    /** The feed's session is told of this user no more. */
    public void unsubscribe(PresenceFeed feed, UserId user) {
        if (feed.unsubscribe(user)) {
            unwatch(feed, user);
        }
    }

    /** How a user stands now. */
    public Presence of(UserId user) {
        Stripe stripe = stripeOf(user);
        synchronized (stripe) {
            Standing standing = stripe.standings.get(user);
            return standing == null ? new Presence(user, false, 0) : standing.presence();
        }
    }

    /** Ends graces and tells changes whose time has come; called a few times a second. */
    public void tick(long nowNanos) {
        List<Session> told = new ArrayList<>();
        for (Stripe stripe : stripes) {
            synchronized (stripe) {
                stripe.endGraces(nowNanos);
                tellChanges(stripe, nowNanos, told);
            }
            told.forEach(session -> session.wake(null, 0));
            told.clear();
        }
    }

    /** Subscriptions of all sessions. */
    public int subscriptions() {
        return subscriptions.get();
    }

    /** Users of whom anything is kept. */
    public int standings() {
        int all = 0;
        for (Stripe stripe : stripes) {
            synchronized (stripe) {
                all += stripe.standings.size();
            }
        }
        return all;
    }

    private boolean watch(Standing standing, PresenceFeed feed) {
        if (standing.watchers().size() >= maxWatchers) {
            return false;
        }
        if (subscriptions.incrementAndGet() > maxSubscriptions) {
            subscriptions.decrementAndGet();
            return false;
        }
        standing.watch(feed);
        return true;
    }

    private void unwatch(PresenceFeed feed, UserId user) {
        Stripe stripe = stripeOf(user);
        synchronized (stripe) {
            Standing standing = stripe.standings.get(user);
            if (standing != null && standing.unwatch(feed)) {
                subscriptions.decrementAndGet();
                stripe.forgetIfIdle(standing);
            }
        }
    }

    /** While listeners are slow changes wait, and become fewer. */
    private void tellChanges(Stripe stripe, long nowNanos, List<Session> told) {
        Due due = stripe.changes.peek();
        while (due != null && nowNanos - due.atNanos >= 0 && stripe.lane.size() < laneTasks) {
            stripe.changes.remove();
            Standing standing = due.standing;
            if (standing.tell()) {
                Presence presence = standing.presence();
                for (PresenceFeed feed : standing.watchers()) {
                    feed.put(presence);
                    told.add(feed.session());
                }
                if (!listeners.isEmpty()) {
                    stripe.lane.submit(() -> pool.invoker().presence(listeners, presence.user(), presence.online()));
                }
            }
            stripe.forgetIfIdle(standing);
            due = stripe.changes.peek();
        }
    }

    private Stripe stripeOf(UserId user) {
        int hash = user.hashCode();
        return stripes[(hash ^ hash >>> 16) & STRIPES - 1];
    }

    /** Something about a user at a time. */
    private record Due(Standing standing, long atNanos) {}

    /** The users of one lock. */
    private static final class Stripe {
        private final WorkerLane lane;
        private final Map<UserId, Standing> standings = new HashMap<>();

        /** Each user once at most, the oldest change first. */
        private final Queue<Due> changes = new ArrayDeque<>();

        /** One for each session lost during the last grace, the oldest first. */
        private final Queue<Due> graces = new ArrayDeque<>();

        Stripe(WorkerLane lane) {
            this.lane = lane;
        }

        Standing open(UserId user) {
            return standings.computeIfAbsent(user, Standing::new);
        }

        void changed(Standing standing, long nowNanos) {
            if (standing.queue()) {
                changes.add(new Due(standing, nowNanos + COALESCE_NANOS));
            }
        }

        void grace(Standing standing, DeviceId device, long endNanos) {
            standing.grace(device, endNanos);
            graces.add(new Due(standing, endNanos));
        }

        void endGraces(long nowNanos) {
            Due due = graces.peek();
            while (due != null && nowNanos - due.atNanos >= 0) {
                graces.remove();
                if (due.standing.graceOver(due.atNanos)) {
                    changed(due.standing, nowNanos);
                }
                due = graces.peek();
            }
        }

        void forgetIfIdle(Standing standing) {
            if (standing.isIdle()) {
                standings.remove(standing.user());
            }
        }
    }
}
