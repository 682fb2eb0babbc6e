// SPDX-License-Identifier: Apache-2.0
/**
 * One logged-in device: what is on its way to it, what it is to be told, when it is pumped, where its callbacks run. The
 * package knows connections, and nothing of routes and stores.
 *
 * <pre>
 *                     ┌────────────────────────── Session ──────────────────────────┐
 *   routing  ───────► │ Outbox   incoming ─► chat, bulk ─► uncounted                │ ─► Connection
 *   anybody  ───────► │ Answers  results, deliveries, counts; merged, never queued  │
 *   presence ───────► │ PresenceFeed  of each user subscribed to the newest state   │
 *                     │ ReadGate reasons not to read        WorkerLane  callbacks   │
 *                     └─────────────────────────────────────────────────────────────┘
 *   Loop: one per owner;  HopBatch: whom this loop woke, one task per other loop;  Sweep: time-outs
 * </pre>
 *
 * <p><b>Starting points:</b> {@link io.hongyan.core.session.Session}, {@link io.hongyan.core.session.Loop}.
 */
@NullMarked
package io.hongyan.core.session;

import org.jspecify.annotations.NullMarked;
