// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Hears who comes and goes, of the users this client has {@linkplain ImClient#subscribe subscribed} to. Called on the
 * client's callback lane, like {@link MessageListener}.
 */
@FunctionalInterface
public interface PresenceListener {

    /**
     * A user is there, or not: told once when the subscription begins, and then with each change. Changes within a second
     * are told as one; who lost his connection counts as there for 15 s more, unless the server says otherwise.
     *
     * @param since when that began, by the server's clock; {@code null} when it does not know
     */
    void onPresence(String user, boolean online, @Nullable Instant since);
}
