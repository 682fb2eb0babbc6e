// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.listener;

import io.hongyan.protocol.packet.UserId;

/**
 * Hears who comes and goes, of all users of the node. Changes within a second are told as one, so a user who comes back
 * at once is not told of.
 *
 * <p>Runs on worker threads, in order per user, users in parallel; it may block. When it is slow, changes wait and become
 * fewer: of each user the newest is told. Throwing harms nobody; it is counted and logged.
 */
@FunctionalInterface
public interface PresenceListener {
    /** A user is there now, or not any more. */
    void onPresence(UserId user, boolean online);
}
