// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

/**
 * Server to client: with the messages sent so far this device is at this place of its inbox. The client keeps it once
 * their callbacks have returned, and says it in the next {@link Sync}.
 *
 * @param inboxSequence 0 to 2^62 - 1
 */
public record Position(long inboxSequence) implements Packet {
    public Position {
        Numbers.require("inboxSequence", inboxSequence, 0, Varint.MAX);
    }

    @Override
    public PacketType packetType() {
        return PacketType.POSITION;
    }

    @Override
    public <R> R accept(Handler<R> handler) {
        return handler.onPosition(this);
    }
}
