// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import io.hongyan.core.auth.TakeoverPolicy;
import io.hongyan.core.session.Session;
import io.hongyan.protocol.Confined;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies the {@link TakeoverPolicy} to the sessions of one user, under the lock of his mailbox: of several logins at
 * once each sees what the one before left. Logins are older or newer by their ids, whichever is judged first.
 */
@Confined("the user's mailbox lock")
final class Takeover {
    private final TakeoverPolicy policy;
    private final int devicesPerUser;

    /** What becomes of a login. */
    enum Kind {
        LET_IN,
        /** Those who are here stay. */
        REFUSED,
        /** Newer logins have all the places. */
        SUPERSEDED
    }

    /** @param evicted who goes for it; nobody if null */
    record Verdict(Kind kind, @Nullable Session evicted) {
        private static final Verdict ROOM = new Verdict(Kind.LET_IN, null);
        private static final Verdict REFUSED = new Verdict(Kind.REFUSED, null);
        private static final Verdict SUPERSEDED = new Verdict(Kind.SUPERSEDED, null);
    }

    Takeover(TakeoverPolicy policy, int devicesPerUser) {
        this.policy = policy;
        this.devicesPerUser = devicesPerUser;
    }

    /**
     * What becomes of a login.
     *
     * @param old the session of the same device, whose place is free in any case
     * @param here all sessions of the user, {@code old} among them
     */
    Verdict judge(Session session, @Nullable Session old, Session[] here) {
        List<Session> crowd = crowd(session, old, here);
        if (crowd.isEmpty()) {
            return Verdict.ROOM;
        }
        if (policy.refuses()) {
            return Verdict.REFUSED;
        }
        Session oldest = crowd.get(0);
        for (Session each : crowd) {
            oldest = each.id() < oldest.id() ? each : oldest;
        }
        return oldest.id() > session.id() ? Verdict.SUPERSEDED : new Verdict(Kind.LET_IN, oldest);
    }

    /** Those of whom one is too many; none when there is room. */
    private List<Session> crowd(Session session, @Nullable Session old, Session[] here) {
        if (old != null && old.platformClass().equals(session.platformClass())) {
            return List.of();
        }
        List<Session> sameClass = new ArrayList<>(here.length);
        for (Session other : here) {
            if (other != old && other.platformClass().equals(session.platformClass())) {
                sameClass.add(other);
            }
        }
        if (sameClass.size() >= policy.devicesPerClass()) {
            return sameClass;
        }
        return old == null && here.length >= devicesPerUser ? List.of(here) : List.of();
    }
}
