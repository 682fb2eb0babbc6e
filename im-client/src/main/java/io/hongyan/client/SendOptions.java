// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.packet.ContentKind;
import java.util.Objects;

/**
 * How messages travel and what their sender waits for. Immutable; make it once, use it for many messages:
 * {@code SendOptions.text().awaiting(ReceiptLevel.DELIVERED)}.
 *
 * @param lane {@link Lane#CHAT} (default) and {@link Lane#BULK}: in order, at least once on the wire, shown once;
 *     {@link Lane#EPHEMERAL}: at most once, no receipt
 * @param type the application's own number, u32; default 0
 * @param contentKind what the payload is; default {@link ContentKind#BINARY}, for {@link #text()} TEXT
 * @param ttlSeconds how long the message is worth delivering, in seconds from the moment the server takes it; 0, the
 *     default, is for ever
 * @param awaited the level that completes the stage and frees the message's place in the outgoing window; default
 *     {@link ReceiptLevel#ACCEPTED}
 */
public record SendOptions(Lane lane, int type, ContentKind contentKind, int ttlSeconds, ReceiptLevel awaited) {

    private static final SendOptions BINARY =
            new SendOptions(Lane.CHAT, 0, ContentKind.BINARY, 0, ReceiptLevel.ACCEPTED);
    private static final SendOptions TEXT = BINARY.contentKind(ContentKind.TEXT);

    /** @throws IllegalArgumentException when the time to live is negative */
    public SendOptions {
        Objects.requireNonNull(lane, "lane");
        Objects.requireNonNull(contentKind, "contentKind");
        Objects.requireNonNull(awaited, "awaited");
        if (ttlSeconds < 0) {
            throw new IllegalArgumentException("ttlSeconds must not be negative: " + ttlSeconds);
        }
    }

    /** Bytes over the chat lane, awaiting ACCEPTED. */
    public static SendOptions binary() {
        return BINARY;
    }

    /** Text over the chat lane, awaiting ACCEPTED. */
    public static SendOptions text() {
        return TEXT;
    }

    /** These options with another lane. */
    public SendOptions lane(Lane other) {
        return new SendOptions(other, type, contentKind, ttlSeconds, awaited);
    }

    /** These options with an application type, u32. */
    public SendOptions type(int other) {
        return new SendOptions(lane, other, contentKind, ttlSeconds, awaited);
    }

    /** These options with another kind of content. */
    public SendOptions contentKind(ContentKind other) {
        return new SendOptions(lane, type, other, ttlSeconds, awaited);
    }

    /** These options with a time to live, in seconds; 0 = for ever. */
    public SendOptions ttlSeconds(int other) {
        return new SendOptions(lane, type, contentKind, other, awaited);
    }

    /** These options awaiting another level. */
    public SendOptions awaiting(ReceiptLevel other) {
        return new SendOptions(lane, type, contentKind, ttlSeconds, other);
    }
}
