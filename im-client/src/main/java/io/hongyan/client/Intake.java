// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static java.util.Objects.requireNonNull;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where any thread hands messages to a client: numbers them, and bounds what the client holds for its sender.
 *
 * <p>The bound covers a message until the level its sender awaits is reached, wherever it is meanwhile. It is checked
 * before a message is taken, so it is exceeded by at most one message; one message larger than the bound still passes.
 * Ephemeral messages, which leave the window at once, are bounded too: the ledger has a slot for every counter from the
 * oldest unanswered one on.
 * One short lock; the owner empties the intake in one go, however many came.
 */
@ThreadSafe
final class Intake {

    /** Returned by {@link #offer} when the bound is reached. */
    static final long FULL = -1;
    /** Returned by {@link #offer} when the client is closed or closing. */
    static final long CLOSED = -2;

    /** What a message in the window costs beyond its payload, in bytes; an estimate. */
    private static final int OVERHEAD_BYTES = 256;

    /** How many counters beyond the window's messages may be given while the oldest of them is unanswered. */
    private static final int SPARE_COUNTERS = 16_384;

    /** Longer arrays are not kept for the next drain. */
    private static final int MAX_SPARE = 1_024;

    private final long instance;
    private final int maxMessages;
    private final long maxBytes;

    /** Messages and awaited messages, and how each is sent. */
    private @Nullable Object[] waiting = new @Nullable Object[4];

    private @Nullable SendOptions[] options = new @Nullable SendOptions[4];
    /** The arrays of the drain before. The owner's, except inside its swap. */
    private @Nullable Object[] spareWaiting = new @Nullable Object[4];

    private @Nullable SendOptions[] spareOptions = new @Nullable SendOptions[4];
    private int size;
    private long lastCounter;
    private long unaccepted = 1;
    private int messages;
    private long bytes;
    private boolean refused;
    private boolean closed;
    private boolean drainAsked;

    Intake(long instance, int maxMessages, long maxBytes) {
        this.instance = instance;
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    /**
     * Takes a message.
     *
     * @param future completed with the receipt; {@code null} = nobody waits
     * @return its counter, or {@link #FULL}, or {@link #CLOSED}
     */
    synchronized long offer(Address to, Payload payload, SendOptions how, @Nullable CompletableFuture<Receipt> future) {
        if (closed) {
            return CLOSED;
        }
        boolean farAhead =
                how.lane() == Lane.EPHEMERAL && lastCounter - unaccepted >= (long) maxMessages + SPARE_COUNTERS;
        if (messages >= maxMessages || bytes >= maxBytes || farAhead) {
            refused = true;
            return FULL;
        }
        long counter = lastCounter + 1;
        Message message = new Message(
                new MessageId(instance, counter),
                to,
                null,
                null,
                0,
                0,
                how.type(),
                how.contentKind(),
                how.lane(),
                how.ttlSeconds(),
                payload);
        lastCounter = counter;
        if (size == waiting.length) {
            waiting = Arrays.copyOf(waiting, size * 2);
            options = Arrays.copyOf(options, size * 2);
        }
        waiting[size] = future == null ? message : new AwaitedMessage(message, future);
        options[size++] = how;
        messages++;
        bytes += cost(message);
        return counter;
    }

    /** Whether the caller is the one to schedule the drain: true once until {@link #drainTo}. */
    synchronized boolean askDrain() {
        boolean first = !drainAsked;
        drainAsked = true;
        return first;
    }

    /** Hands over what waits, in the order of the counters. */
    @Confined("owner")
    void drainTo(Outbox outbox) {
        @Nullable Object[] taken;
        @Nullable SendOptions[] how;
        int count;
        synchronized (this) {
            drainAsked = false;
            count = size;
            if (count == 0) {
                return;
            }
            taken = waiting;
            how = options;
            waiting = spareWaiting;
            options = spareOptions;
            size = 0;
        }
        for (int i = 0; i < count; i++) {
            outbox.add(requireNonNull(taken[i]), requireNonNull(how[i]).awaited());
            taken[i] = null;
            how[i] = null;
        }
        boolean small = taken.length <= MAX_SPARE;
        spareWaiting = small ? taken : new @Nullable Object[4];
        spareOptions = small ? how : new @Nullable SendOptions[4];
    }

    /**
     * Messages that left the window.
     *
     * @param oldest the lowest counter that the server has not answered; the next one to be given if there is none
     * @return whether a sender that was refused may be told that there is room again
     */
    synchronized boolean release(int releasedMessages, long releasedBytes, long oldest) {
        unaccepted = oldest;
        messages -= releasedMessages;
        bytes -= releasedBytes;
        boolean tell = refused && !closed && messages <= maxMessages / 2 && bytes <= maxBytes / 2;
        if (tell) {
            refused = false;
        }
        return tell;
    }

    /** Takes no more. */
    synchronized void close() {
        closed = true;
    }

    synchronized boolean isEmpty() {
        return size == 0;
    }

    /** Messages that count against the bound. */
    synchronized int pendingMessages() {
        return messages;
    }

    /** Bytes that count against the bound. */
    synchronized long pendingBytes() {
        return bytes;
    }

    /** What a message takes of the bound, in bytes. */
    static long cost(Message message) {
        return (long) message.payload().size() + OVERHEAD_BYTES;
    }
}
