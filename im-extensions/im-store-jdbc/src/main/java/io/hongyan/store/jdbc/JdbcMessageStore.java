// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.core.store.Appended;
import io.hongyan.core.store.ConversationId;
import io.hongyan.core.store.Cursor;
import io.hongyan.core.store.Envelope;
import io.hongyan.core.store.ExpiredMessage;
import io.hongyan.core.store.InboxPage;
import io.hongyan.core.store.MessageStore;
import io.hongyan.core.time.NanoClock;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.UserId;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Keeps messages in SQLite, PostgreSQL, MariaDB or MySQL. What an append's stage confirmed was synced to disk.
 *
 * <p><b>Threads.</b> Calls come from any thread and never wait for the database. {@code hongyan-store-writer} writes,
 * {@code hongyan-store-completer} completes stages of what was written, {@code hongyan-store-reader-N} read and complete
 * the stages of that, {@code hongyan-store-close} lives while the store is being closed. All are daemons.
 *
 * <p><b>Failure.</b> A full queue refuses with {@link ReasonCode#BACKPRESSURED}. While the database is gone, full or
 * locked, or has not answered for 10 s ({@link JdbcStoreBuilder#answerWithin}), appends are refused with
 * {@link ReasonCode#STORE_UNAVAILABLE}; what was with the database by then fails, since nobody knows. The store goes on by
 * itself when the database does.
 */
@ThreadSafe
public final class JdbcMessageStore implements MessageStore {
    private static final int MOST_NAMES = 65_536;

    private final Database database;
    private final StoreOptions options;
    private final NanoClock clock;
    private final int maxMessageBytes;
    private final Dictionary conversations = new Dictionary("conversation", MOST_NAMES);
    private final Dictionary addresses = new Dictionary("address", MOST_NAMES);
    private final StoreCounters counters = new StoreCounters();
    private final Reads reads = new Reads(conversations, addresses);
    private final Retention retention;
    private final AtomicBoolean retaining = new AtomicBoolean();
    private final WriteQueue queue;
    private final GroupCommit groupCommit;
    private final Readers readers;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private volatile long nextRetentionNanos;

    JdbcMessageStore(Database database, StoreOptions options, NanoClock clock) {
        this.database = database;
        this.options = options;
        this.clock = clock;
        this.maxMessageBytes = Math.min(options.maxMessageBytes(), database.maxMessageBytes());
        this.retention = new Retention(options);
        this.nextRetentionNanos = clock.nanoTime();
        this.queue = new WriteQueue(options, clock);
        this.groupCommit = new GroupCommit(
                options, clock, queue, new SqlBatchWriter(database, conversations, addresses), counters, this::retain);
        this.readers = new Readers(database, options);
        groupCommit.start();
    }

    /** A store in a directory, which is made if it is not there; of one process at a time. */
    public static JdbcStoreBuilder sqlite(Path directory) {
        return JdbcStoreBuilder.sqlite(directory);
    }

    /**
     * A store in a database of a server.
     *
     * @param url begins with {@code jdbc:postgresql:}, {@code jdbc:mariadb:} or {@code jdbc:mysql:}
     */
    public static JdbcStoreBuilder jdbc(String url, String user, String password) {
        return JdbcStoreBuilder.server(url, user, password);
    }

    /** What it has done, and what waits. */
    public StoreStats stats() {
        return counters.snapshot(queue);
    }

    @Override
    public boolean durable() {
        return database.durable();
    }

    @Override
    public String description() {
        return database.description() + (durable() ? ", synced" : ", NOT synced by its own settings")
                + ", batches of up to " + options.batchMessages() + " messages";
    }

    @Override
    public CompletionStage<Appended> append(Envelope envelope) {
        if (envelope.message().payload().size() > maxMessageBytes) {
            return refused(ReasonCode.MESSAGE_TOO_LARGE);
        }
        Job.Append job = new Job.Append(envelope);
        ReasonCode code = queue.offer(job);
        return code == ReasonCode.OK ? job.stage() : refused(code);
    }

    @Override
    public CompletionStage<InboxPage> read(UserId user, long after, int maxMessages, int maxBytes) {
        return readers.read(link -> reads.inbox(link, Names.of(user), after, maxMessages, maxBytes));
    }

    @Override
    public CompletionStage<List<Message>> history(
            ConversationId conversation, long before, int maxMessages, int maxBytes) {
        return readers.read(link -> reads.history(link, conversation.text(), before, maxMessages, maxBytes));
    }

    @Override
    public CompletionStage<Cursor> cursor(UserId user, DeviceId device) {
        String name = Names.of(user);
        Job.Other<Cursor> job = new Job.Other<>(transaction -> Cursors.of(transaction, name, device.value()));
        return stageOf(job, queue.offerBehindAdvances(name, job));
    }

    @Override
    public CompletionStage<Void> advance(UserId user, DeviceId device, long position) {
        Job.Other<Void> job = queue.offerAdvance(Names.of(user), device.value(), position);
        return job == null ? failed(ReasonCode.STORE_UNAVAILABLE) : job.stage();
    }

    @Override
    public CompletionStage<Boolean> delivered(UserId user, ConversationId conversation, long sequence) {
        String name = Names.of(user);
        Job.Other<Boolean> job =
                new Job.Other<>(transaction -> Cursors.isDelivered(transaction, name, conversation.text(), sequence));
        return stageOf(job, queue.offerBehindAdvances(name, job));
    }

    @Override
    public CompletionStage<Void> markRead(UserId user, ConversationId conversation, long sequence) {
        String name = Names.of(user);
        return write(transaction -> {
            ReadMarks.raise(transaction, name, conversation.text(), sequence);
            return null;
        });
    }

    @Override
    public CompletionStage<Long> readMark(UserId user, ConversationId conversation) {
        return readers.read(link -> reads.readMark(link, Names.of(user), conversation.text()));
    }

    @Override
    public CompletionStage<Integer> waiting(UserId user, int most) {
        return readers.read(link -> reads.waiting(link, Names.of(user), most));
    }

    @Override
    public CompletionStage<List<ExpiredMessage>> expire(long nowMillis, int maxMessages) {
        return write(transaction -> Expiry.run(transaction, conversations, addresses, nowMillis, maxMessages));
    }

    @Override
    public CompletionStage<Void> close() {
        if (closing.compareAndSet(false, true)) {
            Thread thread = new Thread(this::end, "hongyan-store-close");
            thread.setDaemon(true);
            thread.start();
        }
        return closed;
    }

    private void end() {
        try {
            try {
                groupCommit.close();
                readers.close();
            } finally {
                database.close();
            }
            closed.complete(null);
        } catch (InterruptedException | RuntimeException failed) {
            closed.completeExceptionally(failed);
        }
    }

    /** Puts a step of retention into the queue when it is time for one. */
    private void retain() {
        if (!options.retains()
                || closing.get()
                || clock.nanoTime() - nextRetentionNanos < 0
                || !retaining.compareAndSet(false, true)) {
            return;
        }
        CompletionStage<Integer> step = write(transaction -> retention.step(transaction, System.currentTimeMillis()));
        step.whenComplete((gone, failure) -> {
            long pause = options.retentionPauseNanos();
            if (gone != null) {
                counters.retired.add(gone);
                // Where there is much to do it does not rest.
                pause = gone < Retention.MANY ? pause : 0;
            }
            nextRetentionNanos = clock.nanoTime() + pause;
            retaining.set(false);
        });
    }

    private <T> CompletionStage<T> write(Job.Work<T> work) {
        Job.Other<T> job = new Job.Other<>(work);
        return stageOf(job, queue.offer(job));
    }

    private static <T> CompletionStage<T> stageOf(Job<T> job, ReasonCode code) {
        return code == ReasonCode.OK ? job.stage() : failed(code);
    }

    private static <T> CompletionStage<T> failed(ReasonCode code) {
        return CompletableFuture.failedStage(new StoreUnavailableException("not taken: " + code, null));
    }

    private CompletionStage<Appended> refused(ReasonCode code) {
        counters.refused.increment();
        return CompletableFuture.completedStage(Appended.refused(code));
    }
}
