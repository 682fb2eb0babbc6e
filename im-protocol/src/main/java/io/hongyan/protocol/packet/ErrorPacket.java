// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.ReasonCode;
import java.util.Objects;

/**
 * Either way: the peer broke the protocol. When the code ends connections, this one is closed behind it.
 *
 * @param code what was broken
 * @param text for the log; cut to {@link ReasonText#MAX_BYTES} bytes
 */
public record ErrorPacket(ReasonCode code, String text) implements Packet {
    public ErrorPacket {
        Objects.requireNonNull(code, "code");
        text = ReasonText.clip(text);
    }

    @Override
    public PacketType packetType() {
        return PacketType.ERROR;
    }

    @Override
    public <R> R accept(Handler<R> handler) {
        return handler.onError(this);
    }
}
