// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.store;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.UserId;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;

/**
 * A message to be kept, and where.
 *
 * @param conversation what it is ordered within
 * @param message its sender and time are filled; its place in the conversation is not
 * @param inboxes whose inboxes it comes into, each once; none when all who are to get it read the conversation
 */
@ThreadSafe
public record Envelope(ConversationId conversation, Message message, List<UserId> inboxes) {
    public Envelope {
        Objects.requireNonNull(conversation, "conversation");
        if (message.from() == null || message.sequence() != 0) {
            throw new IllegalArgumentException("a message to be kept has a sender and no place yet");
        }
        if (message.lane() == Lane.EPHEMERAL) {
            throw new IllegalArgumentException("what is ephemeral is not kept");
        }
        inboxes = List.copyOf(inboxes);
        if (inboxes.size() > 1 && new HashSet<>(inboxes).size() < inboxes.size()) {
            throw new IllegalArgumentException("each inbox once");
        }
    }

    /** The message at its place in the conversation. */
    public Message placed(long sequence, long timeMillis) {
        Address from = Objects.requireNonNull(message.from());
        return message.withServerFields(from, conversation.text(), sequence, timeMillis);
    }
}
