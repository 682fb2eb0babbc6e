// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

/**
 * Client to server: the person logs out. The server closes the connection and does not keep the session.
 */
public record Logout() implements Packet {
    @Override
    public PacketType packetType() {
        return PacketType.LOGOUT;
    }

    @Override
    public <R> R accept(Handler<R> handler) {
        return handler.onLogout(this);
    }
}
