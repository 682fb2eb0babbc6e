// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import java.util.Objects;

/**
 * Server to a subscriber: a user came or went. Changes within a second are told once.
 *
 * @param user who
 * @param online whether at least one of his devices is there
 * @param sinceMillis when that began, in ms since 1970; 0 when not known
 */
public record Presence(UserId user, boolean online, long sinceMillis) implements Packet {
    public Presence {
        Objects.requireNonNull(user, "user");
        Numbers.require("sinceMillis", sinceMillis, 0, Varint.MAX);
    }

    @Override
    public PacketType packetType() {
        return PacketType.PRESENCE;
    }

    @Override
    public <R> R accept(Handler<R> handler) {
        return handler.onPresence(this);
    }
}
