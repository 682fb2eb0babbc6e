// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import io.hongyan.core.session.Sender;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.UserId;
import org.jspecify.annotations.Nullable;

/** Finds who sent a message: one that has come out of the store, or of which a receipt has come in. */
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
        return of(
                message.from() instanceof Address.User from ? from.user() : null,
                message.id().instance());
    }

    /** The instance of a user, or of the server; null when it is not remembered. */
    @Nullable
    Sender of(@Nullable UserId user, long instance) {
        if (user != null) {
            return windows.find(user, instance);
        }
        return instance == serverSends.instance() ? serverSends : null;
    }
}
