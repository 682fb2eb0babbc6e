// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.store;

import io.hongyan.protocol.packet.Message;

/** Whether a message is still worth delivering. */
public final class Expiry {
    private Expiry() {}

    /**
     * Whether the message's time to live, counted from when the server took it, has run out.
     *
     * @param nowMillis wall time, in ms since 1970
     */
    public static boolean isExpired(Message message, long nowMillis) {
        return message.ttlSeconds() > 0 && nowMillis - message.timeMillis() > message.ttlSeconds() * 1000L;
    }
}
