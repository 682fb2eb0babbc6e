// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static java.util.Objects.requireNonNull;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Message;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How far each message of one client has come, over all its connections.
 *
 * <pre>
 *                first            unaccepted                next
 *    stragglers    │ finished, or     │ not yet accepted      │
 *   (accepted)     │ accepted         │ by the server         │
 *                  └──────────── ring, by counter ────────────┘
 * </pre>
 *
 * A slot of the ring is the message and one byte of state. The byte is kept for the last {@value #MEMORY} messages at
 * least, so that no receipt is told twice. What is accepted but not delivered may take days; when the ring wants its
 * slot it becomes a straggler. The {@link Intake} bounds what is kept.
 */
@Confined("owner")
final class MessageLedger {

    /** Messages whose receipts are recognised as told before, at least. */
    static final int MEMORY = 1_024;

    // A state: progress (3 bits), awaited level (2 bits), whether it was ever written whole.
    private static final int WAITING = 0;
    private static final int SENT = 1;
    /** Progress from here on is this plus the ordinal of a ReceiptLevel. */
    private static final int ACCEPTED = 2;

    private static final int FAILED = 6;
    private static final int PROGRESS = 7;
    private static final int AWAITED_SHIFT = 3;
    private static final int AWAITED = 3;
    private static final int WRITTEN = 1 << 5;

    private static final ReceiptLevel[] LEVELS = ReceiptLevel.values();

    private final Intake intake;
    private final ReceiptSink sink;
    private final CatchUp catchUp;
    private final TreeMap<Long, Straggler> stragglers = new TreeMap<>();
    /** Accepted before this session, still kept, and not answered in it: the server may be one that never saw them. */
    private final TreeSet<Long> repetitions = new TreeSet<>();
    /** Those of them that were written, whole, and not answered. */
    private final TreeSet<Long> repetitionsUnderWay = new TreeSet<>();

    private @Nullable Object[] entries = new @Nullable Object[4];
    private byte[] states = new byte[4];
    private long first = 1;
    private long unaccepted = 1;
    private long next = 1;
    private int underWay;

    private int releasedMessages;
    private long releasedBytes;
    /** What the intake was told of {@link #unaccepted}. */
    private long releasedTo = 1;

    /** Neighbours with the same news are told as one range. */
    private long runFirst;

    private long runLast = -1;
    private int runBefore;
    private int runAfter;
    private int runAwaited;

    MessageLedger(Intake intake, ReceiptSink sink, CatchUp catchUp) {
        this.intake = intake;
        this.sink = sink;
        this.catchUp = catchUp;
    }

    /** Enters the next message: its counter is one more than the last one's. */
    void add(Object entry, ReceiptLevel awaited) {
        makeRoom();
        entries[slot(next)] = entry;
        states[slot(next)] = (byte) (WAITING | awaited.ordinal() << AWAITED_SHIFT);
        next++;
    }

    /** Enters a message that has no receipts: its counter is used, and nothing is kept. */
    void addForgotten(Message message) {
        makeRoom();
        states[slot(next)] = FAILED;
        next++;
        advanceUnaccepted();
        releasedMessages++;
        releasedBytes += Intake.cost(message);
        release();
    }

    /** The message was written to a link, whole. */
    void sent(long counter) {
        if (counter >= first) {
            int at = slot(counter);
            if ((states[at] & PROGRESS) == WAITING) {
                states[at] = (byte) (states[at] | SENT | WRITTEN);
                underWay++;
            }
        }
        if (repetitions.contains(counter)) {
            repetitionsUnderWay.add(counter);
        }
    }

    /** A session begins, in which all that is kept is sent again. */
    void online() {
        repetitions.clear();
        repetitions.addAll(stragglers.keySet());
        for (long counter = first; counter < next; counter++) {
            int at = slot(counter);
            if (entries[at] != null && (states[at] & PROGRESS) >= ACCEPTED) {
                repetitions.add(counter);
            }
        }
    }

    /** The link is gone, and with it what was under way. */
    void offline() {
        repetitionsUnderWay.clear();
        for (long counter = unaccepted; counter < next && underWay > 0; counter++) {
            int at = slot(counter);
            if ((states[at] & PROGRESS) == SENT) {
                states[at] = (byte) (states[at] & ~PROGRESS);
                underWay--;
            }
        }
        assert underWay == 0;
    }

    /** The server says how far these have come. */
    void reached(ReceiptLevel level, CounterRanges counters) {
        for (int i = 0; i < counters.ranges(); i++) {
            settle(counters.first(i), counters.last(i), ACCEPTED + level.ordinal(), ReasonCode.OK, false);
        }
        release();
    }

    /**
     * The server refuses these.
     *
     * @return whether it answers repetitions of messages accepted before with this
     */
    boolean refused(ReasonCode code, CounterRanges counters) {
        int unanswered = repetitions.size();
        for (int i = 0; i < counters.ranges(); i++) {
            settle(counters.first(i), counters.last(i), FAILED, code, true);
        }
        release();
        return repetitions.size() < unanswered;
    }

    /** The server takes nothing any more: these are not under way, and go over the next link. */
    void notTaken(CounterRanges counters) {
        for (int i = 0; i < counters.ranges(); i++) {
            long last = Math.min(counters.last(i), next - 1);
            for (long counter = counters.first(i); counter <= last; counter++) {
                repetitionsUnderWay.remove(counter);
                int at = slot(counter);
                if (counter >= first && (states[at] & PROGRESS) == SENT) {
                    states[at] = (byte) (states[at] & ~PROGRESS);
                    underWay--;
                }
            }
        }
    }

    /** The server does not remember these any more, and no news of them has come since it said so. */
    void forgotten(CounterRanges counters) {
        for (int i = 0; i < counters.ranges(); i++) {
            settle(counters.first(i), counters.last(i), FAILED, ReasonCode.ID_TOO_OLD, false);
        }
        release();
    }

    /** This one will not be sent. */
    void fail(long counter, ReasonCode code) {
        settle(counter, counter, FAILED, code, false);
        release();
    }

    /**
     * The sender takes this one back. That is too late once it was written whole, over whichever link: a server may have it.
     */
    void cancel(long counter) {
        if (counter >= first && counter < next && (states[slot(counter)] & (PROGRESS | WRITTEN)) == WAITING) {
            fail(counter, ReasonCode.CANCELLED);
        }
    }

    /** The counter of the message whose receipt is awaited through this stage; 0 if none is. */
    long counterOf(CompletionStage<Receipt> stage) {
        long[] found = {0};
        forEachKept(entry -> {
            if (entry instanceof AwaitedMessage waiting && waiting.isAwaitedBy(stage)) {
                found[0] = waiting.message().id().counter();
            }
        });
        return found[0];
    }

    /** The end: whoever waits is told. */
    void failAll(ReasonCode code) {
        settle(1, next - 1, FAILED, code, false);
        release();
    }

    /**
     * Messages and awaited messages whose awaited level is not reached, in the order of their counters. The action may
     * fail the one it is given.
     */
    void forEachKept(Consumer<Object> action) {
        for (Straggler straggler : List.copyOf(stragglers.values())) {
            action.accept(straggler.entry);
        }
        for (long counter = first; counter < next; counter++) {
            Object entry = entries[slot(counter)];
            if (entry != null) {
                action.accept(entry);
            }
        }
    }

    /** As {@link #forEachKept}, but only what is not answered in this session. */
    void forEachUnanswered(Consumer<Object> action) {
        forEachKept(entry -> {
            long counter = messageOf(entry).id().counter();
            if (repetitions.contains(counter) || counter >= first && (states[slot(counter)] & PROGRESS) < ACCEPTED) {
                action.accept(entry);
            }
        });
    }

    /** Whether the message still lacks its awaited level. */
    boolean keeps(long counter) {
        return counter >= first ? entries[slot(counter)] != null : stragglers.containsKey(counter);
    }

    /** The lowest counter that the server has not accepted or refused; the next one to be given if there is none. */
    long unaccepted() {
        return unaccepted;
    }

    /** As {@link #unaccepted}, or the lowest one sent again that is not answered over this link, if that is lower. */
    long unanswered() {
        return repetitions.isEmpty() ? unaccepted : Math.min(unaccepted, repetitions.first());
    }

    /** The counter that the next message has. */
    long next() {
        return next;
    }

    /** Whether the server has accepted or refused all. */
    boolean allAccepted() {
        return unaccepted == next;
    }

    /** Messages written and not answered, and not accepted over a link before. */
    int underWay() {
        return underWay;
    }

    /** All messages written and not answered. */
    int allUnderWay() {
        return underWay + repetitionsUnderWay.size();
    }

    /** Whether messages accepted before are sent again over this link, and not answered yet. */
    boolean awaitsRepetitions() {
        return !repetitions.isEmpty();
    }

    static Message messageOf(Object entry) {
        return entry instanceof AwaitedMessage awaited ? awaited.message() : (Message) entry;
    }

    /**
     * Takes a receipt for all counters from..to, as far as they are known.
     *
     * @param ofThisSending whether a refusal may be one of this sending only, and not of the message
     */
    private void settle(long from, long to, int progress, ReasonCode code, boolean ofThisSending) {
        Set<Long> repeated = Set.of();
        if (!repetitions.isEmpty()) {
            repetitionsUnderWay.subSet(from, true, to, true).clear();
            Set<Long> answered = repetitions.subSet(from, true, to, true);
            repeated = ofThisSending ? new HashSet<>(answered) : repeated;
            answered.clear();
        }
        boolean repetitionOnly = ofThisSending && refusesRepetitionOnly(code);
        if (from < first && !stragglers.isEmpty()) {
            settleStragglers(from, Math.min(to, first - 1), progress, code, repetitionOnly, repeated);
        }
        long end = Math.min(to, next - 1);
        for (long counter = Math.max(from, first); counter <= end; counter++) {
            int at = slot(counter);
            int state = states[at];
            int before = state & PROGRESS;
            Object entry = entries[at];
            boolean isOpen = before < ACCEPTED || repeated.contains(counter);
            if (entry != null && staysOpen(entry, progress, code, before, ofThisSending && isOpen)) {
                if (before == SENT) {
                    states[at] = (byte) (state & ~PROGRESS);
                    underWay--;
                }
                continue;
            }
            if (!isNews(before, progress, awaited(state), repetitionOnly && !(isOpen && code.mayBeSentAgain()))) {
                continue;
            }
            if (before == SENT) {
                underWay--;
            }
            states[at] = (byte) (state & ~PROGRESS | progress);
            tell(counter, before, progress, awaited(state), entry, code);
            if (entry != null && isFinished(progress, awaited(state))) {
                entries[at] = null;
                forget(entry);
            }
        }
        endRun(code);
        advanceUnaccepted();
    }

    private void settleStragglers(
            long from, long to, int progress, ReasonCode code, boolean repetitionOnly, Set<Long> repeated) {
        Iterator<Map.Entry<Long, Straggler>> found =
                stragglers.subMap(from, true, to, true).entrySet().iterator();
        while (found.hasNext()) {
            Map.Entry<Long, Straggler> next = found.next();
            Straggler straggler = next.getValue();
            int before = straggler.progress;
            boolean isOpen = repeated.contains(next.getKey());
            if (staysOpen(straggler.entry, progress, code, before, isOpen)) {
                continue;
            }
            if (isNews(before, progress, straggler.awaited, repetitionOnly && !(isOpen && code.mayBeSentAgain()))) {
                straggler.progress = progress;
                tell(next.getKey(), before, progress, straggler.awaited, straggler.entry, code);
                if (isFinished(progress, straggler.awaited)) {
                    found.remove();
                    forget(straggler.entry);
                }
            }
        }
        endRun(code);
    }

    /**
     * Tells the catch-up what the server says.
     *
     * @param mayBeAskedAgain whether it is an answer to this sending, and the first one
     * @return whether the message is asked again, as if it had not been sent over this link
     */
    private boolean staysOpen(Object entry, int progress, ReasonCode code, int before, boolean mayBeAskedAgain) {
        if (!catchUp.isOn()) {
            return false;
        }
        Message message = messageOf(entry);
        long counter = message.id().counter();
        if (progress != FAILED) {
            catchUp.took(message);
            return false;
        }
        boolean accepted = before >= ACCEPTED;
        if (mayBeAskedAgain && catchUp.asksAgain(message, code, next, accepted)) {
            if (accepted) {
                repetitions.add(counter);
            }
            return true;
        }
        catchUp.settled(counter);
        return false;
    }

    private static boolean isNews(int before, int progress, int awaited, boolean repetitionOnly) {
        if (progress == FAILED) {
            return !isFinished(before, awaited) && !(before >= ACCEPTED && repetitionOnly);
        }
        return before < progress;
    }

    /**
     * Said of a message that was accepted before, this says nothing about the message, unless it is an answer to its
     * repetition that invites to send again: then the server is one that never saw it.
     */
    private static boolean refusesRepetitionOnly(ReasonCode code) {
        return code == ReasonCode.ID_TOO_OLD
                || code == ReasonCode.DUPLICATE_CONFLICT
                || code == ReasonCode.THROTTLED
                || code == ReasonCode.BACKPRESSURED
                || code == ReasonCode.REASSEMBLY_FULL;
    }

    private static int awaited(int state) {
        return state >> AWAITED_SHIFT & AWAITED;
    }

    private static boolean isFinished(int progress, int awaited) {
        return progress == FAILED || progress >= ACCEPTED + awaited;
    }

    private void tell(long counter, int before, int progress, int awaited, @Nullable Object entry, ReasonCode code) {
        // What lies between two levels, both above or both below the awaited one, is the same news.
        int from = isFinished(before, awaited) ? PROGRESS : 0;
        if (counter != runLast + 1 || from != runBefore || progress != runAfter || awaited != runAwaited) {
            endRun(code);
            runFirst = counter;
            runBefore = from;
            runAfter = progress;
            runAwaited = awaited;
        }
        runLast = counter;
        if (entry instanceof AwaitedMessage waiting && isFinished(progress, awaited)) {
            ReceiptLevel level = progress != FAILED
                    ? LEVELS[progress - ACCEPTED]
                    : before >= ACCEPTED ? LEVELS[before - ACCEPTED] : null;
            sink.complete(waiting.future(), new Receipt(counter, code, level));
        }
    }

    private void endRun(ReasonCode code) {
        if (runFirst > 0) {
            if (runAfter == FAILED) {
                sink.failed(code, runFirst, runLast);
            } else {
                if (runBefore == 0 && runAfter > ACCEPTED + runAwaited) {
                    sink.reached(LEVELS[runAwaited], runFirst, runLast);
                }
                sink.reached(LEVELS[runAfter - ACCEPTED], runFirst, runLast);
            }
        }
        runFirst = 0;
        runLast = -1;
    }

    private void forget(Object entry) {
        releasedMessages++;
        releasedBytes += Intake.cost(messageOf(entry));
    }

    private void release() {
        if (releasedMessages > 0 || releasedTo != unaccepted) {
            boolean roomAgain = intake.release(releasedMessages, releasedBytes, unaccepted);
            releasedTo = unaccepted;
            releasedMessages = 0;
            releasedBytes = 0;
            if (roomAgain) {
                sink.writable();
            }
        }
    }

    private void advanceUnaccepted() {
        while (unaccepted < next && (states[slot(unaccepted)] & PROGRESS) >= ACCEPTED) {
            unaccepted++;
        }
    }

    /** Makes the slot of the next message free: by forgetting the oldest state, or by a larger ring. */
    private void makeRoom() {
        while (next - first == entries.length) {
            int at = slot(first);
            boolean finished = entries[at] == null;
            if (entries.length >= (finished ? MEMORY : 2 * MEMORY) && first < unaccepted) {
                Object entry = entries[at];
                if (entry != null) {
                    stragglers.put(first, new Straggler(entry, states[at]));
                    entries[at] = null;
                }
                first++;
            } else {
                grow();
            }
        }
    }

    private void grow() {
        @Nullable Object[] oldEntries = entries;
        byte[] oldStates = states;
        int oldMask = oldEntries.length - 1;
        entries = new @Nullable Object[oldEntries.length * 2];
        states = new byte[oldEntries.length * 2];
        for (long counter = first; counter < next; counter++) {
            int from = (int) counter & oldMask;
            entries[slot(counter)] = oldEntries[from];
            states[slot(counter)] = oldStates[from];
        }
    }

    private int slot(long counter) {
        return (int) counter & (entries.length - 1);
    }

    /** An accepted message whose slot another one got. */
    private static final class Straggler {
        final Object entry;
        final int awaited;
        int progress;

        Straggler(Object entry, int state) {
            this.entry = requireNonNull(entry);
            this.awaited = awaited(state);
            this.progress = state & PROGRESS;
        }
    }
}
