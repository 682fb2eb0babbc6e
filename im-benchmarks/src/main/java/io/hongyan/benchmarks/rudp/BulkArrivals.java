// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.rudp;

import io.hongyan.benchmarks.peer.Inbox;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the bytes of one transfer, which arrive on one thread; any thread may ask. */
final class BulkArrivals implements Inbox {

    private final AtomicLong bytes = new AtomicLong();
    private volatile long lastNanos;

    @Override
    public void arrived(ByteBuffer piece) {
        lastNanos = System.nanoTime();
        bytes.addAndGet(piece.remaining());
    }

    long bytes() {
        return bytes.get();
    }

    /** When the last of them came, by {@link System#nanoTime()}. */
    long lastNanos() {
        return lastNanos;
    }
}
