// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import io.hongyan.core.session.Session;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.UserId;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The windows of all client instances, by user. Those with a session stay; of the others, of one user and in all, the ones
 * gone for longest are forgotten. Touched at login and logout and for receipts of stored messages, not per message.
 */
@ThreadSafe
public final class InstanceWindows {
    private static final int STRIPES = 16;

    private final Stripe[] stripes = new Stripe[STRIPES];
    private final Fingerprints fingerprints = new Fingerprints(new SecureRandom().nextLong());

    /**
     * @param remembered bound of instances without a session
     * @param rememberedPerUser bound of one user's instances without a session
     */
    public InstanceWindows(int remembered, int rememberedPerUser) {
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Stripe(Math.max(1, remembered / STRIPES), rememberedPerUser, fingerprints);
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
        private final int remembered;
        private final int rememberedPerUser;
        private final Fingerprints fingerprints;

        /** Of each user those without a session in the order they went, among those with one. */
        private final Map<UserId, List<InstanceWindow>> windows = new HashMap<>();

        /** Those without a session, the one gone for longest first. */
        private final Set<InstanceWindow> gone = new LinkedHashSet<>();

        Stripe(int remembered, int rememberedPerUser, Fingerprints fingerprints) {
            this.fingerprints = fingerprints;
            this.remembered = remembered;
            this.rememberedPerUser = rememberedPerUser;
        }

        InstanceWindow attach(Session session) {
            UserId user = session.info().user();
            InstanceWindow window = find(user, session.instance());
            if (window == null) {
                window = new InstanceWindow(user, session.instance(), fingerprints);
                windows.computeIfAbsent(user, any -> new ArrayList<>(1)).add(window);
            } else {
                gone.remove(window);
            }
            window.session(session);
            return window;
        }

        void release(InstanceWindow window, Session session) {
            List<InstanceWindow> ofUser = windows.get(window.user());
            if (!window.release(session) || ofUser == null) {
                return;
            }
            ofUser.remove(window);
            ofUser.add(window);
            gone.add(window);
            forgetBeyondBoundOf(ofUser);
            if (gone.size() > remembered) {
                forget(gone.iterator().next());
            }
        }

        @Nullable
        InstanceWindow find(UserId user, long instance) {
            for (InstanceWindow window : windows.getOrDefault(user, List.of())) {
                if (window.instance() == instance) {
                    return window;
                }
            }
            return null;
        }

        /** One was added, so at most one is too many. */
        private void forgetBeyondBoundOf(List<InstanceWindow> ofUser) {
            InstanceWindow first = null;
            int without = 0;
            for (InstanceWindow window : ofUser) {
                if (!window.hasSession()) {
                    first = first == null ? window : first;
                    without++;
                }
            }
            if (first != null && without > rememberedPerUser) {
                forget(first);
            }
        }

        private void forget(InstanceWindow window) {
            gone.remove(window);
            windows.computeIfPresent(window.user(), (user, ofUser) -> {
                ofUser.remove(window);
                return ofUser.isEmpty() ? null : ofUser;
            });
        }
    }
}
