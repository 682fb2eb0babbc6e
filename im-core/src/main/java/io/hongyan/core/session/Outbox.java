// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.metrics.Metric;
import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.packet.Chunker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages on their way to one session, from the moment routing hands them over until the client has counted them.
 *
 * <pre>
 *   mailbox lock        │ owner
 *   add ──► incoming ───┼──► chat ────────────────────► uncounted ──► count ──► done
 *           (reserved)  │    bulk ──► chunk by chunk ──►  (in the order of the wire, one or two channels)
 * </pre>
 *
 * <p>Bytes are reserved when a message is added and given back when it is counted, so that everything in the picture
 * together is bounded. Chat goes first; chunks of bulk fill what room the connection then has. Ephemeral messages are
 * never counted, so they have room of their own: in chat's they would keep it from who waits for counts to make room.
 */
@Confined("owner; incoming and reservations: the home's lock")
public final class Outbox {
    private static final Delivery[] NOTHING = {};
    private static final int KEPT_ARRAY = 64;

    /** Ephemeral messages may take this part of the room for chat, beside it. */
    private static final int EPHEMERAL_PART = 4;

    private final Connection connection;
    private final int chatLimitBytes;
    private final int bulkLimitBytes;
    private final ImMetrics metrics;

    // Guarded by the home's lock.
    private @Nullable Delivery[] incoming = NOTHING;
    private int incomingCount;
    private int chatBytes;
    private int bulkBytes;
    private int ephemeralBytes;

    // The owner's.
    private @Nullable Delivery[] spare = NOTHING;
    private final DeliveryQueue chat = new DeliveryQueue();
    private final DeliveryQueue bulk = new DeliveryQueue();
    private final DeliveryQueue uncounted = new DeliveryQueue();
    private final DeliveryQueue uncountedBulk = new DeliveryQueue();
    private @Nullable Chunker chunker;
    private @Nullable Delivery chunked;
    private int counted;
    private int countedBulk;
    private boolean wroteChunk;
    private long progressNanos;
    private List<Delivery> expired = List.of();

    Outbox(Connection connection, ServerLimits limits, ImMetrics metrics) {
        this.connection = connection;
        this.chatLimitBytes = limits.sessionBytes();
        this.bulkLimitBytes = limits.sessionBulkBytes();
        this.metrics = metrics;
    }

    /** Whether this much more fits. One message larger than the bound fits when there is no other. Home's lock. */
    public boolean hasRoom(Lane lane, int cost) {
        return switch (lane) {
            case CHAT -> hasRoom(chatBytes, cost, chatLimitBytes);
            case BULK -> hasRoom(bulkBytes, cost, bulkLimitBytes);
            case EPHEMERAL -> hasRoom(ephemeralBytes, cost, chatLimitBytes / EPHEMERAL_PART);
        };
    }

    /** Whether at most half of both bounds is in use. Home's lock. */
    public boolean isHalfEmpty() {
        return chatBytes <= chatLimitBytes / 2 && bulkBytes <= bulkLimitBytes / 2;
    }

    /** Adds a message, whether or not it fits. Home's lock. */
    public void add(Delivery delivery) {
        if (incomingCount == incoming.length) {
            incoming = Arrays.copyOf(incoming, Math.max(8, incomingCount * 2));
        }
        incoming[incomingCount++] = delivery;
        reserve(delivery, delivery.cost());
    }

    /** Gives back what was reserved for a message that was counted. Home's lock. */
    public void release(Delivery delivery) {
        reserve(delivery, -delivery.cost());
    }

    /**
     * Takes over everything that another session's client has not counted, in order. Both owners are out of it: the other
     * session is frozen, this one is not pumped yet. Home's lock.
     */
    public void takeOver(Outbox other) {
        other.letGo(this::add);
    }

    /**
     * Lets go of all messages not counted, each once, oldest first within each lane. Home's lock, and the session is frozen
     * or has ended.
     */
    public void letGo(Consumer<Delivery> action) {
        forEachUncounted(action);
        uncounted.clear();
        uncountedBulk.clear();
        chat.clear();
        bulk.clear();
        chunked = null;
        chunker = null;
        incoming = NOTHING;
        incomingCount = 0;
        chatBytes = 0;
        bulkBytes = 0;
        ephemeralBytes = 0;
    }

    private void forEachUncounted(Consumer<Delivery> action) {
        forEach(uncounted, action);
        forEach(uncountedBulk, action);
        if (chunked != null) {
            action.accept(chunked);
        }
        forEach(bulk, action);
        forEach(chat, action);
        for (int i = 0; i < incomingCount; i++) {
            Delivery delivery = incoming[i];
            if (delivery != null && delivery.isCounted()) {
                action.accept(delivery);
            }
        }
    }

    /** Whether nothing waits to be written or counted. Home's lock, on the owner. */
    public boolean isIdle() {
        return incomingCount == 0 && chat.isEmpty() && bulk.isEmpty() && chunked == null && !awaitsCount();
    }

    /**
     * Writes what the connection has room for. What has expired by then is set aside for {@link #takeExpired()}. Owner.
     *
     * @return whether anything was written
     */
    boolean pump(UserSessions home, long nowNanos) {
        int taken;
        @Nullable Delivery[] batch;
        synchronized (home) {
            ephemeralBytes = 0;
            taken = incomingCount;
            batch = incoming;
            incoming = spare;
            incomingCount = 0;
        }
        boolean wasAwaiting = awaitsCount();
        int written = writeChat(home, batch, taken);
        wroteChunk = false;
        if (chat.isEmpty()) {
            written += writeBulk(home, nowNanos);
        }
        if (!wasAwaiting) {
            progressNanos = nowNanos;
        }
        Arrays.fill(batch, 0, taken, null);
        spare = batch.length > KEPT_ARRAY ? NOTHING : batch;
        if (written > 0) {
            metrics.add(Metric.MESSAGES_OUT, written);
        }
        return written > 0 || wroteChunk;
    }

