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
import io.hongyan.protocol.packet.Read;
import io.hongyan.protocol.packet.ReadSets;
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
 *           (reserved)  │    bulk ──► chunk by chunk ──►  │ (in the order of the wire, one or two channels)
 *                       │    again ◄─────── rewind ───────┘  the session goes on over another link
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

    /** READ receipts that may be written and not counted; further ones wait, and grow together. */
    private static final int RECEIPTS_UNDER_WAY = 16;

    private final int chatLimitBytes;
    private final int bulkLimitBytes;
    private final ImMetrics metrics;

    // Guarded by the home's lock.
    private @Nullable Delivery[] incoming = NOTHING;
    private int incomingCount;
    private int chatBytes;
    private int bulkBytes;
    private int ephemeralBytes;
    private @Nullable DetachedBudget detached;
    private final ReadSets reads;
    private int receiptsUnderWay;

    // The owner's.
    private Connection connection;
    /** Written over a link before, and not counted: goes first, in the order of that wire. */
    private final DeliveryQueue again = new DeliveryQueue();

    private final DeliveryQueue againBulk = new DeliveryQueue();
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
    private int receiptsWritten;
    private long progressNanos;
    private List<Delivery> expired = List.of();

    Outbox(Connection connection, ServerLimits limits, ImMetrics metrics) {
        this.connection = connection;
        this.chatLimitBytes = limits.sessionBytes();
        this.bulkLimitBytes = limits.sessionBulkBytes();
        this.metrics = metrics;
        this.reads = new ReadSets(limits.readReceipts());
    }

    /** Whether this much more fits. One message larger than the bound fits when there is no other. Home's lock. */
    public boolean hasRoom(Lane lane, int cost) {
        DetachedBudget budget = detached;
        if (budget != null) {
            return lane != Lane.EPHEMERAL && budget.hasRoom(messageBytes(), cost);
        }
        return switch (lane) {
            case CHAT -> hasRoom(chatBytes, cost, chatLimitBytes);
            case BULK -> hasRoom(bulkBytes, cost, bulkLimitBytes);
            case EPHEMERAL -> hasRoom(ephemeralBytes, cost, chatLimitBytes / EPHEMERAL_PART);
        };
    }

    /** Whether at most half of both bounds is in use. Home's lock. */
    public boolean isHalfEmpty() {
        return detached == null && chatBytes <= chatLimitBytes / 2 && bulkBytes <= bulkLimitBytes / 2;
    }

    /** Adds a message, whether or not it fits. Home's lock. */
    public void add(Delivery delivery) {
        if (incomingCount == incoming.length) {
            incoming = Arrays.copyOf(incoming, Math.max(8, incomingCount * 2));
        }
        incoming[incomingCount++] = delivery;
        reserve(delivery, delivery.cost());
        if (delivery.isReceipt()) {
            receiptsUnderWay++;
        }
    }

    /** Gives back what was reserved for a message that was counted. Home's lock. */
    public void release(Delivery delivery) {
        reserve(delivery, -delivery.cost());
        if (delivery.isReceipt()) {
            receiptsUnderWay--;
        }
    }

    /** The client is to be told what was read; beyond the bound it is not. Home's lock. */
    public void addRead(Read read) {
        if (!reads.add(read)) {
            metrics.add(Metric.READ_RECEIPTS_DROPPED, 1);
        }
    }

    /** So many receipts as may be under way take their place behind what waits. Home's lock. */
    private void takeReads() {
        while (receiptsUnderWay < RECEIPTS_UNDER_WAY) {
            Read next = reads.poll();
            if (next == null) {
                return;
            }
            add(new Delivery(next));
        }
    }

    /**
     * Takes over everything that another session's client has not counted, in order. Both owners are out of it: the other
     * session is frozen, this one is not pumped yet. Home's lock.
     */
    public void takeOver(Outbox other) {
        other.letGo(this::add);
        for (Read read = other.reads.poll(); read != null; read = other.reads.poll()) {
            addRead(read);
        }
    }

    /**
     * Lets go of all messages not counted, each once, oldest first within each lane. Home's lock, and the session is frozen
     * or has ended.
     */
    public void letGo(Consumer<Delivery> action) {
        attach();
        forEachUncounted(action);
        uncounted.clear();
        again.clear();
        againBulk.clear();
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
        receiptsUnderWay = 0;
    }

    /**
     * The link is lost; what it holds is counted as a detached session's from now on. Home's lock.
     *
     * @return false when that is too much, and nothing has changed
     */
    public boolean detach(DetachedBudget budget) {
        if (detached == null && budget.take(messageBytes())) {
            detached = budget;
            dropEphemeral();
        }
        return detached != null;
    }

    private void dropEphemeral() {
        int dropped = 0;
        for (int i = 0; i < incomingCount; i++) {
            Delivery delivery = incoming[i];
            if (delivery != null && !delivery.isCounted()) {
                incoming[i] = null;
                dropped++;
            }
        }
        ephemeralBytes = 0;
        if (dropped > 0) {
            metrics.add(Metric.EPHEMERAL_DROPPED, dropped);
        }
    }

    /** It is not a detached session's any more. Home's lock. */
    public void attach() {
        DetachedBudget budget = detached;
        if (budget != null) {
            detached = null;
            budget.giveBack(messageBytes());
        }
    }

    /**
     * Everything that is not counted is to be written again, to another connection: first what was written, in the order
     * of the wire, so that the numbers of frames stay what they were; of a message of which only chunks were written, all.
     * Home's lock, on the owner.
     */
    public void rewind(Connection next) {
        Delivery half = chunked;
        chunked = null;
        chunker = null;
        if (half != null && !half.equals(again.peek()) && !half.equals(againBulk.peek())) {
            bulk.addFirst(half);
        }
        putBack(uncounted, again);
        putBack(uncountedBulk, againBulk);
        connection = next;
    }

    /** What was written goes before what was to be written again. */
    private static void putBack(DeliveryQueue written, DeliveryQueue before) {
        for (int i = written.size() - 1; i >= 0; i--) {
            before.addFirst(written.get(i));
        }
        written.clear();
    }

    private void forEachUncounted(Consumer<Delivery> action) {
        forEach(uncounted, action);
        forEach(again, action);
        forEach(uncountedBulk, action);
        forEach(againBulk, action);
        if (chunked != null && !chunked.equals(again.peek()) && !chunked.equals(againBulk.peek())) {
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
        return incomingCount == 0
                && again.isEmpty()
                && againBulk.isEmpty()
                && reads.isEmpty()
                && chat.isEmpty()
                && bulk.isEmpty()
                && chunked == null
                && !awaitsCount();
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
            takeReads();
            taken = incomingCount;
            batch = incoming;
            incoming = spare;
            incomingCount = 0;
        }
        boolean wasAwaiting = awaitsCount();
        receiptsWritten = 0;
        wroteChunk = false;
        int written = writeAgain(nowNanos);
        written += writeChat(home, batch, taken);
        if (again.isEmpty() && chat.isEmpty()) {
            written += writeBulk(home, nowNanos);
        }
        if (!wasAwaiting) {
            progressNanos = nowNanos;
        }
        Arrays.fill(batch, 0, taken, null);
        spare = batch.length > KEPT_ARRAY ? NOTHING : batch;
        if (written > receiptsWritten) {
            metrics.add(Metric.MESSAGES_OUT, written - receiptsWritten);
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

    /**
     * How many more messages a count covers that a client brings from its last link: frames that were sent over any link.
     * Owner.
     *
     * @return less than 0 when it cannot be
     */
    public int coveredOnResume(Lane channel, int count) {
        boolean apart = channel == Lane.BULK;
        if (apart && !connection.countsBulkApart()) {
            return count == 0 ? 0 : -1;
        }
        int more = count - (apart ? countedBulk : counted);
        int sent = apart ? uncountedBulk.size() + againBulk.size() : uncounted.size() + again.size();
        return more <= sent ? more : -1;
    }

    /** Counted frames written in the chat channel, or in the only one, since the session began. Owner. */
    int sent() {
        return counted + uncounted.size();
    }

    /** How many of them the client has counted. Owner. */
    int counted() {
        return counted;
    }

    /** Takes the next message that a count covers. Owner. */
    public Delivery takeCounted(Lane channel, long nowNanos) {
        boolean apart = channel == Lane.BULK;
        Delivery delivery = ringOf(apart).poll();
        if (delivery == null) {
            delivery = (apart ? againBulk : again).poll();
        }
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

    /**
     * What expired since it was first written goes too, or numbers would shift. Large ones take their turn as they had it:
     * chat behind them waits.
     */
    private int writeAgain(long nowNanos) {
        int written = 0;
        Delivery next = again.peek();
        while (next != null && connection.isWritable(next.isBulk() ? Lane.BULK : Lane.CHAT)) {
            if (!next.isBulk() || Chunker.fits(next.message(), Chunker.DEFAULT_FRAME_BYTES)) {
                again.poll();
                writeWhole(next.isBulk() ? Lane.BULK : Lane.CHAT, next);
            } else if (!writeChunk(next, nowNanos)) {
                continue;
            } else {
                again.poll();
                ringOf(true).add(next);
            }
            written++;
            next = again.peek();
        }
        return written;
    }

    /** @return whether it was the last one */
    private boolean writeChunk(Delivery delivery, long nowNanos) {
        Chunker slices = chunker;
        if (slices == null) {
            slices = new Chunker(delivery.message(), Chunker.DEFAULT_FRAME_BYTES);
            chunker = slices;
            chunked = delivery;
        }
        connection.write(Lane.BULK, slices.next());
        wroteChunk = true;
        progressNanos = nowNanos;
        if (slices.hasNext()) {
            return false;
        }
        chunker = null;
        chunked = null;
        return true;
    }

    private int writeChat(UserSessions home, @Nullable Delivery[] batch, int taken) {
        int written = 0;
        boolean writable = again.isEmpty() && connection.isWritable(Lane.CHAT);
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
        boolean writable =
                (chunked != null || !againBulk.isEmpty() || !bulk.isEmpty()) && connection.isWritable(Lane.BULK);
        while (writable) {
            Delivery current = chunked;
            if (current == null) {
                boolean once = againBulk.isEmpty();
                Delivery next = once ? bulk.poll() : againBulk.peek();
                if (next == null) {
                    break;
                }
                if (once && isTooLate(home, next)) {
                    continue;
                }
                if (Chunker.fits(next.message(), Chunker.DEFAULT_FRAME_BYTES)) {
                    dropFirst(againBulk, next);
                    writable = writeWhole(Lane.BULK, next);
                    written++;
                    continue;
                }
                current = next;
            }
            if (writeChunk(current, nowNanos)) {
                dropFirst(againBulk, current);
                ringOf(true).add(current);
                written++;
            }
            writable = connection.isWritable(Lane.BULK);
        }
        return written;
    }

    private static void dropFirst(DeliveryQueue queue, Delivery delivery) {
        if (delivery.equals(queue.peek())) {
            queue.poll();
        }
    }

    private boolean isTooLate(UserSessions home, Delivery delivery) {
        if (delivery.isReceipt() || delivery.message().ttlSeconds() == 0 || !home.isExpired(delivery.message())) {
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
        if (delivery.isReceipt()) {
            receiptsWritten++;
        }
        return connection.write(lane, delivery.frame(connection.codec()));
    }

    private DeliveryQueue ringOf(boolean bulkLane) {
        return bulkLane && connection.countsBulkApart() ? uncountedBulk : uncounted;
    }

    private void reserve(Delivery delivery, int bytes) {
        DetachedBudget budget = detached;
        if (budget != null && delivery.isCounted()) {
            budget.add(bytes);
        }
        switch (delivery.lane()) {
            case CHAT -> chatBytes += bytes;
            case BULK -> bulkBytes += bytes;
            case EPHEMERAL -> ephemeralBytes += bytes;
        }
    }

    private long messageBytes() {
        return (long) chatBytes + bulkBytes;
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
