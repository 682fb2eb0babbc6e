// SPDX-License-Identifier: Apache-2.0
/**
 * The client: one device of one user at a server, over TCP or UDP, with receipts, coming back by itself.
 *
 * <p><b>Starting points.</b> {@link io.hongyan.client.ImClient} is what an application uses;
 * {@link io.hongyan.client.ClientRuntime} the threads that many of them share. Inside, {@code ClientSession} is the life
 * of a client over all its connections, {@code Link} one connection, {@code MessageLedger} how far each message has come.
 *
 * <pre>
 *   any thread          the owner: one event loop                                   any thread
 *
 *   send, post ──► Intake ──► Outbox ──────────► Link ◄──► Connection (TCP, UDP)
 *                    ▲          │ ▲                │
 *                    │          ▼ │                ├──► SeenMessages ──► Callbacks ──► listeners, in order
 *                    └───── MessageLedger ◄────────┘ receipts                   └────► stages
 *                 room again
 * </pre>
 *
 * See {@code docs/guide/client.md}.
 */
@NullMarked
package io.hongyan.client;

import org.jspecify.annotations.NullMarked;
