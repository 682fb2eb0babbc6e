// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The datagrams on their way through a {@link UdpRelay}, by the time they leave: bounded in bytes, and without garbage
 * on the steady path. Guarded by the relay's lock.
 */
final class RelayQueue {

    private final TimeQueue<RelayDatagram> waiting = new TimeQueue<>();
    private final ArrayDeque<RelayDatagram> spare = new ArrayDeque<>();
    private final long maxBytes;
    private long bytes;
    private long overflowDrops;

    RelayQueue(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Adds a copy of the payload, or counts a drop if there is no room. */
    void add(RelayFlow flow, boolean up, ByteBuffer payload, int flippedBit, long releaseNanos) {
        long cost = (long) payload.remaining() + OVERHEAD_BYTES;
        if (bytes + cost > maxBytes) {
            overflowDrops++;
            return;
        }
        bytes += cost;
        RelayDatagram recycled = spare.poll();
        RelayDatagram datagram = recycled != null ? recycled : new RelayDatagram();
        datagram.fill(flow, up, payload, flippedBit);
        waiting.add(datagram, releaseNanos);
    }

    /** Takes out the next datagram that is due; null if none is. Give it back with {@link #recycle}. */
    @Nullable
    RelayDatagram pollDue(long nowNanos) {
        RelayDatagram first = waiting.peek();
        if (first == null || first.dueNanos() - nowNanos > 0) {
            return null;
        }
        waiting.remove(first);
        bytes -= first.length() + OVERHEAD_BYTES;
        return first;
    }

    void recycle(RelayDatagram datagram) {
        datagram.clear();
        if (datagram.isUsualSize() && spare.size() < MAX_SPARE) {
            spare.push(datagram);
        }
    }

    boolean isEmpty() {
        return waiting.size() == 0;
    }

    /** How long until the next datagram is due; 0 if it is already; the limit if it is later or there is none. */
    long nanosUntilDue(long nowNanos, long limitNanos) {
        RelayDatagram first = waiting.peek();
        return first == null ? limitNanos : Math.min(limitNanos, Math.max(0, first.dueNanos() - nowNanos));
    }

    long overflowDrops() {
        return overflowDrops;
    }

    private static final int OVERHEAD_BYTES = 64;
    private static final int MAX_SPARE = 4096;
}
