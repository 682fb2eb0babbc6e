// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.listener;

import io.hongyan.protocol.packet.Message;

/**
 * Hears messages addressed to the server. Watching messages between users is a {@link MessageInterceptor}'s job.
 *
 * <p>Runs on the sender's worker lane: one call after the other per session, in the order of arrival, sessions in
 * parallel; never on an event loop, so it may block. While it does, later messages of that session wait, and past a
 * bound the session is not read. The sender's DELIVERED follows when the call has returned; it also follows when the
 * call threw, which is counted and logged.
 */
@FunctionalInterface
public interface MessageListener {
    /**
     * A message to the server.
     *
     * @param sender whose session it came from
     * @param message as it came, with the server's fields filled
     */
    void onMessage(SessionInfo sender, Message message);
}
