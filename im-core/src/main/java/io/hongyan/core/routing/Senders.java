// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import io.hongyan.core.session.Sender;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import org.jspecify.annotations.Nullable;

/** Finds who sent a message that has come out of the store. */
@ThreadSafe
public final class Senders {
    private final InstanceWindows windows;
    private final ServerSends serverSends;

    public Senders(InstanceWindows windows, ServerSends serverSends) {
        this.windows = windows;
        this.serverSends = serverSends;
    }

    /** Who sent it; null when he is not remembered. */
    @Nullable
    Sender of(Message message) {
        if (message.from() instanceof Address.User from) {
            return windows.find(from.user(), message.id().instance());
        }
        return message.id().instance() == serverSends.instance() ? serverSends : null;
    }
}
