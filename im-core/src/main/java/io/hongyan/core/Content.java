// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.ContentKind;
import io.hongyan.protocol.packet.Payload;
import java.time.Duration;
import java.util.Objects;

/**
 * What the application sends: a message without id and address.
 *
 * @param type the application's own, u32; 0 for none
 * @param kind what sort of bytes the payload has
 * @param lane how it travels
 * @param ttlSeconds how long it is worth delivering, in s; 0 means for ever
 * @param payload the bytes
 */
@ThreadSafe
public record Content(int type, ContentKind kind, Lane lane, int ttlSeconds, Payload payload) {
    public Content {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(lane, "lane");
        Objects.requireNonNull(payload, "payload");
        if (ttlSeconds < 0) {
            throw new IllegalArgumentException("ttlSeconds: negative");
        }
    }

    /** Bytes, in the chat lane. */
    public static Content of(Payload payload) {
        return new Content(0, ContentKind.BINARY, Lane.CHAT, 0, payload);
    }

    /** Text, in the chat lane. */
    public static Content text(String text) {
        return new Content(0, ContentKind.TEXT, Lane.CHAT, 0, Payload.text(text));
    }

    /** The same with an application type. */
    public Content withType(int type) {
        return new Content(type, kind, lane, ttlSeconds, payload);
    }

    /** The same in another lane. */
    public Content withLane(Lane lane) {
        return new Content(type, kind, lane, ttlSeconds, payload);
    }

    /** The same with a time to live; whole seconds count. */
    public Content withTtl(Duration ttl) {
        return new Content(type, kind, lane, Math.toIntExact(ttl.toSeconds()), payload);
    }
}
