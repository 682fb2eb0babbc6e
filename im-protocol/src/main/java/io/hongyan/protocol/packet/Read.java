// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Device to server: the person has read these messages. Server to their sender, and to the reader's other devices: who has.
 *
 * @param reader filled by the server; absent on the way to it
 * @param instance of the messages' ids
 * @param counters of the messages' ids
 */
public record Read(@Nullable UserId reader, long instance, CounterRanges counters) implements Packet {
    public Read {
        Objects.requireNonNull(counters, "counters");
    }

    /** The same, said by this user. */
    public Read withReader(UserId reader) {
        return new Read(reader, instance, counters);
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
