// SPDX-License-Identifier: Apache-2.0
/**
 * One server without its sockets: sessions, login, routing, delivery and receipts.
 *
 * <pre>
 *   transport ──► ImNode ──► inbound ──► routing ──► session ──► connection of the recipient
 *                   ▲          login,      who,        queue,
 *   application ────┘          packets     where,      count,
 *                                          stored?     flush
 * </pre>
 *
 * <p>Packages depend only to the right: root → inbound → {routing, presence} → {group, offline, cluster} → session →
 * {transport, auth, listener, limit} → {metrics, time}.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.core.ImNode}; {@code docs/design/message-walk.md} for the way of a message.
 */
@NullMarked
package io.hongyan.core;

import org.jspecify.annotations.NullMarked;
