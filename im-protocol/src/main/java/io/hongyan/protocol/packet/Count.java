// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.Lane;

/**
 * Either way: how many counted frames of a channel were received and finished with, so that the sender forgets them.
 *
 * @param channel {@link Lane#CHAT}, or {@link Lane#BULK} where bulk is counted apart
 * @param count since the session began, modulo 2^32: any int
 */
public record Count(Lane channel, int count) implements Packet {
    public Count {
        if (!channel.isOrdered()) {
            throw new IllegalArgumentException("ephemeral frames are not counted");
        }
    }

    @Override
    public PacketType packetType() {
        return PacketType.COUNT;
    }

    @Override
    public <R> R accept(Handler<R> handler) {
        return handler.onCount(this);
    }
}
