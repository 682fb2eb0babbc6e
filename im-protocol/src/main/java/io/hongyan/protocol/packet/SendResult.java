// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.ReasonCode;
import java.util.Objects;

/**
 * Server to sender: what became of messages. {@link ReasonCode#OK} means accepted, or stored where the server has a
 * durable store ({@link LoginResult#hasDurableStore()}).
 *
 * @param instance of the messages' ids
 * @param code the same for all of them
 * @param counters of the messages' ids
 */
public record SendResult(long instance, ReasonCode code, CounterRanges counters) implements Packet {
    public SendResult {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(counters, "counters");
    }

    @Override
    public PacketType packetType() {
        return PacketType.SEND_RESULT;
    }

    @Override
    public <R> R accept(Handler<R> handler) {
        return handler.onSendResult(this);
    }
}
