// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.ReasonCode;
import java.util.Objects;

/**
 * Server to client: the server ends this session, and closes behind this packet.
 *
 * @param code why, and whether to come back
 * @param text for people; cut to {@link ReasonText#MAX_BYTES} bytes
 */
public record Kick(ReasonCode code, String text) implements Packet {
    public Kick {
        Objects.requireNonNull(code, "code");
        text = ReasonText.clip(text);
    }

    @Override
    public PacketType packetType() {
        return PacketType.KICK;
    }

    @Override
    public <R> R accept(Handler<R> handler) {
        return handler.onKick(this);
    }
}
