// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.offline.Appended;
import io.hongyan.core.offline.ExpiredMessage;
import io.hongyan.core.offline.InMemoryMessageStore;
import io.hongyan.core.offline.MessageStore;
import io.hongyan.core.offline.Page;
import io.hongyan.core.offline.StoredMessage;
import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.UserId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A store whose answers come from threads of its own, at the least convenient moment. */
final class AsynchronousStoreTest {
    private final NodeFixture fixture = new NodeFixture();

    @Test
    void forgetsAMailboxWhoseStoreAnswersWhileItIsAsked() {
        fixture.start(builder -> builder.allowAnyone().messageStore(new AtTheFirstLook()));
        TestClient alice = fixture.in("alice", 0);
        for (int i = 0; i < 10; i++) {
            alice.text("absent" + i, "hi");
        }
        fixture.world.settle();
        assertThat(alice.results)
                .hasSize(10)
                .allSatisfy((id, code) -> assertThat(code).isEqualTo(ReasonCode.OK));
        assertThat(fixture.node().holdings().mailboxes()).as("alice's alone").isEqualTo(1);
    }

    /** Its appends complete in the moment after somebody has found that they are not complete. */
    private static final class AtTheFirstLook implements MessageStore {
        private final InMemoryMessageStore memory = new InMemoryMessageStore();

        @Override
        public boolean durable() {
            return false;
        }

        @Override
        public String description() {
            return "answers at the first look";
        }

        @Override
        public CompletionStage<Appended> append(UserId user, Message message) {
            Appended answer = memory.append(user, message).toCompletableFuture().join();
            return new CompletableFuture<>() {
                @Override
                public boolean isDone() {
                    return !complete(answer);
                }
            };
        }

        @Override
        public CompletionStage<Page> read(UserId user, long after, int maxMessages, int maxBytes) {
            return memory.read(user, after, maxMessages, maxBytes);
        }

        @Override
        public CompletionStage<Void> forget(UserId user, long[] positions) {
            return memory.forget(user, positions);
        }

        @Override
        public CompletionStage<Void> putBack(UserId user, List<StoredMessage> messages) {
            return memory.putBack(user, messages);
        }

        @Override
        public CompletionStage<List<ExpiredMessage>> expire(long nowMillis, int maxMessages) {
            return memory.expire(nowMillis, maxMessages);
        }

        @Override
        public CompletionStage<Void> close() {
            return memory.close();
        }
    }
}
