// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.ReasonCode;

/**
 * Hears how the connection of a client fares. Called on the client's callback lane, like {@link MessageListener}.
 *
 * <pre>
 *   connected ──► disconnected ──► reconnecting ──► connected ...
 *                      ▲                │
 *                      └────────────────┘            closed: once, last
 * </pre>
 */
public interface ConnectionListener {

    /** Logged in; messages flow. */
    default void connected(ServerAddress server) {}

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
