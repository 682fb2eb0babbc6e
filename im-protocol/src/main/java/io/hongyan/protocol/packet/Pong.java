// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

/**
 * Either way: the answer to a {@link Ping}.
 *
 * @param nonce the ping's
 */
public record Pong(long nonce) implements Packet {
    @Override
    public PacketType packetType() {
        return PacketType.PONG;
    }

    @Override
    public <R> R accept(Handler<R> handler) {
        return handler.onPong(this);
    }
}
