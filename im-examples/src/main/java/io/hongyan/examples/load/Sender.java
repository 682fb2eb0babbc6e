// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import io.hongyan.client.ImClient;
import io.hongyan.client.ReceiptLevel;
import io.hongyan.client.ReceiptListener;
import io.hongyan.client.SendOptions;
import io.hongyan.examples.load.LoadPlan.Pace;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Payload;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a pair: posts what is allowed, in order, from one thread at a time.
 *
 * <p>{@link #allow} is called by the pacer, by receipts and by arrivals, on any thread; whoever comes first posts for
 * all. What the client has no room for waits until a receipt makes room; with a rate its time runs from when it was due.
 */
final class Sender implements ReceiptListener {

    private final int pair;
    private final Address to;
    private final SendOptions options;
    private final Timeline timeline;
    private final @Nullable Schedule schedule;
    private final Latencies receipts;
    private final Refusals refusals;

    private final AtomicLong allowed = new AtomicLong();
    private final AtomicInteger callers = new AtomicInteger();
    private final AtomicLong posted = new AtomicLong();
    private final AtomicLong measured = new AtomicLong();
    private final AtomicLong settled = new AtomicLong();
    private final byte[] payload;
    /** In a closed loop: when the messages under way were sent, by counter. Handed over with the message itself. */
    private final long[] sentNanos;

    private volatile @Nullable ImClient client;

    /** @param schedule null in a closed loop */
    Sender(
            int pair,
            Address to,
            LoadPlan plan,
            Timeline timeline,
            @Nullable Schedule schedule,
            Latencies receipts,
            Refusals refusals) {
        this.pair = pair;
        this.to = to;
        this.options = SendOptions.binary()
                .lane(plan.ephemeral() ? Lane.EPHEMERAL : Lane.CHAT)
                .awaiting(plan.awaited());
        this.timeline = timeline;
        this.schedule = schedule;
        this.receipts = receipts;
        this.refusals = refusals;
        this.payload = new byte[plan.sizeBytes()];
        int window = plan.pace() instanceof Pace.Window closed ? closed.inFlightPerSender() : 1;
        this.sentNanos = new long[Integer.highestOneBit(window) * 4];
    }

    /** Logged in as the sender. */
    void start(ImClient itsClient) {
        client = itsClient;
    }

    /** Allows so many messages more, and posts what there is room for. */
    void allow(long messages) {
        allowed.addAndGet(messages);
        post();
    }

    /** Posts what is allowed and not posted yet; returns at once while another thread does. */
    void post() {
        if (callers.getAndIncrement() != 0) {
            return;
        }
        int served = 1;
        do {
            postAllowed();
            served = callers.addAndGet(-served);
        } while (served != 0);
    }

    @Override
    public void reached(ReceiptLevel level, long firstCounter, long lastCounter) {
        if (level != options.awaited()) {
            return;
        }
        long now = timeline.nowNanos();
        for (long counter = firstCounter; counter <= lastCounter; counter++) {
            long start = startNanos(counter);
            if (timeline.measures(start)) {
                receipts.record(now - start);
            }
        }
        freed(lastCounter - firstCounter + 1);
    }

    @Override
    public void failed(ReasonCode code, long firstCounter, long lastCounter) {
        refusals.add(code, lastCounter - firstCounter + 1);
        freed(lastCounter - firstCounter + 1);
    }

    /** One of the messages under way, none of which has a receipt, has arrived. */
    void arrived() {
        if (underWay() > 0) {
            freed(1);
        }
    }

    /** So many messages are under way no more. */
    void freed(long messages) {
        settled.addAndGet(messages);
        if (schedule == null) {
            allow(messages);
        } else {
            post();
        }
    }

    /** How many messages were allowed so far. */
    long allowed() {
        return allowed.get();
    }

    /** How many messages were handed to the client. */
    long posted() {
        return posted.get();
    }

    /** How many of them count, by the time they were posted. */
    long measured() {
        return measured.get();
    }

    /** How many are under way. */
    long underWay() {
        return posted.get() - settled.get();
    }

    private void postAllowed() {
        ImClient by = client;
        long sequence = posted.get();
        while (by != null && sequence < allowed.get()) {
            long start = schedule == null ? timeline.nowNanos() : schedule.dueNanos(pair, sequence);
            if (start >= timeline.untilNanos() || !post(by, sequence, start)) {
                return;
            }
            posted.lazySet(++sequence);
            if (timeline.measures(start)) {
                measured.lazySet(measured.get() + 1);
            }
        }
    }

    /** False when the client has no room. Nobody else posts there, so its counters run one ahead of our sequences. */
    private boolean post(ImClient by, long sequence, long start) {
        Stamp.write(payload, pair, (int) sequence, start);
        sentNanos[slot(sequence + 1)] = start;
        long counter = by.post(to, Payload.of(ByteBuffer.wrap(payload)), options);
        assert counter <= 0 || counter == sequence + 1 : counter + " is not behind " + sequence;
        return counter > 0;
    }

    private long startNanos(long counter) {
        return schedule == null ? sentNanos[slot(counter)] : schedule.dueNanos(pair, counter - 1);
    }

    private int slot(long counter) {
        return (int) (counter & (sentNanos.length - 1));
    }
}
