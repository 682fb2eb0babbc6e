// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.store;

import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.UserId;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * SPI: keeps messages. Each has its place in one conversation, and in the inboxes of those who are to get it.
 *
 * <pre>
 *   conversation   1 2 3 4 5 6 ...          one order for all who take part, without gaps
 *                    │   │ │
 *   inbox of bob     7   8 9 ...            what bob is to get of all his conversations, without gaps
 *                        ▲ ▲
 *   cursors          phone laptop           how far each of his devices has got
 * </pre>
 *
 * <p><b>Threads.</b> Called on event loops, partly under a lock of the user's: a call starts the work and returns; it
 * never blocks. Stages complete on any thread, at once if they can. What runs on a stage is short, and may wait for a
 * user's lock.
 *
 * <p><b>Order.</b> Appends take effect in the order of the calls of each thread, and their stages complete in the order in
 * which they took effect: for one conversation sequences ascend by 1, for one inbox positions ascend by 1. A read sees all
 * appends whose stages were complete when it was called.
 *
 * <p><b>Failure.</b> A stage that fails, or a call that throws, means that nobody knows whether it happened: the sender
 * tries again with the same id, and a store that has the message answers {@link Appended#repeated repeated}. A failed read
 * is tried again. What is refused with a code did not happen.
 */
@ThreadSafe
public interface MessageStore {
    /** Most devices of a user whose cursors are kept; the one saved longest ago makes way. */
    int MAX_DEVICES = 64;

    /**
     * Whether what an append's stage confirmed survives the end of the process and of the machine. The node tells clients
     * at login.
     */
    boolean durable();

    /** One sentence for the log at start: what it keeps, where, how much. */
    String description();

    /**
     * Keeps a message at the end of its conversation, and at the end of each of the inboxes. Complete when it is as safe
     * as {@link #durable} says. A message id that this sender has used before is not kept a second time.
     */
    CompletionStage<Appended> append(Envelope envelope);

    /**
     * Reads on in an inbox. What has expired may be among it, as long as {@link #expire} has not let go of it.
     *
     * @param after the position behind which to read, 0 for the beginning
     * @param maxMessages at most so many, at least 1
     * @param maxBytes stop before the payloads exceed this, in bytes, but read one message in any case
     */
    CompletionStage<InboxPage> read(UserId user, long after, int maxMessages, int maxBytes);

    /**
     * Reads back in a conversation, the newest first, as far as it is kept.
     *
     * @param before the sequence before which to read, {@link Long#MAX_VALUE} for the end
     * @param maxMessages at most so many, at least 1
     * @param maxBytes stop before the payloads exceed this, in bytes, but read one message in any case
     */
    CompletionStage<List<Message>> history(ConversationId conversation, long before, int maxMessages, int maxBytes);

    /**
     * Where a device is in its user's inbox. One that is not known is from now on: behind what any device of the user has,
     * so that it gets what nobody got, and reads older messages as history.
     */
    CompletionStage<Cursor> cursor(UserId user, DeviceId device);

    /**
     * A device has everything up to a position; one lower than before is passed over. Called often: a store may gather what
     * comes within a second, and lose that with the process, for the device then gets some messages again, and knows them.
     */
    CompletionStage<Void> advance(UserId user, DeviceId device, long position);

    /**
     * Whether some device of a user has a message of one of his conversations, or it is not in his inbox. Asked when a
     * message is {@linkplain Appended#repeated repeated}, whose sender may have missed that it was delivered.
     */
    CompletionStage<Boolean> delivered(UserId user, ConversationId conversation, long sequence);

    /**
     * A user has read a conversation up to a sequence; one lower than before is passed over.
     */
    CompletionStage<Void> markRead(UserId user, ConversationId conversation, long sequence);

    /** Up to which sequence a user has read a conversation; 0 when never. */
    CompletionStage<Long> readMark(UserId user, ConversationId conversation);

    /**
     * How many messages of others wait in an inbox behind the furthest of the user's devices, as a push notification says
     * it.
     *
     * @param most stop counting there, at least 1
     */
    CompletionStage<Integer> waiting(UserId user, int most);

    /**
     * Lets some messages go whose time to live has run out, of any users, and says which of them no device has got, perhaps
     * with copies for their senders; called now and then. Expiry does not depend on it: a node never begins to deliver an expired message.
     *
     * @param nowMillis wall time, in ms since 1970
     * @param maxMessages let go of at most so many now
     */
    CompletionStage<List<ExpiredMessage>> expire(long nowMillis, int maxMessages);

    /** Gives back what the store holds; the last call. Complete when nothing is left running. */
    CompletionStage<Void> close();
}
