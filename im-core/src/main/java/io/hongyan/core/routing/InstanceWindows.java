// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import io.hongyan.core.session.Session;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The windows of all client instances, by user. Those of users with a session stay; of the others the users gone for
 * longest are forgotten, and of one user's instances those without a session go first. Touched at login and logout and
 * for receipts of stored messages, not per message.
 */
@ThreadSafe
public final class InstanceWindows {
    private static final int STRIPES = 16;

    private final Stripe[] stripes = new Stripe[STRIPES];

    /**
     * @param rememberedUsers bound of users without a session
     * @param instancesPerUser bound of instances per user
     */
    public InstanceWindows(int rememberedUsers, int instancesPerUser) {
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Stripe(Math.max(1, rememberedUsers / STRIPES), instancesPerUser);
        }
    }

    /** The window of the session's instance, made if there is none; its answers go to the session from now on. */
    public InstanceWindow attach(Session session) {
        Stripe stripe = stripeOf(session.info().user());
        synchronized (stripe) {
            return stripe.attach(session);
        }
    }

    /** The session has ended; the window is kept for a while. */
    public void release(InstanceWindow window, Session session) {
        Stripe stripe = stripeOf(window.user());
        synchronized (stripe) {
            stripe.release(window, session);
        }
    }

    /** The window of an instance, if it is remembered. */
    public @Nullable InstanceWindow find(UserId user, long instance) {
        Stripe stripe = stripeOf(user);
        synchronized (stripe) {
            return stripe.find(user, instance);
        }
    }

    private Stripe stripeOf(UserId user) {
        int hash = user.hashCode();
        return stripes[(hash ^ hash >>> 16) & STRIPES - 1];
    }

    /** The users of one lock. */
    private static final class Stripe {
        private final int rememberedUsers;
        private final int instancesPerUser;
        private final Map<UserId, List<InstanceWindow>> present = new HashMap<>();

        /** Users without a session, the one gone for longest first. */
        private final Map<UserId, List<InstanceWindow>> gone = new LinkedHashMap<>();

        Stripe(int rememberedUsers, int instancesPerUser) {
            this.rememberedUsers = rememberedUsers;
            this.instancesPerUser = instancesPerUser;
        }

        InstanceWindow attach(Session session) {
            UserId user = session.info().user();
            List<InstanceWindow> windows = present.get(user);
            if (windows == null) {
                windows = gone.remove(user);
                if (windows == null) {
                    windows = new ArrayList<>(1);
                }
                present.put(user, windows);
            }
            InstanceWindow window = of(windows, session.instance());
            if (window == null) {
                window = new InstanceWindow(user, session.instance());
                makeRoom(windows);
            } else {
                windows.remove(window);
            }
            windows.add(window);
            window.session(session);
            return window;
        }

        void release(InstanceWindow window, Session session) {
            UserId user = window.user();
            List<InstanceWindow> windows = present.get(user);
            if (!window.release(session) || windows == null) {
                return;
            }
            for (InstanceWindow other : windows) {
                if (other.hasSession()) {
                    return;
                }
            }
            present.remove(user);
            gone.put(user, windows);
            if (gone.size() > rememberedUsers) {
                gone.remove(gone.keySet().iterator().next());
            }
        }

        @Nullable
        InstanceWindow find(UserId user, long instance) {
            List<InstanceWindow> windows = present.get(user);
            if (windows == null) {
                windows = gone.get(user);
            }
            return windows == null ? null : of(windows, instance);
        }

        private void makeRoom(List<InstanceWindow> windows) {
            if (windows.size() < instancesPerUser) {
                return;
            }
            for (int i = 0; i < windows.size(); i++) {
                if (!windows.get(i).hasSession()) {
                    windows.remove(i);
                    return;
                }
            }
        }

        private static @Nullable InstanceWindow of(List<InstanceWindow> windows, long instance) {
            for (InstanceWindow window : windows) {
                if (window.instance() == instance) {
                    return window;
                }
            }
            return null;
        }
    }
}
