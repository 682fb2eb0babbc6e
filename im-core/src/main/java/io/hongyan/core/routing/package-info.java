// SPDX-License-Identifier: Apache-2.0
/**
 * Where a message goes, and what becomes of it: the mailbox of each user, the memory of each client instance, receipts on
 * their way back.
 *
 * <pre>
 *   message ──► InstanceWindow ──► MessageRouter ──► Mailbox ──► Outbox of each session      (LIVE)
 *               seen before?                           └───────► MessageStore                (not LIVE)
 *
 *   COUNT of the recipient ──► Mailbox ──► InstanceWindow ──► Answers of the sender's session, wherever it is now
 *                              first one?   remembers
 * </pre>
 *
 * <p><b>Starting points:</b> {@link io.hongyan.core.routing.MessageRouter}, {@link io.hongyan.core.routing.Mailbox} for
 * the rules that keep order and lose nothing.
 */
@NullMarked
package io.hongyan.core.routing;

import org.jspecify.annotations.NullMarked;
