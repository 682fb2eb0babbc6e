// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import java.util.Objects;

/**
 * Server to sender: these messages have reached a first device of the recipient, which said so with its {@link Count}.
 *
 * @param instance of the messages' ids
 * @param counters of the messages' ids
 */
public record Delivered(long instance, CounterRanges counters) implements Packet {
    public Delivered {
        Objects.requireNonNull(counters, "counters");
    }

    @Override
    public PacketType packetType() {
        return PacketType.DELIVERED;
    }

    @Override
    public <R> R accept(Handler<R> handler) {
        return handler.onDelivered(this);
    }
}
