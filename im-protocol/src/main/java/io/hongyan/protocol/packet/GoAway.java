// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.ReasonCode;
import java.util.Objects;

/**
 * Server to client: leave this server, and where and when to come back.
 *
 * @param code why
 * @param leaveWithinMillis when the server closes the connection at the latest, in ms from now
 * @param retryAfterMillis how long to wait before connecting again, in ms; drawn apart for each client
 * @param endpoint {@code host:port} to come back to, at most {@link #MAX_ENDPOINT_BYTES} bytes; empty means the same
 * @param text for the log; cut to {@link ReasonText#MAX_BYTES} bytes
 */
public record GoAway(ReasonCode code, int leaveWithinMillis, int retryAfterMillis, String endpoint, String text)
        implements Packet {
    /** Longest endpoint, in bytes of UTF-8. */
    public static final int MAX_ENDPOINT_BYTES = 255;

    public GoAway {
        Objects.requireNonNull(code, "code");
        Numbers.requireNotNegative("leaveWithinMillis", leaveWithinMillis);
        Numbers.requireNotNegative("retryAfterMillis", retryAfterMillis);
        Utf8.require("endpoint", endpoint, MAX_ENDPOINT_BYTES);
        text = ReasonText.clip(text);
    }

    @Override
    public PacketType packetType() {
        return PacketType.GOAWAY;
    }

    @Override
    public <R> R accept(Handler<R> handler) {
        return handler.onGoAway(this);
    }
}
