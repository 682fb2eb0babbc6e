// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.world;

import io.hongyan.core.store.Appended;
import io.hongyan.core.store.ConversationId;
import io.hongyan.core.store.Cursor;
import io.hongyan.core.store.Envelope;
import io.hongyan.core.store.ExpiredMessage;
import io.hongyan.core.store.InboxPage;
import io.hongyan.core.store.MessageStore;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.UserId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

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
    public CompletionStage<Appended> append(Envelope envelope) {
        return answer(() -> store.append(envelope));
    }

    @Override
    public CompletionStage<InboxPage> read(UserId user, long after, int maxMessages, int maxBytes) {
        return answer(() -> store.read(user, after, maxMessages, maxBytes));
    }

    @Override
    public CompletionStage<List<Message>> history(
            ConversationId conversation, long before, int maxMessages, int maxBytes) {
        return answer(() -> store.history(conversation, before, maxMessages, maxBytes));
    }

    @Override
    public CompletionStage<Cursor> cursor(UserId user, DeviceId device) {
        return answer(() -> store.cursor(user, device));
    }

    @Override
    public CompletionStage<Void> advance(UserId user, DeviceId device, long position) {
        return answer(() -> store.advance(user, device, position));
    }

    @Override
    public CompletionStage<Boolean> delivered(UserId user, ConversationId conversation, long sequence) {
        return answer(() -> store.delivered(user, conversation, sequence));
    }

    @Override
    public CompletionStage<Void> markRead(UserId user, ConversationId conversation, long sequence) {
        return answer(() -> store.markRead(user, conversation, sequence));
    }

    @Override
    public CompletionStage<Long> readMark(UserId user, ConversationId conversation) {
        return answer(() -> store.readMark(user, conversation));
    }

    @Override
    public CompletionStage<Integer> waiting(UserId user, int most) {
        return answer(() -> store.waiting(user, most));
    }

    @Override
    public CompletionStage<List<ExpiredMessage>> expire(long nowMillis, int maxMessages) {
        if (!expiring) {
            return CompletableFuture.completedStage(List.of());
        }
        return answer(() -> store.expire(nowMillis, maxMessages));
    }

    @Override
    public CompletionStage<Void> close() {
        return store.close();
    }

    private <T> CompletionStage<T> answer(Supplier<CompletionStage<T>> call) {
        return late(
                failing ? CompletableFuture.failedStage(new IllegalStateException("the disk is full")) : call.get());
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
