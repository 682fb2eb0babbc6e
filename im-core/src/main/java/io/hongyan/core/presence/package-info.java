// SPDX-License-Identifier: Apache-2.0
/**
 * Who is there, and who is told of it.
 *
 * <pre>
 *   session opened, ended ──► Standing of the user ──1 s──► if it changed: feeds of its watchers ──► PRESENCE
 *                              │ online, in grace, offline                └─► PresenceListener
 *   SUBSCRIBE ──visibility──► watches it, and is told how it stands
 * </pre>
 *
 * <p>What waits for a slow watcher is the newest state of each user, so nobody is left with a stale one.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.core.presence.PresenceBoard}.
 */
@NullMarked
package io.hongyan.core.presence;

import org.jspecify.annotations.NullMarked;
