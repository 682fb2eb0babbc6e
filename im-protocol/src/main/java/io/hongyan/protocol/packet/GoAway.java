// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.ReasonCode;
import java.util.List;
import java.util.Objects;

/**
 * Server to client: leave this server now, and where and when to come back. The client finishes what is under way, says
 * LOGOUT when it is ready, and the server ends the session when nothing is under way to it either.
 *
 * @param code why
 * @param leaveWithinMillis when the server ends the session at the latest, in ms from now
 * @param retryAfterMillis how long to wait before connecting again, in ms from the end of the session; drawn apart for
 *     each client, so it is not to be rounded
 * @param endpoints where to come back to, the best first, such as {@code tcp://im2.example.org:7901}: at most
 *     {@value #MAX_ENDPOINTS}, of 1 to {@value #MAX_ENDPOINT_BYTES} bytes each; empty means the servers the client knows.
 *     What they say is not checked here: who follows them does
 * @param text for the log; cut to {@link ReasonText#MAX_BYTES} bytes
 */
public record GoAway(ReasonCode code, int leaveWithinMillis, int retryAfterMillis, List<String> endpoints, String text)
        implements Packet {
    /** Most endpoints. */
    public static final int MAX_ENDPOINTS = 8;

    /** Longest endpoint, in bytes of UTF-8. */
    public static final int MAX_ENDPOINT_BYTES = 255;

    public GoAway {
        Objects.requireNonNull(code, "code");
        Numbers.requireNotNegative("leaveWithinMillis", leaveWithinMillis);
        Numbers.requireNotNegative("retryAfterMillis", retryAfterMillis);
        endpoints = List.copyOf(endpoints);
        if (endpoints.size() > MAX_ENDPOINTS) {
            throw new IllegalArgumentException("endpoints: more than " + MAX_ENDPOINTS);
        }
        for (String endpoint : endpoints) {
            if (endpoint.isEmpty()) {
                throw new IllegalArgumentException("endpoint: empty");
            }
            Utf8.require("endpoint", endpoint, MAX_ENDPOINT_BYTES);
        }
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
