// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.protocol.ThreadSafe;
import java.util.concurrent.atomic.LongAdder;

/** Counts what {@link StoreStats} shows. */
@ThreadSafe
final class StoreCounters {
    final LongAdder failures = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder timeouts = new LongAdder();
    final LongAdder retired = new LongAdder();
    private long batches;
    private long messages;
    private int lastBatch;
    private long commitNanos;
    private long longestCommitNanos;

    synchronized void committed(int size, long nanos) {
        batches++;
        messages += size;
        lastBatch = size;
        commitNanos += nanos;
        longestCommitNanos = Math.max(longestCommitNanos, nanos);
    }

    synchronized StoreStats snapshot(WriteQueue queue) {
        return new StoreStats(
                queue.size(),
                queue.bytes(),
                batches,
                messages,
                lastBatch,
                commitNanos,
                longestCommitNanos,
                failures.sum(),
                refused.sum(),
                timeouts.sum(),
                retired.sum());
    }
}
