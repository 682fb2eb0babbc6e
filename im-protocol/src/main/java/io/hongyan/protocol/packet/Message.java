// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.Lane;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Either way: what a person or an application sends. The sender gives the id, the address and the content; the server
 * fills in who it is from and where it stands, and passes it on.
 *
 * @param id the sender's; receipts name it
 * @param to the recipient
 * @param from filled by the server, always the session's own user; absent on the way to it
 * @param conversation what the message is ordered within; filled by a server with a store, else absent; 1 to
 *     {@link #MAX_CONVERSATION_BYTES} bytes
 * @param sequence place in the conversation, from 1; filled by a server with a store, else 0
 * @param timeMillis when the server took it, in ms since 1970; 0 on the way to it
 * @param type the application's own; u32, 0 for none
 * @param contentKind what sort of bytes the payload has
 * @param lane how it travels; {@link Lane#EPHEMERAL} is at most once, without receipts
 * @param ttlSeconds how long it is worth delivering, in s; 0 means for ever
 * @param payload the content
 */
public record Message(
        MessageId id,
        Address to,
        @Nullable Address from,
        @Nullable String conversation,
        long sequence,
        long timeMillis,
        int type,
        ContentKind contentKind,
        Lane lane,
        int ttlSeconds,
        Payload payload)
        implements Packet {
    /** Longest name of a conversation, in bytes of UTF-8. */
    public static final int MAX_CONVERSATION_BYTES = 255;

    /** The largest payload the protocol can carry, in bytes; servers set a lower limit at login. */
    public static final int MAX_PAYLOAD_BYTES = (1 << 24) - 1;

    public Message {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(contentKind, "contentKind");
        Objects.requireNonNull(lane, "lane");
        if (conversation != null) {
            if (conversation.isEmpty()) {
                throw new IllegalArgumentException("conversation: empty");
            }
            Utf8.require("conversation", conversation, MAX_CONVERSATION_BYTES);
        }
        Numbers.require("sequence", sequence, 0, Varint.MAX);
        Numbers.require("timeMillis", timeMillis, 0, Varint.MAX);
        Numbers.requireNotNegative("ttlSeconds", ttlSeconds);
        if (payload.size() > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException("payload: larger than " + MAX_PAYLOAD_BYTES + " bytes");
        }
    }

    /** A chat message as its sender makes it: binary, no type, no time to live. */
    public static Message of(MessageId id, Address to, Payload payload) {
        return new Message(id, to, null, null, 0, 0, 0, ContentKind.BINARY, Lane.CHAT, 0, payload);
    }

    /** A chat message of text. */
    public static Message text(MessageId id, Address to, String text) {
        return of(id, to, Payload.text(text)).withContentKind(ContentKind.TEXT);
    }

    /**
     * Whether this user gets it only because he sent it, from another of his devices: nobody is told of its delivery.
     */
    public boolean isCopyFor(UserId user) {
        return from instanceof Address.User sender && sender.user().equals(user) && !sender.equals(to);
    }

    /** What the server passes on. */
    public Message withServerFields(Address from, @Nullable String conversation, long sequence, long timeMillis) {
        return new Message(
                id, to, from, conversation, sequence, timeMillis, type, contentKind, lane, ttlSeconds, payload);
    }

    /** The same under another id. */
    public Message withId(MessageId id) {
        return new Message(
                id, to, from, conversation, sequence, timeMillis, type, contentKind, lane, ttlSeconds, payload);
    }

    /** The same to another recipient. */
    public Message withTo(Address to) {
        return new Message(
                id, to, from, conversation, sequence, timeMillis, type, contentKind, lane, ttlSeconds, payload);
    }

    /** The same with an application type, u32. */
    public Message withType(int type) {
        return new Message(
                id, to, from, conversation, sequence, timeMillis, type, contentKind, lane, ttlSeconds, payload);
    }

    /** The same with its payload said to be of this kind. */
    public Message withContentKind(ContentKind contentKind) {
        return new Message(
                id, to, from, conversation, sequence, timeMillis, type, contentKind, lane, ttlSeconds, payload);
    }

    /** The same in another lane. */
    public Message withLane(Lane lane) {
        return new Message(
                id, to, from, conversation, sequence, timeMillis, type, contentKind, lane, ttlSeconds, payload);
    }

    /** The same with a time to live, in s; 0 means for ever. */
    public Message withTtlSeconds(int ttlSeconds) {
        return new Message(
                id, to, from, conversation, sequence, timeMillis, type, contentKind, lane, ttlSeconds, payload);
    }

    /** The same with other content. */
    public Message withPayload(ContentKind contentKind, Payload payload) {
        return new Message(
                id, to, from, conversation, sequence, timeMillis, type, contentKind, lane, ttlSeconds, payload);
    }

    @Override
    public PacketType packetType() {
        return lane == Lane.EPHEMERAL ? PacketType.EPHEMERAL_MESSAGE : PacketType.MESSAGE;
    }

    @Override
    public <R> R accept(Handler<R> handler) {
        return handler.onMessage(this);
    }
}
