// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import io.hongyan.core.listener.SessionInfo;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.UserId;
import java.util.List;
import java.util.Objects;

/**
 * Whether a user is here, as seen at one moment.
 *
 * @param user who
 * @param sessions his sessions, oldest first
 */
@ThreadSafe
public record Presence(UserId user, List<SessionInfo> sessions) {
    public Presence {
        Objects.requireNonNull(user, "user");
        sessions = List.copyOf(sessions);
    }

    /** Whether he has at least one session. */
    public boolean online() {
        return !sessions.isEmpty();
    }
}
