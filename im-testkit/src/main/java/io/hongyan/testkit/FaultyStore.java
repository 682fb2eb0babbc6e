// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import io.hongyan.core.store.Appended;
import io.hongyan.core.store.ConversationId;
import io.hongyan.core.store.Cursor;
import io.hongyan.core.store.Envelope;
import io.hongyan.core.store.ExpiredMessage;
import io.hongyan.core.store.InMemoryMessageStore;
import io.hongyan.core.store.InboxPage;
import io.hongyan.core.store.MessageStore;
import io.hongyan.protocol.Confined;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.UserId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A store that can be slow, fail, or hang, over one that cannot. What it does it does when it is asked, and says so later,
 * as one with a disk does. One that is made outside of {@link TestWorld#server}'s parts outlives the server's process.
 *
 * <p>Confined to the thread that runs the world.
 */
@Confined("world")
public final class FaultyStore implements MessageStore {
    private final TestWorld world;
    private final MessageStore store;
    private final List<Runnable> hanging = new ArrayList<>();
    private final boolean durable;
    private Duration delay = Duration.ofMillis(1);
    private boolean failing;
    private boolean hangs;

    private FaultyStore(TestWorld world, MessageStore store, boolean durable) {
        this.world = world;
        this.store = store;
        this.durable = durable;
    }

    /** A store in memory that says so. */
    public static FaultyStore inMemory(TestWorld world) {
        return new FaultyStore(world, new InMemoryMessageStore(), false);
    }

    /**
     * A store that says it is durable, and is, as far as the world goes: it also knows again what it was given before. It
     * keeps 10,000 messages of each conversation and for each user.
     */
    public static FaultyStore durable(TestWorld world) {
        return new FaultyStore(world, new InMemoryMessageStore(10_000, 1L << 28, 1L << 30, 10_000), true);
    }

    /** Another store with these faults in front. */
    public static FaultyStore over(TestWorld world, MessageStore store) {
        return new FaultyStore(world, store, store.durable());
    }

    /** How long each call takes from now on; 1 ms at first. */
    public FaultyStore delay(Duration time) {
        delay = time;
        return this;
    }

    /** From now on every call fails, and nothing happens in it; or calls work again. */
    public FaultyStore failing(boolean isFailing) {
        failing = isFailing;
        return this;
    }

    /** From now on no call completes; or those that hang complete, and calls work again. */
    public FaultyStore hanging(boolean isHanging) {
        hangs = isHanging;
        if (!hangs) {
            List<Runnable> completions = List.copyOf(hanging);
            hanging.clear();
            completions.forEach(this::later);
        }
        return this;
    }

    @Override
    public boolean durable() {
        return durable;
    }

    @Override
    public String description() {
        return "faults in front of " + store.description();
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
        return answer(() -> store.expire(nowMillis, maxMessages));
    }

    /** Nothing is given back: the next process of the server may use it on. */
    @Override
    public CompletionStage<Void> close() {
        return CompletableFuture.completedStage(null);
    }

    private <T> CompletionStage<T> answer(Supplier<CompletionStage<T>> call) {
        CompletionStage<T> done = failing
                ? CompletableFuture.failedStage(new IllegalStateException("the store fails, as the test says"))
                : call.get();
        CompletableFuture<T> told = new CompletableFuture<>();
        Runnable completion = () -> done.whenComplete((value, thrown) -> {
            if (thrown == null) {
                told.complete(value);
            } else {
                told.completeExceptionally(thrown);
            }
        });
        if (hangs) {
            hanging.add(completion);
        } else {
            later(completion);
        }
        return told;
    }

    private void later(Runnable completion) {
        world.clock().scheduleAfter(delay.toNanos(), () -> world.guard(completion));
    }
}
