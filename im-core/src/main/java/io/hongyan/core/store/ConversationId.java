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
 * @param text as clients see it, 3 to {@link Message#MAX_CONVERSATION_BYTES} bytes of UTF-8
 */
@ThreadSafe
public record ConversationId(String text) {
    public ConversationId {
        Objects.requireNonNull(text, "text");
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 3 || bytes > Message.MAX_CONVERSATION_BYTES) {
            throw new IllegalArgumentException(
                    "a conversation's id has 3 to " + Message.MAX_CONVERSATION_BYTES + " bytes, not " + bytes);
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
