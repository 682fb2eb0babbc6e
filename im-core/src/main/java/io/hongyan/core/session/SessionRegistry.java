// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.UserId;
import java.util.Collection;
import java.util.Collections;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who is here: sessions by user and by id.
 *
 * @param <H> what a user's sessions are kept in
 */
@ThreadSafe
public final class SessionRegistry<H extends UserSessions> {
    private final ConcurrentHashMap<UserId, H> homes = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, Session> byId = new ConcurrentHashMap<>();

    /** The home of a user who has one. */
    public @Nullable H find(UserId user) {
        return homes.get(user);
    }

    /** The home of a user, made if he has none. */
    public H open(UserId user, Function<UserId, H> made) {
        H known = homes.get(user);
        return known != null ? known : homes.computeIfAbsent(user, made);
    }

    /** Forgets a home that nothing hangs on any more. */
    public void retire(H home) {
        homes.remove(home.user(), home);
    }

    /** All homes; a view that changes. */
    public Collection<H> homes() {
        return Collections.unmodifiableCollection(homes.values());
    }

    /** A session began. */
    public void opened(Session session) {
        byId.put(session.id(), session);
    }

    /** A session ended. @return whether it was there */
    public boolean closed(Session session) {
        return byId.remove(session.id(), session);
    }

    /** The session with this id. */
    public @Nullable Session byId(long id) {
        return byId.get(id);
    }

    /** All sessions; a view that changes. */
    public Collection<Session> sessions() {
        return Collections.unmodifiableCollection(byId.values());
    }

    /** Number of sessions. */
    public int size() {
        return byId.size();
    }
}
