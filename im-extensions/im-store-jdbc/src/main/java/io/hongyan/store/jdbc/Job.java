// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.core.store.Appended;
import io.hongyan.core.store.Envelope;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Something to be written, and the stage of who asked for it. The writer says how it ended, and the completer, to whom it
 * hands the job, tells the stage.
 */
abstract sealed class Job<T> {
    private final CompletableFuture<T> stage = new CompletableFuture<>();
    private @Nullable T outcome;
    private @Nullable Throwable failure;
    private long queuedNanos;

    /** What whoever asked waits for. */
    final CompletableFuture<T> stage() {
        return stage;
    }

    final long queuedNanos() {
        return queuedNanos;
    }

    final void queuedAt(long nowNanos) {
        this.queuedNanos = nowNanos;
    }

    final void endedWith(@Nullable T outcome) {
        this.outcome = outcome;
    }

    /** Nobody knows whether it happened. */
    final void failed(Throwable failure) {
        this.outcome = null;
        this.failure = failure;
    }

    /** Tells the stage how it ended; does nothing if the stage was told before. */
    final void tell() {
        if (failure != null) {
            stage.completeExceptionally(failure);
        } else {
            stage.complete(outcome);
        }
    }

    /** It did not happen, for this reason. */
    abstract void didNotHappen(ReasonCode code, @Nullable Throwable cause);

    /** Bytes it holds while it waits. */
    abstract long bytes();

    /** Rows it writes, about. */
    abstract int rows();

    /** A message to keep. */
    static final class Append extends Job<Appended> {
        private static final int OVERHEAD_BYTES = 512;
        private static final int INBOX_BYTES = 64;

        private final Envelope envelope;
        private final String sender;
        private final String recipient;
        private final String[] owners;
        private final int own;

        /** Prepares on the caller's thread what the writer would lose time with. */
        Append(Envelope envelope) {
            this.envelope = envelope;
            Address from = Objects.requireNonNull(envelope.message().from());
            this.sender = Names.of(from);
            this.recipient = Names.of(envelope.message().to());
            this.owners = envelope.inboxes().stream().map(Names::of).toArray(String[]::new);
            this.own = List.of(owners).indexOf(Names.userOf(from));
        }

        Message message() {
            return envelope.message();
        }

        String conversation() {
            return envelope.conversation().text();
        }

        String sender() {
            return sender;
        }

        String recipient() {
            return recipient;
        }

        /** Whose inboxes it comes into. */
        String[] owners() {
            return owners;
        }

        /** Which of the owners sent it, -1 if none did. */
        int own() {
            return own;
        }

        @Override
        void didNotHappen(ReasonCode code, @Nullable Throwable cause) {
            endedWith(Appended.refused(code));
        }

        @Override
        long bytes() {
            return OVERHEAD_BYTES + envelope.message().payload().size() + (long) INBOX_BYTES * owners.length;
        }

        @Override
        int rows() {
            return 1 + owners.length;
        }
    }

    /** What runs within a transaction. */
    @FunctionalInterface
    interface Work<T> {
        @Nullable
        T run(Transaction transaction) throws SQLException;
    }

    /** Anything else. */
    static final class Other<T> extends Job<T> {
        private static final int BYTES = 512;

        private final Work<T> work;

        Other(Work<T> work) {
            this.work = work;
        }

        void run(Transaction transaction) throws SQLException {
            endedWith(work.run(transaction));
        }

        @Override
        void didNotHappen(ReasonCode code, @Nullable Throwable cause) {
            failed(new StoreUnavailableException("not done: " + code, cause));
        }

        @Override
        long bytes() {
            return BYTES;
        }

        @Override
        int rows() {
            return 1;
        }
    }
}
