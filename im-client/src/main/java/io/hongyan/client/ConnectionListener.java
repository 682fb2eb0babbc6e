// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.ReasonCode;

/**
 * Hears how the connection of a client fares. Called on the client's callback lane, like {@link MessageListener}.
 *
 * <pre>
 *   connected ──► disconnected ──► reconnecting ──► connected ...       (leaving, before it, when the server asks to go)
 *                      ▲                │
 *                      └────────────────┘            closed: once, last
 * </pre>
 */
public interface ConnectionListener {

    /** Logged in; messages flow. */
    default void connected(ServerAddress server) {}

    /**
     * The server asks to leave it. What was begun is finished, what is sent from now on waits until the client is back;
     * {@link #disconnected} comes next, and says when that is tried.
     *
     * @param withinMillis when the server ends the connection at the latest, in milliseconds from now
     */
    default void leaving(ReasonCode reason, long withinMillis) {}

    /**
     * The connection is lost, or an attempt to come back failed.
     *
     * @param retryMillis when the next attempt starts, in milliseconds from now
     */
    default void disconnected(ReasonCode reason, long retryMillis) {}

    /** An attempt to come back starts. */
    default void reconnecting(ServerAddress server) {}

    /** The client has ended and will not come back. */
    default void closed(ReasonCode reason) {}
}
