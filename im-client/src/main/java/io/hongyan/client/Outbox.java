// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.packet.Chunker;
import io.hongyan.protocol.packet.Message;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What is to be written to the link of the moment, in order: one queue for chat, one for what travels as bulk, which is
 * the bulk lane and every message too large for a frame.
 *
 * <pre>
 *   intake ──► ledger ──► chat ──► whole frames ─────────────────────► link
 *                  └────► bulk ──► whole frames, or chunk by chunk ──► link, behind chat
 * </pre>
 *
 * No more than {@value #WINDOW} counters are under way at a time, because that is how far back the server recognises a
 * message it has already: one sent again must not look too old to be known. A new link begins with all that the ledger
 * keeps, in its order: what was not accepted, so that it will be, and what was, so that the server answers again. Both
 * are under way until answered: the server may have begun anew, and what chat overtakes by more than that would be lost.
 * The {@link CatchUp} says how many of them go at a time.
 */
@Confined("owner")
final class Outbox {

    /** Counters under way at most. */
    static final int WINDOW = 1_024;

    private final MessageLedger ledger;
    private final CatchUp catchUp;
    private final ReceiptSink sink;
    private final ArrayDeque<Message> chat = new ArrayDeque<>(4);
    private final ArrayDeque<Message> bulk = new ArrayDeque<>(1);
    private @Nullable Chunker chunker;
    private @Nullable Link link;
    private boolean holdingNew;

    Outbox(MessageLedger ledger, CatchUp catchUp, ReceiptSink sink) {
        this.ledger = ledger;
        this.catchUp = catchUp;
        this.sink = sink;
    }

    /** Takes the next message from the intake. */
    void add(Object entry, ReceiptLevel awaited) {
        Message message = MessageLedger.messageOf(entry);
        if (message.lane() == Lane.EPHEMERAL) {
            ledger.addForgotten(message);
            ReasonCode code = sendEphemeral(message);
            if (entry instanceof AwaitedMessage waiting) {
                sink.complete(waiting.future(), new Receipt(message.id().counter(), code, null));
            }
        } else {
            ledger.add(entry, awaited);
            if (link != null) {
                if (catchUp.isPausing() || catchUp.covers(chat.peek()) || catchUp.covers(bulk.peek())) {
                    catchUp.joins(message.id().counter());
                }
                enqueue(link, message);
            }
        }
    }

    /** The session is resumed, over a link that begins with what may have been lost; {@link #online} follows. */
    void resumed(Link newLink) {
        catchUp.begin(ledger.next(), newLink.maxFrameBytes());
    }

    /**
     * A link begins: everything that is kept is to be written to it; of a session that was resumed only what it has not
     * answered, since it forgets nothing and has told again what may have been lost.
     */
    void online(Link newLink, boolean resumed) {
        assert link == null && chat.isEmpty() && bulk.isEmpty();
        link = newLink;
        holdingNew = false;
        if (resumed) {
            catchUp.joins(ledger.next() - 1);
            ledger.forEachUnanswered(entry -> enqueue(newLink, MessageLedger.messageOf(entry)));
        } else {
            ledger.online();
            catchUp.begin(ledger.next(), newLink.maxFrameBytes());
            ledger.forEachKept(entry -> enqueue(newLink, MessageLedger.messageOf(entry)));
        }
    }

    /** The link is gone. */
    void offline() {
        link = null;
        chunker = null;
        chat.clear();
        bulk.clear();
        ledger.offline();
        catchUp.clear();
    }

    /** Whether the server refused what is to be asked again, and has answered all else: {@link #askAgain} after a pause. */
    boolean waitsToAskAgain() {
        return link != null && !holdingNew && catchUp.isPausing() && chunker == null && ledger.allUnderWay() == 0;
    }

    /** How long to wait before {@link #askAgain}, in ms. */
    int pauseMillis() {
        return catchUp.pauseMillis();
    }

    /** The pause is over: all that is not answered is to be written again, in its order. */
    void askAgain() {
        Link to = link;
        if (to != null) {
            catchUp.resume(ledger);
            chat.clear();
            bulk.clear();
            ledger.forEachUnanswered(entry -> enqueue(to, MessageLedger.messageOf(entry)));
        }
    }

    /** Begins nothing more on this link: the server asks to leave it. */
    void holdNew() {
        holdingNew = true;
    }

    /** Writes what the link and the window have room for; the caller flushes. */
    void send() {
        Link to = link;
        if (to != null) {
            catchUp.answeredBelow(ledger.unanswered());
            sendChat(to);
            sendBulk(to);
        }
    }

    /** Whether a message was begun and not answered. */
    boolean anyUnderWay() {
        return chunker != null || ledger.underWay() > 0 || !holdingNew && ledger.awaitsRepetitions();
    }

    /** At most once: what cannot leave now is gone. */
    private ReasonCode sendEphemeral(Message message) {
        Link to = link;
        if (to == null) {
            return ReasonCode.CONNECTION_LOST;
        }
        if (!Chunker.fits(message, to.maxEphemeralBytes())) {
            return ReasonCode.MESSAGE_TOO_LARGE;
        }
        if (!to.isWritable(Lane.EPHEMERAL)) {
            return ReasonCode.BACKPRESSURED;
        }
        to.write(Lane.EPHEMERAL, to.encode(message));
        return ReasonCode.OK;
    }

    /** In which lane an ordered message travels, and keeps its order. */
    static Lane laneOf(Message message, int maxFrameBytes) {
        return message.lane() == Lane.BULK || !Chunker.fits(message, maxFrameBytes) ? Lane.BULK : Lane.CHAT;
    }

    private void enqueue(Link to, Message message) {
        if (message.payload().size() > to.maxMessageBytes()) {
            ledger.fail(message.id().counter(), ReasonCode.MESSAGE_TOO_LARGE);
        } else if (laneOf(message, to.maxFrameBytes()) == Lane.BULK) {
            bulk.add(message);
        } else {
            chat.add(message);
        }
    }

    private void sendChat(Link to) {
        boolean writable = to.isWritable(Lane.CHAT);
        for (Message message = chat.peek(); message != null && writable && mayBegin(message); message = chat.peek()) {
            chat.remove();
            if (ledger.keeps(message.id().counter())) {
                catchUp.begun(message.id().counter());
                writable = to.write(Lane.CHAT, to.encode(message));
                ledger.sent(message.id().counter());
            }
        }
    }

    private void sendBulk(Link to) {
        while (to.isWritable(Lane.BULK)) {
            if (chunker != null) {
                to.write(Lane.BULK, nextChunk(chunker));
                continue;
            }
            Message message = bulk.peek();
            if (message == null || !mayBegin(message)) {
                return;
            }
            bulk.remove();
            if (!ledger.keeps(message.id().counter())) {
                continue;
            }
            catchUp.begun(message.id().counter());
            int frameBytes = Math.min(to.maxFrameBytes(), Chunker.DEFAULT_FRAME_BYTES);
            if (Chunker.fits(message, frameBytes)) {
                to.write(Lane.BULK, to.encode(message));
                ledger.sent(message.id().counter());
            } else {
                chunker = new Chunker(message, frameBytes);
            }
        }
    }

    private Frame nextChunk(Chunker cutting) {
        long counter = cutting.message().id().counter();
        if (!ledger.keeps(counter) || catchUp.isRefused(counter)) {
            chunker = null;
            return cutting.giveUp();
        }
        Frame chunk = cutting.next();
        if (!cutting.hasNext()) {
            chunker = null;
            ledger.sent(counter);
        }
        return chunk;
    }

    private boolean mayBegin(Message message) {
        long counter = message.id().counter();
        return !holdingNew && counter < ledger.unanswered() + WINDOW && catchUp.mayBegin(counter, ledger.allUnderWay());
    }
}
