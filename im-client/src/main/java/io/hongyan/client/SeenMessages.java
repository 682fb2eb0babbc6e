// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.DuplicateWindow;
import io.hongyan.protocol.packet.Message;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which messages came in before, over all connections of a client: what was shown once is never shown again.
 *
 * <p>Known by sender, instance and lane. The lanes are apart because one may run far ahead of the other, and each keeps
 * its order: what a lane's window calls too old was there before. The {@value #MAX_SENDERS} senders heard last are
 * remembered, each a window of about 180 bytes and its entry in the map.
 */
@Confined("owner")
final class SeenMessages {

    /** Senders (instances and lanes) remembered. */
    static final int MAX_SENDERS = 1_024;

    private final Map<Sender, DuplicateWindow> windows = new LinkedHashMap<>(8, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Sender, DuplicateWindow> eldest) {
            return size() > MAX_SENDERS;
        }
    };

    private @Nullable Sender latest;
    private @Nullable DuplicateWindow latestWindow;

    /** Whether the message is new; it is not the next time. */
    boolean isNew(Message message) {
        return window(message).markSeen(message.id().counter()) == DuplicateWindow.Verdict.NEW;
    }

    private DuplicateWindow window(Message message) {
        long instance = message.id().instance();
        Sender before = latest;
        if (before != null
                && latestWindow != null
                && before.instance == instance
                && before.lane == message.lane()
                && before.from.equals(fromOf(message))) {
            return latestWindow;
        }
        Sender sender = new Sender(fromOf(message), instance, message.lane());
        DuplicateWindow window = windows.computeIfAbsent(sender, any -> new DuplicateWindow());
        latest = sender;
        latestWindow = window;
        return window;
    }

    private static Address fromOf(Message message) {
        Address from = message.from();
        return from == null ? Address.server() : from;
    }

    private record Sender(Address from, long instance, Lane lane) {}
}
