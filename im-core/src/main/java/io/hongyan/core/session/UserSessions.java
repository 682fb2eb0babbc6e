// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.core.listener.SessionInfo;
import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.UserId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one user, oldest first. Its monitor is the lock of everything that hangs on the user: who is attached,
 * and what is on the way to whom. It is held for short, and no other user's is taken meanwhile.
 */
@Confined("this; reading the sessions: anybody")
public abstract class UserSessions {
    private static final Session[] NOBODY = {};

    private final UserId user;

    /** Never written into, so that whoever reads it may walk over it. */
    private volatile Session[] sessions = NOBODY;

    protected UserSessions(UserId user) {
        this.user = user;
    }

    @ThreadSafe
    public final UserId user() {
        return user;
    }

    /** The sessions now; to be read only. */
    @ThreadSafe
    public final Session[] sessions() {
        return sessions;
    }

    /** What the application sees of them. */
    @ThreadSafe
    public final List<SessionInfo> infos() {
        Session[] now = sessions;
        List<SessionInfo> infos = new ArrayList<>(now.length);
        for (Session session : now) {
            infos.add(session.info());
        }
        return infos;
    }

    /** The session of a device. */
    @ThreadSafe
    public final @Nullable Session sessionOf(DeviceId device) {
        for (Session session : sessions) {
            if (session.info().device().equals(device)) {
                return session;
            }
        }
        return null;
    }

    /** Whether a message waits to be read from a store in memory for this session. Under the lock. */
    protected abstract boolean hasUnread(Session session);

    /** Whether the message's time to live has run out. */
    @ThreadSafe
    protected abstract boolean isExpired(Message message);

    /** The time to live of these messages ran out before the session could write them: it lets go of them. On its owner. */
    protected abstract void expiredUnwritten(Session session, List<Delivery> deliveries);

    protected final void add(Session session) {
        assert Thread.holdsLock(this);
        Session[] before = sessions;
        Session[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = session;
        session.attachedTo(this);
        sessions = after;
    }

    /** @return whether it was there */
    protected final boolean remove(Session session) {
        assert Thread.holdsLock(this);
        Session[] before = sessions;
        for (int i = 0; i < before.length; i++) {
            if (before[i] == session) {
                Session[] after = before.length == 1 ? NOBODY : new Session[before.length - 1];
                System.arraycopy(before, 0, after, 0, i);
                System.arraycopy(before, i + 1, after, i, after.length - i);
                sessions = after;
                return true;
            }
        }
        return false;
    }
}
