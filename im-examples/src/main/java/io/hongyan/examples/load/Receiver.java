// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import io.hongyan.client.IncomingMessage;
import io.hongyan.client.MessageListener;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of a pair. Written by one thread at a time, the client's; what others read is published.
 */
final class Receiver implements MessageListener {

    private final int pair;
    private final Timeline timeline;
    private final Latencies latencies;
    private final @Nullable Sender freedByArrival;
    private final ArrivalLedger ledger = new ArrivalLedger();

    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong inWindow = new AtomicLong();
    private final AtomicLong foreign = new AtomicLong();
    private volatile long lastArrivalNanos;

    /** @param freedByArrival the sender whose window an arrival frees; null where receipts do */
    Receiver(int pair, Timeline timeline, Latencies latencies, @Nullable Sender freedByArrival) {
        this.pair = pair;
        this.timeline = timeline;
        this.latencies = latencies;
        this.freedByArrival = freedByArrival;
    }

    @Override
    public void onMessage(IncomingMessage message) {
        long now = timeline.nowNanos();
        ByteBuffer payload = message.payload().asReadOnlyBuffer();
        if (!Stamp.belongsTo(payload, pair)) {
            foreign.lazySet(foreign.get() + 1);
            return;
        }
        if (timeline.measures(now)) {
            inWindow.lazySet(inWindow.get() + 1);
        }
        long start = Stamp.timeNanos(payload, now);
        if (!ledger.arrived(Stamp.sequence(payload))) {
            return;
        }
        if (timeline.measures(start) && now <= timeline.endNanos()) {
            latencies.record(now - start);
            lastArrivalNanos = now;
            delivered.lazySet(delivered.get() + 1);
        }
        if (freedByArrival != null) {
            freedByArrival.arrived();
        }
    }

    /** Messages of the measured window that arrived in time. */
    long delivered() {
        return delivered.get();
    }

    /** Messages that arrived while the window was measured, whenever they were sent. */
    long arrivedInWindow() {
        return inWindow.get();
    }

    /** Messages that are not this pair's. */
    long foreign() {
        return foreign.get();
    }

    long lastArrivalNanos() {
        return lastArrivalNanos;
    }

    /** Read when nothing arrives any more. */
    ArrivalLedger ledger() {
        return ledger;
    }
}
