// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.chat;

import io.hongyan.client.ReceiptLevel;
import io.hongyan.client.ReceiptListener;
import io.hongyan.protocol.ReasonCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends lines in order and knows of each what became of it.
 *
 * <pre>
 *   put ──► queue ──► posted, not accepted ──► accepted, not delivered ──► delivered
 *             ▲                │
 *             └── refused, but may be sent again: after all that is under way to him was answered
 * </pre>
 *
 * <p>The order to one addressee stays, because the server has no reason to refuse a line of his while it takes a later
 * one, and none to let one overtake another:
 *
 * <ul>
 *   <li>No more is under way to him than a session takes, in lines and in bytes. One who confirms nothing for a while
 *       is away: beyond that bound he is sent one line at a time, as fast as the server accepts.
 *   <li>A line longer than a frame travels in pieces, beside the others: it goes alone, behind what is delivered.
 *   <li>After a refusal one line at a time is under way to him, until many were accepted. A server that limits the rate
 *       gets one line at a time from then on.
 * </ul>
 *
 * <p>Who cannot be sent to does not hold up the others. Texts are held until the server has accepted them, and of those
 * there are few, however long the input is.
 *
 * <p>For all threads; {@link #run} is one thread's, which posts.
 */
final class Outbox implements ReceiptListener {

    /** Posts a line. */
    interface Post {
        /** The counter of the message, 1 or more; 0 or less when the client takes none now. */
        long post(String to, String text);

        /** The longest line that travels in one piece, overhead included. */
        default int mostBytesInOnePiece() {
            return 1 << 16;
        }
    }

    /** Hears what becomes of lines. Called under the outbox's lock; must not block. */
    interface Fate {

        void delivered(Outgoing line);

        void failed(Outgoing line, ReasonCode code);

        /** Some lines' receipts came. */
        void changed();
    }

    private static final int MOST_UNDER_WAY = 256;
    private static final int MOST_BYTES_UNDER_WAY = 128 << 10;
    private static final int MOST_QUEUED = 64;
    private static final long MOST_BYTES_QUEUED = 8L << 20;
    private static final int ONE_BY_ONE_AFTER_REFUSAL = 32;
    private static final long AWAY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** A line in pieces takes its time to one who is there. */
    private static final long AWAY_FOR_PIECES_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long LOOK_AGAIN_MILLIS = 50;

    private final Post post;
    private final LongSupplier nanoClock;
    private final Fate fate;

    private final ArrayDeque<Outgoing> queue = new ArrayDeque<>();
    private long queuedBytes;
    /** What {@link #put} has not taken into the queue yet. */
    private @Nullable Outgoing entering;
    /** By counter. */
    private final TreeMap<Long, Outgoing> unaccepted = new TreeMap<>();
    /** By counter, without the text. */
    private final TreeMap<Long, Outgoing> undelivered = new TreeMap<>();

    private final Map<String, Addressee> addressees = new HashMap<>();
    private final Map<ReasonCode, LineRanges> failed = new EnumMap<>(ReasonCode.class);
    private boolean oneByOne;
    private long deliveredLines;
    private long waitingSinceNanos;
    private boolean progressSinceLoss = true;
    private boolean closed;

    Outbox(Post post, LongSupplier nanoClock, Fate fate) {
        this.post = post;
        this.nanoClock = nanoClock;
        this.fate = fate;
        this.waitingSinceNanos = nanoClock.getAsLong();
    }

    /**
     * Queues a line; waits for room.
     *
     * @throws InterruptedException also when the outbox is closed; the line counts as not accepted
     */
    synchronized void put(Outgoing line) throws InterruptedException {
        if (allAccepted()) {
            waitingSinceNanos = nanoClock.getAsLong();
        }
        entering = line;
        while (!closed && (queue.size() >= MOST_QUEUED || queuedBytes >= MOST_BYTES_QUEUED)) {
            wait();
        }
        if (closed) {
            throw new InterruptedException("closed");
        }
        entering = null;
        queue.add(line);
        queuedBytes += line.bytes();
        notifyAll();
    }

    /** The connection is gone: lines have waited in vain since now, unless none came through since the last loss. */
    synchronized void lost() {
        if (progressSinceLoss) {
            progressSinceLoss = false;
            waitingSinceNanos = nanoClock.getAsLong();
        }
    }

    /** Posts what is put, until {@link #close}. */
    synchronized void run() throws InterruptedException {
        while (!closed) {
            if (!postNext()) {
                wait(LOOK_AGAIN_MILLIS);
            }
        }
    }

    /** No line is sent or given up from now on; good receipts still count. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    @Override
    public synchronized void reached(ReceiptLevel level, long firstCounter, long lastCounter) {
        boolean news = accepted(firstCounter, lastCounter);
        if (level.includes(ReceiptLevel.DELIVERED)) {
            news |= delivered(firstCounter, lastCounter);
        }
        if (news) {
            progress();
        }
        changed();
    }

    @Override
    public synchronized void failed(ReasonCode code, long firstCounter, long lastCounter) {
        if (closed) {
            return;
        }
        for (Outgoing line : take(unaccepted, firstCounter, lastCounter)) {
            addressee(line).unaccepted--;
            refused(code, line);
        }
        for (Outgoing line : take(undelivered, firstCounter, lastCounter)) {
            settle(line);
            fail(code, line);
        }
        changed();
    }

    /** Every line put so far was delivered or failed for good. */
    synchronized boolean isEmpty() {
        return allAccepted() && undelivered.isEmpty();
    }

    /** Every line put so far was accepted by the server or failed for good. */
    synchronized boolean allAccepted() {
        return queue.isEmpty()
                && entering == null
                && unaccepted.isEmpty()
                && addressees.values().stream().allMatch(addressee -> addressee.again.isEmpty());
    }

    /**
     * Since when lines have waited in vain: the last time that a line came through or failed for good, that the first
     * one was put, or that the connection was lost.
     */
    synchronized long waitingSinceNanos() {
        return waitingSinceNanos;
    }

    synchronized long deliveredLines() {
        return deliveredLines;
    }

    /** The lines that failed, by reason. */
    synchronized Map<ReasonCode, String> failedLines() {
        Map<ReasonCode, String> lines = new EnumMap<>(ReasonCode.class);
        failed.forEach((code, ranges) -> lines.put(code, ranges.toString()));
        return lines;
    }

    /** The lines that the server has accepted, but no device of their addressees has confirmed. */
    synchronized LineRanges undeliveredLines() {
        return ranges(undelivered.values());
    }

    /** The lines that the server has not accepted, or that were not sent at all. */
    synchronized LineRanges unacceptedLines() {
        List<Outgoing> lines = new ArrayList<>(unaccepted.values());
        addressees.values().forEach(addressee -> lines.addAll(addressee.again.values()));
        lines.addAll(queue);
        if (entering != null) {
            lines.add(entering);
        }
        return ranges(lines);
    }

    private boolean postNext() {
        if (oneByOne && !unaccepted.isEmpty()) {
            return false;
        }
        return postAgain() || postQueued();
    }

    private boolean postAgain() {
        long nowNanos = nanoClock.getAsLong();
        for (Addressee addressee : addressees.values()) {
            Map.Entry<Long, Outgoing> first = addressee.again.firstEntry();
            if (first != null
                    && nowNanos - addressee.againAtNanos >= 0
                    && addressee.takes(first.getValue(), inPieces(first.getValue()), nowNanos)
                    && post(first.getValue())) {
                addressee.again.remove(first.getKey());
                return true;
            }
        }
        return false;
    }

    private boolean postQueued() {
        long nowNanos = nanoClock.getAsLong();
        Set<String> held = new HashSet<>();
        for (Iterator<Outgoing> lines = queue.iterator(); lines.hasNext(); ) {
            Outgoing line = lines.next();
            if (held.contains(line.to())) {
                continue;
            }
            Addressee addressee = addressees.get(line.to());
            if (addressee != null && (!addressee.again.isEmpty() || !addressee.takes(line, inPieces(line), nowNanos))) {
                held.add(line.to());
                continue;
            }
            if (!post(line)) {
                return false;
            }
            lines.remove();
            queuedBytes -= line.bytes();
            notifyAll();
            return true;
        }
        return false;
    }

    private boolean inPieces(Outgoing line) {
        return line.bytes() > post.mostBytesInOnePiece();
    }

    private boolean post(Outgoing line) {
        long counter = post.post(line.to(), line.text());
        if (counter <= 0) {
            return false;
        }
        unaccepted.put(counter, line);
        addressee(line).posted(line, inPieces(line), nanoClock.getAsLong());
        return true;
    }

    private Addressee addressee(Outgoing line) {
        return addressees.computeIfAbsent(line.to(), any -> new Addressee());
    }

    private boolean accepted(long firstCounter, long lastCounter) {
        Map<Long, Outgoing> range = unaccepted.subMap(firstCounter, true, lastCounter, true);
        boolean any = !range.isEmpty();
        range.forEach((counter, line) -> {
            addressee(line).accepted();
            undelivered.put(counter, line.withoutText());
        });
        range.clear();
        return any;
    }

    private boolean delivered(long firstCounter, long lastCounter) {
        List<Outgoing> lines = take(undelivered, firstCounter, lastCounter);
        for (Outgoing line : lines) {
            deliveredLines++;
            addressee(line).heardNanos = nanoClock.getAsLong();
            settle(line);
            fate.delivered(line);
        }
        return !lines.isEmpty();
    }

    private void refused(ReasonCode code, Outgoing line) {
        if (!code.mayBeSentAgain()) {
            settle(line);
            fail(code, line);
            return;
        }
        Addressee addressee = addressee(line);
        addressee.again.put(line.line(), line);
        addressee.againAtNanos = nanoClock.getAsLong() + TimeUnit.MILLISECONDS.toNanos(code.delayMillis());
        addressee.oneByOne = ONE_BY_ONE_AFTER_REFUSAL;
        oneByOne |= code == ReasonCode.THROTTLED;
        settle(line);
    }

    private void fail(ReasonCode code, Outgoing line) {
        failed.computeIfAbsent(code, any -> new LineRanges()).add(line.line());
        progress();
        fate.failed(line, code);
    }

    private void settle(Outgoing line) {
        Addressee addressee = addressee(line);
        addressee.settled(line);
        if (addressee.isForgettable()) {
            addressees.remove(line.to());
        }
    }

    private void progress() {
        waitingSinceNanos = nanoClock.getAsLong();
        progressSinceLoss = true;
    }

    private void changed() {
        notifyAll();
        fate.changed();
    }

    private static List<Outgoing> take(TreeMap<Long, Outgoing> lines, long firstCounter, long lastCounter) {
        Map<Long, Outgoing> range = lines.subMap(firstCounter, true, lastCounter, true);
        List<Outgoing> taken = new ArrayList<>(range.values());
        range.clear();
        return taken;
    }

    private static LineRanges ranges(Iterable<Outgoing> lines) {
        LineRanges ranges = new LineRanges();
        lines.forEach(line -> ranges.add(line.line()));
        return ranges;
    }

    /** One whom lines are under way to. Guarded by the outbox's lock. */
    private static final class Addressee {

        /** Refused lines, by number. */
        private final TreeMap<Long, Outgoing> again = new TreeMap<>();

        private long againAtNanos;
        private int unaccepted;
        private int undelivered;
        private long undeliveredBytes;
        /** The number of the last line posted that went in pieces, while it is not delivered; else 0. */
        private long inPieces;
        /** So many lines go one at a time. */
        private int oneByOne;

        private long heardNanos;

        private void posted(Outgoing line, boolean pieces, long nowNanos) {
            if (undelivered == 0) {
                heardNanos = nowNanos;
            }
            unaccepted++;
            undelivered++;
            undeliveredBytes += line.bytes();
            inPieces = pieces ? line.line() : inPieces;
        }

        private void accepted() {
            unaccepted--;
            oneByOne = Math.max(0, oneByOne - 1);
        }

        /** Delivered, refused or failed. */
        private void settled(Outgoing line) {
            undelivered--;
            undeliveredBytes -= line.bytes();
            inPieces = inPieces == line.line() ? 0 : inPieces;
        }

        private boolean isForgettable() {
            return undelivered == 0 && again.isEmpty() && oneByOne == 0;
        }

        private boolean takes(Outgoing line, boolean pieces, long nowNanos) {
            if (undelivered == 0) {
                return true;
            }
            long silentNanos = nowNanos - heardNanos;
            if (pieces || inPieces != 0) {
                return unaccepted == 0 && silentNanos > AWAY_FOR_PIECES_NANOS;
            }
            if (unaccepted == 0 && silentNanos > AWAY_NANOS) {
                return true;
            }
            boolean narrow = unaccepted > 0 && (oneByOne > 0 || !again.isEmpty());
            return !narrow && undelivered < MOST_UNDER_WAY && undeliveredBytes + line.bytes() <= MOST_BYTES_UNDER_WAY;
        }
    }
}
