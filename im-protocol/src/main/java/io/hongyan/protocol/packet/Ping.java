// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

/**
 * Either way: are you there? The other side answers with a {@link Pong} of the same nonce.
 *
 * @param nonce any number
 */
public record Ping(long nonce) implements Packet {
    @Override
    public PacketType packetType() {
        return PacketType.PING;
    }

    @Override
    public <R> R accept(Handler<R> handler) {
        return handler.onPing(this);
    }
}