    /** What was not written because it had expired, once; its bytes are still reserved. Owner. */
    List<Delivery> takeExpired() {
        List<Delivery> taken = expired;
        expired = List.of();
        return taken;
    }

    /**
     * How many more messages a count covers. Owner.
     *
     * @throws ProtocolException when there are not so many, or there is no such channel
     */
    public int covered(Lane channel, int count) {
        boolean apart = channel == Lane.BULK;
        if (apart && !connection.countsBulkApart()) {
            throw new ProtocolException(
                    ReasonCode.PROTOCOL_VIOLATION, "a count of a channel that is not counted apart");
        }
        int more = count - (apart ? countedBulk : counted);
        if (more < 0 || more > ringOf(apart).size()) {
            throw new ProtocolException(ReasonCode.PROTOCOL_VIOLATION, "a count of frames that were not sent");
        }
        return more;
    }

    /** Takes the next message that a count covers. Owner. */
    public Delivery takeCounted(Lane channel, long nowNanos) {
        boolean apart = channel == Lane.BULK;
        Delivery delivery = ringOf(apart).poll();
        if (delivery == null) {
            throw new IllegalStateException("counted more than was sent");
        }
        if (apart) {
            countedBulk++;
        } else {
            counted++;
        }
        progressNanos = nowNanos;
        return delivery;
    }

    /** Whether messages were written and not counted. Owner. */
    boolean awaitsCount() {
        return !uncounted.isEmpty() || !uncountedBulk.isEmpty() || chunked != null;
    }

    /** When a count last made progress, or the wait for one began. Owner. */
    long progressNanos() {
        return progressNanos;
    }

    private int writeChat(UserSessions home, @Nullable Delivery[] batch, int taken) {
        int written = 0;
        boolean writable = connection.isWritable(Lane.CHAT);
        while (writable && !chat.isEmpty()) {
            Delivery next = chat.poll();
            if (next != null && !isTooLate(home, next)) {
                writable = writeWhole(Lane.CHAT, next);
                written++;
            }
        }
        for (int i = 0; i < taken; i++) {
            Delivery delivery = batch[i];
            if (delivery == null) {
                continue;
            }
            if (delivery.isBulk()) {
                bulk.add(delivery);
            } else if (!delivery.isCounted()) {
                written += writeEphemeral(delivery);
            } else if (!writable) {
                chat.add(delivery);
            } else if (!isTooLate(home, delivery)) {
                writable = writeWhole(Lane.CHAT, delivery);
                written++;
            }
        }
        return written;
    }

    private int writeEphemeral(Delivery delivery) {
        if (!connection.isWritable(Lane.EPHEMERAL)) {
            metrics.add(Metric.EPHEMERAL_DROPPED, 1);
            return 0;
        }
        connection.write(Lane.EPHEMERAL, delivery.frame(connection.codec()));
        return 1;
    }

    private int writeBulk(UserSessions home, long nowNanos) {
        int written = 0;
        boolean writable = (chunked != null || !bulk.isEmpty()) && connection.isWritable(Lane.BULK);
        while (writable) {
            Chunker slices = chunker;
            Delivery current = chunked;
            if (slices == null || current == null) {
                Delivery next = bulk.poll();
                if (next == null) {
                    break;
                }
                if (isTooLate(home, next)) {
                    continue;
                }
                if (Chunker.fits(next.message(), Chunker.DEFAULT_FRAME_BYTES)) {
                    writable = writeWhole(Lane.BULK, next);
                    written++;
                } else {
                    chunked = next;
                    chunker = new Chunker(next.message(), Chunker.DEFAULT_FRAME_BYTES);
                }
                continue;
            }
            writable = connection.write(Lane.BULK, slices.next());
            wroteChunk = true;
            progressNanos = nowNanos;
            if (!slices.hasNext()) {
                ringOf(true).add(current);
                chunked = null;
                chunker = null;
                written++;
            }
        }
        return written;
    }

    private boolean isTooLate(UserSessions home, Delivery delivery) {
        if (delivery.message().ttlSeconds() == 0 || !home.isExpired(delivery.message())) {
            return false;
        }
        if (expired.isEmpty()) {
            expired = new ArrayList<>();
        }
        expired.add(delivery);
        return true;
    }

    private boolean writeWhole(Lane lane, Delivery delivery) {
        ringOf(lane == Lane.BULK).add(delivery);
        return connection.write(lane, delivery.frame(connection.codec()));
    }

    private DeliveryQueue ringOf(boolean bulkLane) {
        return bulkLane && connection.countsBulkApart() ? uncountedBulk : uncounted;
    }

    private void reserve(Delivery delivery, int bytes) {
        switch (delivery.message().lane()) {
            case CHAT -> chatBytes += bytes;
            case BULK -> bulkBytes += bytes;
            case EPHEMERAL -> ephemeralBytes += bytes;
        }
    }

    private static boolean hasRoom(int usedBytes, int cost, int limitBytes) {
        return usedBytes == 0 || usedBytes + (long) cost <= limitBytes;
    }

    private static void forEach(DeliveryQueue queue, Consumer<Delivery> action) {
        for (int i = 0; i < queue.size(); i++) {
            action.accept(queue.get(i));
        }
    }
}
