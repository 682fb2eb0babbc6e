// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Presence;
import io.hongyan.protocol.packet.Subscribe;
import io.hongyan.protocol.packet.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whose presence the application wants to hear of, and what the server has been told of that. The difference is what is
 * to be written; a new link begins with all of it, since subscriptions end with a session.
 */
@ThreadSafe
final class PresenceWatch {

    /** Users subscribed to at once; as many as a server with the default limits takes of one session. */
    static final int MAX_USERS = 1_024;

    /** More than what a user takes in a SUBSCRIBE. */
    private static final int USER_BYTES = 65;

    private static final int HEAD_BYTES = 16;

    // Guarded by this.
    private final Set<UserId> wanted = new LinkedHashSet<>(0);
    private final Set<UserId> told = new HashSet<>(0);
    private final Map<UserId, Presence> known = new HashMap<>(0);
    private boolean changed;

    /** Wants to hear of these too. @return false when these would be too many, and then none is taken */
    synchronized boolean subscribe(Collection<UserId> users) {
        Set<UserId> more = new LinkedHashSet<>(users);
        more.removeAll(wanted);
        if (wanted.size() + more.size() > MAX_USERS) {
            return false;
        }
        changed |= wanted.addAll(more);
        return true;
    }

    /** Wants to hear of these no more. */
    synchronized void unsubscribe(Collection<UserId> users) {
        for (UserId user : users) {
            changed |= wanted.remove(user);
            known.remove(user);
        }
    }

    /** Writes what the server is to be told, as far as there is room; the caller flushes. */
    @Confined("owner")
    synchronized void writeTo(Link link) {
        int most = Math.max(1, Math.min(Subscribe.MAX_USERS, (link.maxFrameBytes() - HEAD_BYTES) / USER_BYTES));
        while (changed && link.isWritable(Lane.CHAT)) {
            List<UserId> ended = without(told, wanted, most);
            List<UserId> begun = ended.isEmpty() ? without(wanted, told, most) : List.of();
            if (!ended.isEmpty()) {
                told.removeAll(ended);
                link.write(Lane.CHAT, link.encode(new Subscribe(false, ended)));
            } else if (!begun.isEmpty()) {
                told.addAll(begun);
                link.write(Lane.CHAT, link.encode(new Subscribe(true, begun)));
            } else {
                changed = false;
            }
        }
    }

    /** What the server says of a user. @return whether the application is to be told */
    @Confined("owner")
    synchronized boolean isNews(Presence presence) {
        return wanted.contains(presence.user()) && !presence.equals(known.put(presence.user(), presence));
    }

    /** The link is gone, and with it what its server was told. */
    @Confined("owner")
    synchronized void offline() {
        told.clear();
        changed = !wanted.isEmpty();
    }

    private static List<UserId> without(Set<UserId> some, Set<UserId> others, int most) {
        List<UserId> rest = new ArrayList<>();
        for (Iterator<UserId> users = some.iterator(); users.hasNext() && rest.size() < most; ) {
            UserId user = users.next();
            if (!others.contains(user)) {
                rest.add(user);
            }
        }
        return rest;
    }
}
