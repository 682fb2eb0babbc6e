// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.offline;

import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.UserId;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * SPI: keeps messages for users who cannot take them now, one inbox per user.
 *
 * <pre>
 *            append ──►  [ p7 p8 p9 | p10 p11 ... ]        read(after p6) gives p7 p8 p9, which stay kept
 *   putBack ──►            in flight   unread              forget(p7 p8) when a device has counted them
 * </pre>
 *
 * <p><b>Threads.</b> Called on event loops, partly under a lock of the user's: a call starts the work and returns; it
 * never blocks. Stages complete on any thread, at once if they can.
 *
 * <p><b>Order.</b> Calls for one user are made one after the other, and take effect in that order: what was appended by an
 * earlier call is seen by a later read, even when the append's stage is not complete yet (a durable store completes that
 * read when it has committed). Stages of one user's appends
 * complete in call order. Calls for different users are independent.
 *
 * <p><b>Failure.</b> A stage that fails, or a call that throws, means that nothing happened. A failed append is answered
 * {@code STORE_UNAVAILABLE}; a failed read is tried again.
 *
 * <p>A message is {@link #forget forgotten} only after a device has counted it. One kept twice for any reason is delivered
 * twice on the wire and recognised by the client.
 */
@ThreadSafe
public interface MessageStore {
    /**
     * Whether what an append's stage confirmed survives the end of the process and of the machine. The node stores every
     * message before it delivers it if so, and tells clients at login.
     */
    boolean durable();

    /** One sentence for the log at start: what it keeps, where, how much. */
    String description();

    /**
     * Keeps a message behind all others of this user. {@code OK} means kept; a bound that is reached is an
     * {@link Appended#refused answer}, not a failure. The same message id from the same sender may come again after a
     * failure whose outcome nobody knows; a store that knows it answers with what it has.
     */
    CompletionStage<Appended> append(UserId user, Message message);

    /**
     * Reads on in an inbox. What is read stays kept. A page whose positions do not ascend from {@code after} is taken as a
     * failure.
     *
     * @param after the position behind which to read, {@link StoredMessage#NOT_STORED} for the beginning
     * @param maxMessages at most so many, at least 1
     * @param maxBytes stop before the payloads exceed this, in bytes, but read one message in any case
     */
    CompletionStage<Page> read(UserId user, long after, int maxMessages, int maxBytes);

    /**
     * Lets messages go that were delivered or have expired. Positions that are not kept are passed over.
     *
     * @param positions ascending; the array is the store's from now on
     */
    CompletionStage<Void> forget(UserId user, long[] positions);

    /**
     * Puts messages before all others of this user, in this order: they were under way to a session that ended before it
     * counted them. A durable store is not asked: it has them all. Those of them that are still kept (their position says so) move, and are not doubled; the others the
     * store sees for the first time. All get new positions. Bounds do not apply: these messages were accepted.
     */
    CompletionStage<Void> putBack(UserId user, List<StoredMessage> messages);

    /**
     * Lets some messages go whose time to live has run out, of any users; called now and then. Expiry does not depend on
     * it: a node never begins to deliver an expired message. One that is in flight may be among them: it goes on.
     *
     * @param nowMillis wall time, in ms since 1970
     * @param maxMessages let go of at most so many now
     */
    CompletionStage<List<ExpiredMessage>> expire(long nowMillis, int maxMessages);

    /** Gives back what the store holds; the last call. Complete when nothing is left running. */
    CompletionStage<Void> close();
}
