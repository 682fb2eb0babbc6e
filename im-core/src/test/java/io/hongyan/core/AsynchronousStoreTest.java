// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.store.InMemoryMessageStore;
import io.hongyan.core.store.MessageStore;
import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A store whose answers come from threads of its own, at the least convenient moment. */
final class AsynchronousStoreTest {
    private final NodeFixture fixture = new NodeFixture();

    @Test
    void forgetsAMailboxWhoseStoreAnswersWhileItIsAsked() {
        fixture.start(builder -> builder.allowAnyone().messageStore(atTheFirstLook()));
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

    /** Nobody knows then whether it was kept: it was, so it is shown, and the same id again says so. */
    @Test
    void showsWhatWasKeptAlthoughTheStoreFailed() {
        boolean[] fails = {true};
        InMemoryMessageStore memory = new InMemoryMessageStore(100, 1 << 20, 1 << 24, 100);
        MessageStore store = (MessageStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {MessageStore.class}, (proxy, method, arguments) -> {
                    Object answer = method.invoke(memory, arguments);
                    return fails[0] && method.getName().equals("append")
                            ? CompletableFuture.failedStage(new IllegalStateException("no answer in time"))
                            : answer;
                });
        fixture.start(builder -> builder.allowAnyone().messageStore(store));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        alice.text("bob", "hi");
        fixture.world.settle();
        assertThat(alice.results).containsEntry(1L, ReasonCode.STORE_UNAVAILABLE);
        assertThat(bob.texts()).containsExactly("hi");

        fails[0] = false;
        alice.send(Message.text(new MessageId(alice.instance(), 1), Address.user("bob"), "hi"));
        fixture.world.settle();
        assertThat(alice.results).containsEntry(1L, ReasonCode.OK);
        assertThat(alice.delivered).contains(1L);
        assertThat(bob.texts()).containsExactly("hi");
    }

    /** Its appends complete in the moment after somebody has found that they are not complete. */
    private static MessageStore atTheFirstLook() {
        InMemoryMessageStore memory = new InMemoryMessageStore();
        return (MessageStore) Proxy.newProxyInstance(
                AsynchronousStoreTest.class.getClassLoader(),
                new Class<?>[] {MessageStore.class},
                (proxy, method, arguments) -> {
                    Object answer = method.invoke(memory, arguments);
                    if (!method.getName().equals("append")) {
                        return answer;
                    }
                    Object appended =
                            ((CompletionStage<?>) answer).toCompletableFuture().join();
                    return new CompletableFuture<Object>() {
                        @Override
                        public boolean isDone() {
                            return !complete(appended);
                        }
                    };
                });
    }
}
