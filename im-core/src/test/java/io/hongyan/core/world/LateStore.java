// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.world;

import io.hongyan.core.offline.Appended;
import io.hongyan.core.offline.ExpiredMessage;
import io.hongyan.core.offline.MessageStore;
import io.hongyan.core.offline.Page;
import io.hongyan.core.offline.StoredMessage;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.UserId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** A store that does at once what it is asked and says so later, on a thread of its own, like one with a disk. */
public final class LateStore implements MessageStore {
    private final MessageStore store;
    private final Executor thread;
    private volatile boolean failing;
    private volatile boolean expiring = true;
    private volatile boolean durable;

    public LateStore(MessageStore store, Executor thread) {
        this.store = store;
        this.thread = thread;
    }

    /** From now on everything fails, or works again. */
    public void failing(boolean isFailing) {
        failing = isFailing;
    }

    /** Lets nothing go by itself. */
    public LateStore neverExpiring() {
        expiring = false;
        return this;
    }

    /** Says that it is durable, so that messages are stored before they are delivered. */
    public LateStore durably() {
        durable = true;
        return this;
    }

    @Override
    public boolean durable() {
        return durable;
    }

    @Override
    public String description() {
        return "late, " + store.description();
    }

    @Override
    public CompletionStage<Appended> append(UserId user, Message message) {
        return failing ? failed() : late(store.append(user, message));
    }

    @Override
    public CompletionStage<Page> read(UserId user, long after, int maxMessages, int maxBytes) {
        return failing ? failed() : late(store.read(user, after, maxMessages, maxBytes));
    }

    @Override
    public CompletionStage<Void> forget(UserId user, long[] positions) {
        return failing ? failed() : late(store.forget(user, positions));
    }

    @Override
    public CompletionStage<Void> putBack(UserId user, List<StoredMessage> messages) {
        if (durable) {
            throw new AssertionError("a durable store has everything");
        }
        return failing ? failed() : late(store.putBack(user, messages));
    }

    @Override
    public CompletionStage<List<ExpiredMessage>> expire(long nowMillis, int maxMessages) {
        if (!expiring) {
            return CompletableFuture.completedStage(List.of());
        }
        return failing ? failed() : late(store.expire(nowMillis, maxMessages));
    }

    @Override
    public CompletionStage<Void> close() {
        return store.close();
    }

    private <T> CompletionStage<T> failed() {
        return late(CompletableFuture.failedStage(new IllegalStateException("the disk is full")));
    }

    private <T> CompletionStage<T> late(CompletionStage<T> done) {
        CompletableFuture<T> later = new CompletableFuture<>();
        thread.execute(() -> done.whenComplete((value, failure) -> {
            if (failure == null) {
                later.complete(value);
            } else {
                later.completeExceptionally(failure);
            }
        }));
        return later;
    }
}
