// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.core.store.ConversationId;
import io.hongyan.core.store.Envelope;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.UserId;
import java.util.List;

/** Messages of the tests. */
final class Messages {
    static final UserId ALICE = new UserId("alice");
    static final UserId BOB = new UserId("bob");
    static final ConversationId CHAT = ConversationId.ofUsers(ALICE, BOB);
    static final long NOW = 1_700_000_000_000L;

    private Messages() {}

    /** Of alice to bob, with this counter, for bob's inbox. */
    static Envelope envelope(long counter) {
        return envelope(counter, "m" + counter);
    }

    static Envelope envelope(long counter, String text) {
        return envelope(counter, text, NOW);
    }

    static Envelope envelope(long counter, String text, long timeMillis) {
        Message message = Message.text(new MessageId(1, counter), new Address.User(BOB), text)
                .withServerFields(new Address.User(ALICE), null, 0, timeMillis);
        return new Envelope(CHAT, message, List.of(BOB));
    }
}
