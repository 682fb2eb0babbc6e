// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.protocol.ThreadSafe;

/**
 * What a store has done since it was opened, and what waits now.
 *
 * @param queuedMessages waiting for the writer now
 * @param queuedBytes they hold
 * @param batches transactions that were committed
 * @param messages written with them, with cursors and the like
 * @param lastBatch size of the last one
 * @param commitNanos all transactions together took, sync included, in ns
 * @param longestCommitNanos the longest of them took, in ns
 * @param failures transactions that failed
 * @param refused messages that were not taken
 * @param timeouts messages and others whose answer did not come in time
 * @param retired messages that retention let go
 */
@ThreadSafe
public record StoreStats(
        int queuedMessages,
        long queuedBytes,
        long batches,
        long messages,
        int lastBatch,
        long commitNanos,
        long longestCommitNanos,
        long failures,
        long refused,
        long timeouts,
        long retired) {}
