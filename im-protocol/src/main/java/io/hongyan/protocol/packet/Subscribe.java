// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import java.util.List;

/**
 * Client to server: tell me, or tell me no longer, when these users come and go. The server answers a subscription with
 * one {@link Presence} for each user the client may see.
 *
 * @param subscribe false ends the subscription
 * @param users 1 to {@link #MAX_USERS}
 */
public record Subscribe(boolean subscribe, List<UserId> users) implements Packet {
    /** Most users in one packet. */
    public static final int MAX_USERS = 256;

    public Subscribe {
        users = List.copyOf(users);
        Numbers.require("users", users.size(), 1, MAX_USERS);
    }

    @Override
    public PacketType packetType() {
        return PacketType.SUBSCRIBE;
    }

    @Override
    public <R> R accept(Handler<R> handler) {
        return handler.onSubscribe(this);
    }
}
