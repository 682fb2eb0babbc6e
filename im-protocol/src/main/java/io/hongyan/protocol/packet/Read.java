// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Device to server: the person has read these messages. Server to their sender, and to the reader's other devices: who has.
 *
 * @param user on the way to the server who sent the messages, null when the server itself did; from the server who has
 *     read them, null when it knows no more
 * @param instance of the messages' ids
 * @param counters of the messages' ids
 */
public record Read(@Nullable UserId user, long instance, CounterRanges counters) implements Packet {
    public Read {
        Objects.requireNonNull(counters, "counters");
    }

    @Override
    public PacketType packetType() {
        return PacketType.READ;
    }

    @Override
    public <R> R accept(Handler<R> handler) {
        return handler.onRead(this);
    }
}
