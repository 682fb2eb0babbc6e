// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.presence;

import io.hongyan.core.session.PresenceFeed;
import io.hongyan.protocol.Confined;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Presence;
import io.hongyan.protocol.packet.UserId;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether one user is there, since when, and what his watchers were last told.
 *
 * <pre>
 *   offline ──session──► online ──last session lost──► online, in grace ──15 s──► offline
 *      ▲                   │ ▲                                │
 *      └──last logged out──┘ └──────────── session ───────────┘
 * </pre>
 */
@Confined("its stripe's lock")
final class Standing {
    private final UserId user;
    private int sessions;
    private boolean inGrace;
    private long graceEndNanos;
    private @Nullable DeviceId graceDevice;
    private long sinceMillis;
    private long leftMillis;
    private boolean told;
    private boolean tellAnyway;
    private boolean queued;
    private @Nullable Set<PresenceFeed> watchers;

    Standing(UserId user) {
        this.user = user;
    }

    UserId user() {
        return user;
    }

    boolean isOnline() {
        return sessions > 0 || inGrace;
    }

    /** How it stands, as a packet says it. */
    Presence presence() {
        return new Presence(user, isOnline(), sinceMillis);
    }

    /** A session began. @return whether the user came by that */
    boolean arrived(DeviceId device, long wallMillis) {
        boolean wasOnline = isOnline();
        sessions++;
        if (device.equals(graceDevice)) {
            endGrace();
        }
        if (!wasOnline) {
            sinceMillis = wallMillis;
        }
        return !wasOnline;
    }

    /** A session ended. @return whether the user went by that */
    boolean left(long wallMillis) {
        sessions--;
        leftMillis = wallMillis;
        return isGone();
    }

    /** A session was lost: its user counts as online until then. */
    void grace(DeviceId device, long endNanos) {
        inGrace = true;
        graceDevice = device;
        graceEndNanos = endNanos;
    }

    /** The time of a grace is over. @return whether the user went by that */
    boolean graceOver(long endNanos) {
        if (!inGrace || graceEndNanos != endNanos) {
            return false;
        }
        endGrace();
        return isGone();
    }

    /** The session that was lost is ended. @return whether the user went by that */
    boolean endGrace(DeviceId device, long wallMillis) {
        if (!device.equals(graceDevice)) {
            return false;
        }
        endGrace();
        leftMillis = wallMillis;
        return isGone();
    }

    /** He was online until now. */
    private boolean isGone() {
        if (isOnline()) {
            return false;
        }
        sinceMillis = leftMillis;
        return true;
    }

    private void endGrace() {
        inGrace = false;
        graceDevice = null;
    }

    /** A change is to be told. @return whether none was waiting to be told */
    boolean queue() {
        boolean first = !queued;
        queued = true;
        return first;
    }

    /** The time to tell has come. @return whether there is anything to tell; the caller does */
    boolean tell() {
        queued = false;
        boolean due = told != isOnline() || tellAnyway;
        told = isOnline();
        tellAnyway = false;
        return due;
    }

    /**
     * Somebody has been told how it stands at this moment, ahead of the others: should it be as before when they are told,
     * he is to be told too.
     */
    void toldAhead() {
        tellAnyway |= told != isOnline();
    }

    Set<PresenceFeed> watchers() {
        Set<PresenceFeed> all = watchers;
        return all == null ? Set.of() : all;
    }

    void watch(PresenceFeed feed) {
        Set<PresenceFeed> all = watchers;
        if (all == null) {
            all = new LinkedHashSet<>(2);
            watchers = all;
        }
        all.add(feed);
    }

    boolean unwatch(PresenceFeed feed) {
        Set<PresenceFeed> all = watchers;
        if (all == null || !all.remove(feed)) {
            return false;
        }
        if (all.isEmpty()) {
            watchers = null;
        }
        return true;
    }

    /** Whether nothing is lost when it is forgotten. */
    boolean isIdle() {
        return !isOnline() && !told && !queued && watchers == null;
    }
}
