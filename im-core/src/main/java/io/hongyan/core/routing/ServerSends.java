// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import io.hongyan.core.session.HopBatch;
import io.hongyan.core.session.Sender;
import io.hongyan.core.time.NanoClock;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.UserId;
import java.util.NavigableSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The messages that the application on this node has sent and whose receipt it awaits; bounded in number, and each for a
 * bounded time. The node is a sender like a client: it has an instance, and counts its messages from 1.
 */
@ThreadSafe
public final class ServerSends implements Sender {
    private final long instance;
    private final int maxOutstanding;
    private final long timeoutNanos;
    private final NanoClock clock;
    private final AtomicLong counter = new AtomicLong();
    private final AtomicInteger outstanding = new AtomicInteger();
    private final ConcurrentHashMap<Long, Awaited> awaited = new ConcurrentHashMap<>();
    /** By recipient the messages of which he is to say that they were read. */
    private final ConcurrentHashMap<UserId, NavigableSet<Long>> unread = new ConcurrentHashMap<>();

    private volatile boolean closed;

    /** How far a message came. */
    public enum Stage {
        REFUSED,
        ACCEPTED,
        DELIVERED,
        READ
    }

    /**
     * What became of a message.
     *
     * @param code OK unless refused
     */
    public record Outcome(Stage stage, ReasonCode code) {
        private static final Outcome ACCEPTED = new Outcome(Stage.ACCEPTED, ReasonCode.OK);
        private static final Outcome DELIVERED = new Outcome(Stage.DELIVERED, ReasonCode.OK);
        private static final Outcome READ = new Outcome(Stage.READ, ReasonCode.OK);
    }

    public ServerSends(long instance, int maxOutstanding, long timeoutMillis, NanoClock clock) {
        this.instance = instance;
        this.maxOutstanding = maxOutstanding;
        this.timeoutNanos = timeoutMillis * 1_000_000;
        this.clock = clock;
    }

    /** The id of the next message. */
    public MessageId nextId() {
        return new MessageId(instance, counter.incrementAndGet());
    }

    /**
     * Awaits what becomes of a message that is about to be routed.
     *
     * @param until how far it is to come
     * @return null when too many are awaited; done when nothing is awaited any more, and then the message is not to be
     *     routed
     */
    public @Nullable CompletableFuture<Outcome> await(MessageId id, Stage until) {
        if (outstanding.incrementAndGet() > maxOutstanding) {
            outstanding.decrementAndGet();
            return null;
        }
        Awaited message = new Awaited(id.counter(), until, clock.nanoTime() + timeoutNanos);
        awaited.put(message.counter, message);
        if (closed) {
            finish(message.counter, new Outcome(Stage.REFUSED, ReasonCode.SERVER_STOPPING));
        }
        return message.outcome;
    }

    @Override
    public void settled(long counter, ReasonCode code, @Nullable HopBatch batch) {
        if (code != ReasonCode.OK) {
            finish(counter, new Outcome(Stage.REFUSED, code));
            return;
        }
        Awaited message = awaited.get(counter);
        if (message != null) {
            message.reached = Outcome.ACCEPTED;
            if (message.until == Stage.ACCEPTED) {
                finish(counter, Outcome.ACCEPTED);
            }
        }
    }

    @Override
    public void delivered(long counter, @Nullable HopBatch batch) {
        Awaited message = awaited.get(counter);
        if (message != null) {
            message.reached = Outcome.DELIVERED;
            if (message.until != Stage.READ) {
                finish(counter, Outcome.DELIVERED);
            }
        }
    }

    @Override
    public void routed(long counter, UserId to) {
        Awaited message = awaited.get(counter);
        if (message != null && message.until == Stage.READ) {
            message.recipient = to;
            unread.compute(to, (recipient, counters) -> {
                NavigableSet<Long> all = counters == null ? new ConcurrentSkipListSet<>() : counters;
                all.add(counter);
                return all;
            });
            if (!awaited.containsKey(counter)) {
                forgetUnread(to, counter);
            }
        }
    }

    /** Looks at the messages that await this reader only, whatever he names. */
    @Override
    public @Nullable CounterRanges read(UserId reader, CounterRanges counters, @Nullable HopBatch batch) {
        NavigableSet<Long> awaiting = unread.get(reader);
        if (awaiting == null) {
            return null;
        }
        CounterRanges.Builder found = new CounterRanges.Builder();
        for (int i = 0; i < counters.ranges(); i++) {
            for (Long counter : awaiting.subSet(counters.first(i), true, counters.last(i), true)) {
                if (!found.add(counter)) {
                    return found.build();
                }
                finish(counter, Outcome.READ);
            }
        }
        return found.isEmpty() ? null : found.build();
    }

    private void forgetUnread(UserId recipient, long counter) {
        unread.computeIfPresent(recipient, (any, counters) -> {
            counters.remove(counter);
            return counters.isEmpty() ? null : counters;
        });
    }

    /** Ends the wait for those whose time has come; called about once a second. */
    public void expire(long nowNanos) {
        for (Awaited message : awaited.values()) {
            if (nowNanos - message.deadlineNanos >= 0) {
                timeOut(message);
            }
        }
    }

    /** Ends every wait, also those that begin from now on: the node stops. */
    public void close() {
        closed = true;
        awaited.values().forEach(this::timeOut);
    }

    /** Messages whose receipt is awaited. */
    public int outstanding() {
        return outstanding.get();
    }

    long instance() {
        return instance;
    }

    private void timeOut(Awaited message) {
        Outcome reached = message.reached;
        finish(message.counter, reached == null ? new Outcome(Stage.REFUSED, ReasonCode.STORE_UNAVAILABLE) : reached);
    }

    private void finish(long counter, Outcome outcome) {
        Awaited message = awaited.remove(counter);
        if (message != null) {
            outstanding.decrementAndGet();
            UserId recipient = message.recipient;
            if (recipient != null) {
                forgetUnread(recipient, counter);
            }
            message.outcome.complete(outcome);
        }
    }

    /** A message whose receipt is awaited. */
    private static final class Awaited {
        private final long counter;
        private final Stage until;
        private final long deadlineNanos;
        private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        private volatile @Nullable Outcome reached;
        private volatile @Nullable UserId recipient;

        Awaited(long counter, Stage until, long deadlineNanos) {
            this.counter = counter;
            this.until = until;
            this.deadlineNanos = deadlineNanos;
        }
    }
}
