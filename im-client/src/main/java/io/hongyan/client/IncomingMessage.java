// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.ContentKind;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A message that came in. Immutable; it may be kept and passed on to other threads. */
@ThreadSafe
public final class IncomingMessage {

    /** What {@link #from()} says of a message from the server itself; no user can be called so. */
    public static final String SERVER = "@server";

    private final Message message;
    private final UserId user;

    /** @param user whose client it came to */
    IncomingMessage(Message message, UserId user) {
        this.message = message;
        this.user = user;
    }

    /**
     * Whether it is a copy of what this user himself sent from another of his devices: {@link #to()} says to whom. It asks
     * for no receipt.
     */
    public boolean isCopy() {
        return message.isCopyFor(user);
    }

    /** The user who sent it: vouched for by the server, never by the sender. {@link #SERVER} for the server's own. */
    public String from() {
        Address from = message.from();
        if (from instanceof Address.User sender) {
            return sender.user().value();
        }
        if (from instanceof Address.Device sender) {
            return sender.user().value();
        }
        return SERVER;
    }

    /** The sender as the server said it; {@code null} and {@link Address.Server} mean the server itself. */
    public @Nullable Address sender() {
        return message.from();
    }

    /** To whom it was sent: this user, this device, a group that it reached this user by; of a copy, somebody else. */
    public Address to() {
        return message.to();
    }

    /** The payload as UTF-8 text. */
    public String text() {
        return message.payload().text();
    }

    /** The content. */
    public Payload payload() {
        return message.payload();
    }

    /** What the sender says the content is. */
    public ContentKind contentKind() {
        return message.contentKind();
    }

    /** The application's own number, u32. */
    public int type() {
        return message.type();
    }

    /** How it travelled. */
    public Lane lane() {
        return message.lane();
    }

    /** The id it keeps on all its ways; unique together with {@link #sender()}. */
    public MessageId id() {
        return message.id();
    }

    /** What it is ordered within; {@code null} when the server keeps no conversations. */
    public @Nullable String conversation() {
        return message.conversation();
    }

    /** Its place in the conversation, from 1; 0 when the server keeps no conversations. */
    public long sequence() {
        return message.sequence();
    }

    /** When the server took it, by the server's clock. */
    public Instant time() {
        return Instant.ofEpochMilli(message.timeMillis());
    }

    /** The packet as it came. */
    public Message packet() {
        return message;
    }

    @Override
    public String toString() {
        return "IncomingMessage[" + from() + " " + message.id() + ", "
                + message.payload().size() + " B]";
    }
}
