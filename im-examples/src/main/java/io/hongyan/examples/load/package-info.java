// SPDX-License-Identifier: Apache-2.0
/**
 * The load generator: pairs of users, one sending to the other, measured at both ends in one process.
 *
 * <pre>
 *   Pacer ─(due)─► Sender ──► server ──► Receiver ──► ArrivalLedger, latency histogram
 *                    ▲ receipt │
 *                    └─────────┘ frees a window slot
 * </pre>
 *
 * Starting point: {@link io.hongyan.examples.load.LoadCommand}; what each figure means is said in
 * {@code docs/guide/cli.md}.
 */
@NullMarked
package io.hongyan.examples.load;

import org.jspecify.annotations.NullMarked;
