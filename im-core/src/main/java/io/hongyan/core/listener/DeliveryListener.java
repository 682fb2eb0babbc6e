// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.listener;

import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.UserId;

/**
 * Hears what becomes of messages on their way to users; push notifications begin here. Ephemeral messages are not
 * told of.
 *
 * <p>Runs on worker threads, in order per recipient, recipients in parallel; it may block. While it does, later events
 * of that recipient wait. Throwing harms nobody; it is counted and logged.
 */
public interface DeliveryListener {
    /** The store has taken the message, because the recipient could not take it now. */
    default void onStored(UserId recipient, Message message) {}

    /** A first device of the recipient has counted the message. */
    default void onDelivered(UserId recipient, Message message) {}

    /**
     * The recipient said that he has read a message; once for each message, as far as the server remembers its sender. By
     * then the server has the message no more, so it is told by its id.
     *
     * @param from who sent it: a user, or the server
     */
    default void onRead(UserId recipient, Address from, MessageId id) {}

    /**
     * The message's time to live ran out before it was delivered; it is gone. What was written to a device in time goes on,
     * and is delivered late or, when that device ends without counting it, expires then.
     */
    default void onExpired(UserId recipient, Message message) {}

    /** The recipient has no session: the moment for a push notification. {@link #onStored} follows, or a refusal. */
    default void onRecipientOffline(UserId recipient, Message message) {}
}
