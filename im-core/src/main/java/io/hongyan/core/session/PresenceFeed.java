// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.packet.Presence;
import io.hongyan.protocol.packet.UserId;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The users whose comings and goings one session is told of, and what it is still to be told: of each user the newest
 * only, so that what waits for a slow client is bounded by its subscriptions, and ends with how things are.
 *
 * <p>Filled by any thread, written on the session's owner, in the chat lane: what is lost on the way would be believed for
 * ever.
 */
@ThreadSafe
public final class PresenceFeed {
    private final Session session;
    private final int maxUsers;

    // All guarded by this.
    private final Set<UserId> users = new HashSet<>();
    private final Map<UserId, Presence> untold = new LinkedHashMap<>();
    private boolean ended;

    PresenceFeed(Session session, int maxUsers) {
        this.session = session;
        this.maxUsers = maxUsers;
    }

    /** What became of a subscription. */
    public enum Subscription {
        BEGUN,
        /** It was there before. */
        KNOWN,
        /** The session has as many as it may have, or has ended. */
        REFUSED
    }

    /** The session wants to be told of a user. */
    public synchronized Subscription subscribe(UserId user) {
        if (users.contains(user)) {
            return Subscription.KNOWN;
        }
        if (ended || users.size() >= maxUsers) {
            return Subscription.REFUSED;
        }
        users.add(user);
        return Subscription.BEGUN;
    }

    /** The session wants to be told no more. @return whether it was */
    public synchronized boolean unsubscribe(UserId user) {
        untold.remove(user);
        return users.remove(user);
    }

    /** The session has ended: there is nobody to tell. @return whom it was told of until now */
    public synchronized Collection<UserId> end() {
        ended = true;
        List<UserId> all = List.copyOf(users);
        users.clear();
        untold.clear();
        return all;
    }

    /** How a user stands now, in place of whatever was to be told of him. The caller wakes the session. */
    public synchronized void put(Presence presence) {
        if (users.contains(presence.user())) {
            untold.put(presence.user(), presence);
        }
    }

    /** Whose it is. */
    public Session session() {
        return session;
    }

    /** Writes what the connection has room for. Owner. @return whether there was anything */
    synchronized boolean write(Connection connection) {
        boolean wrote = false;
        Iterator<Presence> next = untold.values().iterator();
        while (next.hasNext() && connection.isWritable(Lane.CHAT)) {
            connection.write(Lane.CHAT, connection.codec().encode(next.next()));
            next.remove();
            wrote = true;
        }
        return wrote;
    }
}
