// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.store;

import io.hongyan.core.store.ConversationId;
import io.hongyan.core.store.Envelope;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.UserId;
import java.util.List;

/** Pairs that talk: sender N writes to partner N, 200 bytes at a time, and both have it in their inboxes. */
final class Talk {
    static final int PAIRS = 50;
    static final int BYTES = 200;

    private static final byte[] TEXT = new byte[BYTES];

    private Talk() {}

    static Envelope envelope(int pair, long instance, long counter) {
        Message message = Message.of(
                        new MessageId(instance, counter), new Address.User(partner(pair)), Payload.of(TEXT))
                .withServerFields(new Address.User(sender(pair)), null, 0, System.currentTimeMillis());
        return new Envelope(
                ConversationId.ofUsers(sender(pair), partner(pair)), message, List.of(sender(pair), partner(pair)));
    }

    static UserId sender(int pair) {
        return new UserId("sender" + pair);
    }

    static UserId partner(int pair) {
        return new UserId("partner" + pair);
    }
}
