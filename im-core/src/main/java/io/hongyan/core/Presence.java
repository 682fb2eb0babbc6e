// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import io.hongyan.core.listener.SessionInfo;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether a user is here, as seen at one moment.
 *
 * @param user who
 * @param online whether he has a session, or lost his last one within {@code presenceGraceMillis} (15 s)
 * @param since when that began; null when the node does not know any more
 * @param sessions his sessions, oldest first
 */
@ThreadSafe
public record Presence(
        UserId user, boolean online, @Nullable Instant since, List<SessionInfo> sessions) {
    public Presence {
        Objects.requireNonNull(user, "user");
        sessions = List.copyOf(sessions);
    }
}
