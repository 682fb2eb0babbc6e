// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.store;

import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.GroupId;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.UserId;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * What messages are ordered within: two users, a group, or a user and the server. No two conversations have the same text.
 *
 * @param text as clients see it, 3 chars to {@link Message#MAX_CONVERSATION_BYTES} bytes of UTF-8
 */
@ThreadSafe
public record ConversationId(String text) {
    private static final int MOST_BYTES_A_CHAR = 3;

    public ConversationId {
        Objects.requireNonNull(text, "text");
        // Most are too short to need counting.
        boolean tooLong = text.length() * MOST_BYTES_A_CHAR > Message.MAX_CONVERSATION_BYTES
                && text.getBytes(StandardCharsets.UTF_8).length > Message.MAX_CONVERSATION_BYTES;
        if (text.length() < 3 || tooLong) {
            throw new IllegalArgumentException(
                    "a conversation's id has 3 chars to " + Message.MAX_CONVERSATION_BYTES + " bytes: " + text);
        }
    }

    /**
     * Of two users, in whichever order they come; both may be the same. The first one's length in chars keeps apart what
     * would read the same.
     */
    public static ConversationId ofUsers(UserId one, UserId other) {
        boolean inOrder = one.value().compareTo(other.value()) <= 0;
        String first = inOrder ? one.value() : other.value();
        String second = inOrder ? other.value() : one.value();
        return new ConversationId("u" + first.length() + ":" + first + ":" + second);
    }

    /** Of a group. */
    public static ConversationId ofGroup(GroupId group) {
        return new ConversationId("g:" + group.value());
    }

    /** Of a user and the server. */
    public static ConversationId ofServer(UserId user) {
        return new ConversationId("s:" + user.value());
    }

    @Override
    public String toString() {
        return text;
    }
}
