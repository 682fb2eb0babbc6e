// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of one ordered lane: numbers its messages, keeps them until they are acknowledged, and knows which
 * must be sent next: lost ones first, then new ones as far as the peer's credit reaches.
 *
 * <p>A reference, as {@link SentPackets} keeps it, is two longs: the number with the lane in the lowest bit, and
 * {@link #WHOLE} or first granule and count.
 */
final class SendLane {
    /** The range of a message that travelled whole. */
    static final long WHOLE = -1;
    /** The range of a whole message that is sent a second time though nothing is lost. */
    static final long COPY = -2;

    private final int laneCode;
    private final int baseBytes;
    private final int mostBytes;
    private int bufferBytes;

    private @Nullable SendQueue queue;
    /** The oldest message not acknowledged. */
    private long first;
    /** The oldest message never sent, or not sent in full. */
    private long unsent;
    /** The number of the next message taken. */
    private long next;

    private int pendingBytes;
    private int lostMessages;
    private long lostFrom;
    private boolean refused;

    /** Bytes sent for the first time, and the peer's limit for them; overheads included. */
    private long chargedBytes;

    private long creditBytes = Wire.INITIAL_CREDIT_BYTES;

    SendLane(int laneCode, int bufferBytes) {
        this(laneCode, bufferBytes, bufferBytes);
    }

    /** A lane whose buffer has {@code baseBytes} or, {@linkplain #fitTo fitted} to a path that takes more, up to another. */
    SendLane(int laneCode, int baseBytes, int mostBytes) {
        this.laneCode = laneCode;
        this.baseBytes = baseBytes;
        this.mostBytes = mostBytes;
        bufferBytes = baseBytes;
    }

    /** Goes on where a lane in which nothing waits had stopped. */
    void resume(long nextNumber, long charged, int creditAhead) {
        first = nextNumber;
        unsent = nextNumber;
        next = nextNumber;
        pendingBytes = 0;
        lostMessages = 0;
        refused = false;
        bufferBytes = baseBytes;
        chargedBytes = charged;
        creditBytes = charged + creditAhead;
        queue().copyFrom = nextNumber;
    }

    /** The number of the next message taken. */
    long next() {
        return next;
    }

    void attach(SendQueue pooled) {
        queue = pooled;
    }

    /** Gives the pooled part back: the lane must be empty. */
    void detach() {
        assert first == next;
        queue = null;
    }

    /** Drops all messages. */
    void clear() {
        queue().clear();
        first = next;
        unsent = next;
        pendingBytes = 0;
        lostMessages = 0;
    }

    // The application's side.

    /** So much should fit, within the lane's bounds. */
    void fitTo(int bytes) {
        bufferBytes = Math.max(baseBytes, Math.min(bytes, mostBytes));
    }

    /** Takes a message; false = full. */
    boolean offer(byte[] frame, boolean urgent) {
        if (!fits(frame.length)) {
            refused = true;
            return false;
        }
        SendQueue queue = queue();
        if (next - first == queue.states.length) {
            queue.grow(first, next);
        }
        int index = queue.index(next);
        queue.frames[index] = frame;
        queue.states[index] = SendQueue.UNSENT;
        queue.urgent[index] = urgent;
        queue.fragmented[index] = frame.length > Wire.MAX_WHOLE_MESSAGE ? queue.takeFragmented(frame.length) : null;
        next++;
        pendingBytes += cost(frame.length);
        return true;
    }

    private boolean fits(int length) {
        return pendingBytes + cost(length) <= bufferBytes && next - first < Wire.MAX_MESSAGES_OPEN;
    }

    /** Whether there is room for more than the largest message. */
    boolean isWritable() {
        return pendingBytes <= bufferBytes / 2 && next - first < Wire.MAX_MESSAGES_OPEN / 2;
    }

    /** Whether a message was refused and there is room again; says so once. */
    boolean becameWritable() {
        if (refused && isWritable()) {
            refused = false;
            return true;
        }
        return false;
    }

    /** The caller was told that there is no room, and wants to know when there is. */
    void wantWritable() {
        refused = true;
    }

    int pendingBytes() {
        return pendingBytes;
    }

    boolean isEmpty() {
        return first == next;
    }

    /** The length of the longest message that was not acknowledged. */
    int longestBytes() {
        int longest = 0;
        for (long number = first; number < next; number++) {
            byte[] frame = queue().frames[queue().index(number)];
            longest = Math.max(longest, frame == null ? 0 : frame.length);
        }
        return longest;
    }

    // The peer's credit.

    /** Raises the limit; a lower one is old news. */
    void grant(long limitBytes) {
        creditBytes = Math.max(creditBytes, limitBytes);
    }

    /** Bytes sent for the first time, overheads included; never more than {@link #creditBytes()}. */
    long chargedBytes() {
        return chargedBytes;
    }

    /** The peer's limit for them. */
    long creditBytes() {
        return creditBytes;
    }

    /** How much more the peer lets go; whoever grants more than 2^31 - 1 at a time is held to that. */
    int creditAheadBytes() {
        return (int) Math.min(creditBytes - chargedBytes, Integer.MAX_VALUE);
    }

    // What to send.

    /** The next message that may be sent now, or -1. */
    long nextToSend() {
        if (lostMessages > 0) {
            return oldestLost();
        }
        if (unsent == next) {
            return -1;
        }
        SendQueue queue = queue();
        int index = queue.index(unsent);
        FragmentedMessage message = queue.fragmented[index];
        int cost;
        if (message == null) {
            cost = cost(frame(unsent).length);
        } else if (message.hasUnsent() && message.firstUnsent() < message.charged()) {
            cost = 0;
        } else {
            cost = Wire.GRANULE + (message.charged() == 0 ? RudpConfig.MESSAGE_OVERHEAD_BYTES : 0);
        }
        return chargedBytes + cost <= creditBytes ? unsent : -1;
    }

    private long oldestLost() {
        SendQueue queue = queue();
        while (queue.states[queue.index(lostFrom)] != SendQueue.LOST) {
            lostFrom++;
        }
        return lostFrom;
    }

    /** Whether a message waits that was never sent, or not in full. */
    boolean hasUnsent() {
        return unsent < next;
    }

    /** The number of the first message that has never been sent, or not in full. */
    long unsent() {
        return unsent;
    }

    /** How many bytes, headers included, the messages take at most that may be sent now; not counted beyond {@code most}. */
    int waitingBytes(int most) {
        SendQueue queue = queue();
        int bytes = 0;
        for (long number = lostMessages > 0 ? oldestLost() : unsent; number < next && bytes < most; number++) {
            int index = queue.index(number);
            byte[] frame = queue.frames[index];
            if (frame != null && (queue.states[index] == SendQueue.LOST || queue.states[index] == SendQueue.UNSENT)) {
                bytes += frame.length + Wire.MESSAGE_NUMBER_BYTES + 3;
            }
        }
        return Math.min(bytes, most);
    }

    /**
     * The oldest message, never looked at before, that is under way and worth a copy; -1 if there is none.
     *
     * @param below only messages before this one
     * @param urgentOnly whether the others are passed over for good
     */
    long nextToCopy(long below, boolean urgentOnly) {
        SendQueue queue = queue();
        long number = copyFrom(queue);
        while (number < below && !isWorthACopy(queue, queue.index(number), urgentOnly)) {
            number++;
        }
        queue.copyFrom = Math.max(queue.copyFrom, number);
        return number < below ? number : -1;
    }

    /** In a crowd only the newest are worth a look. */
    private long copyFrom(SendQueue queue) {
        return Math.max(Math.max(queue.copyFrom, first), unsent - Redundancy.NEWEST_MESSAGES);
    }

    private static boolean isWorthACopy(SendQueue queue, int index, boolean urgentOnly) {
        byte[] frame = queue.frames[index];
        return queue.states[index] == SendQueue.SENT
                && frame != null
                && frame.length <= Redundancy.MAX_COPIED_BYTES
                && (queue.urgent[index] || !urgentOnly);
    }

    /** Whether {@link #nextToCopy} would find a message that was sent. */
    boolean copyWaits(boolean urgentOnly) {
        SendQueue queue = queue();
        for (long number = copyFrom(queue); number < unsent; number++) {
            if (isWorthACopy(queue, queue.index(number), urgentOnly)) {
                return true;
            }
        }
        return false;
    }

    /** The message was copied, or must do without. */
    void onCopied(long number) {
        queue().copyFrom = number + 1;
    }

    byte[] frame(long number) {
        SendQueue queue = queue();
        byte[] frame = queue.frames[queue.index(number)];
        assert frame != null;
        return frame;
    }

    /** The message's fragments, or null if it travels whole. */
    @Nullable
    FragmentedMessage fragments(long number) {
        SendQueue queue = queue();
        return queue.fragmented[queue.index(number)];
    }

    /** The most granules of the message, from {@code start}, that the peer's credit lets go. */
    int grantedGranules(FragmentedMessage message, int start) {
        int sentBefore = message.charged() - start;
        if (sentBefore > 0) {
            return sentBefore;
        }
        long left = creditBytes - chargedBytes - (start == 0 ? RudpConfig.MESSAGE_OVERHEAD_BYTES : 0);
        return (int) Math.min(left / Wire.GRANULE, Integer.MAX_VALUE);
    }

    /** A message left whole. Answers whether it had left before. */
    boolean onSentWhole(long number) {
        SendQueue queue = queue();
        int index = queue.index(number);
        boolean again = queue.states[index] == SendQueue.LOST;
        if (again) {
            lostMessages--;
        } else {
            chargedBytes += cost(frame(number).length);
            unsent = number + 1;
        }
        queue.states[index] = SendQueue.SENT;
        return again;
    }

    /** Granules of a message left. Answers whether they had left before. */
    boolean onSentFragment(long number, FragmentedMessage message, int start, int count) {
        SendQueue queue = queue();
        int index = queue.index(number);
        int chargedBefore = message.charged();
        boolean again = start < chargedBefore;
        message.onSent(start, count);
        int newGranules = message.charged() - chargedBefore;
        if (newGranules > 0) {
            // The last granule is charged as a full one: the difference is below one granule a message.
            chargedBytes +=
                    (long) newGranules * Wire.GRANULE + (chargedBefore == 0 ? RudpConfig.MESSAGE_OVERHEAD_BYTES : 0);
        }
        if (!message.hasUnsent()) {
            if (queue.states[index] == SendQueue.LOST) {
                lostMessages--;
            }
            queue.states[index] = SendQueue.SENT;
        }
        if (number == unsent && message.charged() == message.granules()) {
            unsent++;
            if (message.hasUnsent() && queue.states[index] != SendQueue.LOST) {
                markLost(queue, index, number);
            }
        }
        return again;
    }

    long reference(long number) {
        return number << 1 | laneCode;
    }

    // What became of it.

    /** What a reference names has arrived. */
    void onAcked(long number, long range) {
        if (number < first) {
            return;
        }
        SendQueue queue = queue();
        int index = queue.index(number);
        byte state = queue.states[index];
        if (state == SendQueue.ACKED) {
            return;
        }
        FragmentedMessage message = queue.fragmented[index];
        if (message != null) {
            message.onAcked(firstGranule(range), granuleCount(range));
            if (!message.isAcked()) {
                if (state == SendQueue.LOST && !message.hasUnsent()) {
                    queue.states[index] = SendQueue.SENT;
                    lostMessages--;
                }
                return;
            }
            queue.fragmented[index] = null;
            queue.giveBack(message);
        }
        if (state == SendQueue.LOST) {
            lostMessages--;
        }
        pendingBytes -= cost(frame(number).length);
        queue.states[index] = SendQueue.ACKED;
        queue.frames[index] = null;
        while (first < unsent && queue.states[queue.index(first)] == SendQueue.ACKED) {
            first++;
        }
    }

    /** What a reference names must be sent again. Answers how many bytes, 0 if it had arrived by another datagram. */
    int onLost(long number, long range) {
        if (number < first) {
            return 0;
        }
        SendQueue queue = queue();
        int index = queue.index(number);
        byte state = queue.states[index];
        if (state == SendQueue.ACKED) {
            return 0;
        }
        FragmentedMessage message = queue.fragmented[index];
        int bytes = frame(number).length;
        if (message != null) {
            message.onLost(firstGranule(range), granuleCount(range));
            if (!message.hasUnsent()) {
                return 0;
            }
            bytes = Math.min(bytes, granuleCount(range) * Wire.GRANULE);
            if (number == unsent) {
                // Still being sent: what was lost is found from its beginning.
                return bytes;
            }
        }
        if (state != SendQueue.LOST) {
            markLost(queue, index, number);
        }
        return bytes;
    }

    private void markLost(SendQueue queue, int index, long number) {
        queue.states[index] = SendQueue.LOST;
        lostFrom = lostMessages == 0 ? number : Math.min(lostFrom, number);
        lostMessages++;
    }

    static long range(int firstGranule, int count) {
        return (long) firstGranule << 32 | count;
    }

    private static int firstGranule(long range) {
        return (int) (range >>> 32);
    }

    private static int granuleCount(long range) {
        return (int) range;
    }

    private static int cost(int length) {
        return length + RudpConfig.MESSAGE_OVERHEAD_BYTES;
    }

    private SendQueue queue() {
        return Objects.requireNonNull(queue);
    }
}
