// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.listener;

import io.hongyan.protocol.packet.UserId;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides who may see when a user comes and goes. Unless one is given, everybody sees himself only: when people are at
 * their devices is nothing to tell to whoever can guess a name.
 *
 * <p>Asked when a client subscribes, and not again until it subscribes anew; subscriptions end with the session. Runs on
 * the session's worker lane; it may block, and while it does, later messages and events of that session wait. One that
 * throws, or answers null, lets nobody be seen; it is counted and logged.
 */
@FunctionalInterface
public interface PresenceVisibility {
    /** Whether this session's user may see the other one. */
    boolean maySee(SessionInfo watcher, UserId user);

    /**
     * Those of the users that may be seen. For an application that asks once for all of them, such as a database; by
     * default each is asked for by {@link #maySee}.
     *
     * @param users 1 to 256
     */
    default List<UserId> visible(SessionInfo watcher, List<UserId> users) {
        List<UserId> seen = new ArrayList<>(users.size());
        for (UserId user : users) {
            if (maySee(watcher, user)) {
                seen.add(user);
            }
        }
        return seen;
    }

    /** Everybody may see everybody: for a company, or a server whose users all know each other. */
    static PresenceVisibility everyone() {
        return (watcher, user) -> true;
    }

    /** Everybody may see himself only, which tells a device of the others; the default. */
    static PresenceVisibility oneself() {
        return (watcher, user) -> watcher.user().equals(user);
    }
}
