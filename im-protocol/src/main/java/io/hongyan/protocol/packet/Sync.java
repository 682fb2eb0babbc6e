// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

/**
 * Client to server: send what came into my inbox after this position. The messages come as MESSAGE frames, a
 * {@link SyncPage} behind each page of them.
 *
 * @param afterPosition inbox sequence of the last message this device has, 0 for none
 * @param maxMessages most messages in the page, 1 to 65535
 */
public record Sync(long afterPosition, int maxMessages) implements Packet {
    public Sync {
        Numbers.require("afterPosition", afterPosition, 0, Varint.MAX);
        Numbers.require("maxMessages", maxMessages, 1, 0xFFFF);
    }

    @Override
    public PacketType packetType() {
        return PacketType.SYNC;
    }

    @Override
    public <R> R accept(Handler<R> handler) {
        return handler.onSync(this);
    }
}
