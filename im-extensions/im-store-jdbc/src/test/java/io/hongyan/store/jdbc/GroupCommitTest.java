// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hongyan.core.store.Appended;
import io.hongyan.protocol.ReasonCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Batches, failures and time-outs, over a database that does what the test says. */
final class GroupCommitTest {
    private static final int QUEUED = 20;
    private static final long QUEUED_BYTES = 40_000;
    private static final int BATCH = 8;
    private static final Duration ANSWER = Duration.ofSeconds(1);

    private final ManualClock clock = new ManualClock();
    private final FakeWriter database = new FakeWriter();
    private final StoreCounters counters = new StoreCounters();
    private final StoreOptions options = JdbcMessageStore.sqlite(Path.of("unused"))
            .batchMessages(BATCH)
            .batchDelay(Duration.ZERO)
            .queuedMessages(QUEUED)
            .queuedBytes(QUEUED_BYTES)
            .answerWithin(ANSWER)
            .options();
    private final WriteQueue queue = new WriteQueue(options, clock);
    private final GroupCommit groupCommit = new GroupCommit(options, clock, queue, database, counters, () -> {});
    private long counter;

    @AfterEach
    void close() throws InterruptedException {
        database.permits.release(1_000);
        groupCommit.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.isAlive()
                        && (thread.getName().equals("hongyan-store-writer")
                                || thread.getName().equals("hongyan-store-completer")));
    }

    @Test
    void whatIsQueuedWhileABatchIsWrittenIsTheNextBatch() throws Exception {
        groupCommit.start();
        List<CompletableFuture<Appended>> stages = new ArrayList<>(List.of(append()));
        database.arrived.acquire();
        for (int i = 0; i < BATCH + 2; i++) {
            stages.add(append());
        }
        database.permits.release(3);
        stages.forEach(CompletableFuture::join);
        assertThat(database.batches).containsExactly(1, BATCH, 2);
        assertThat(counters.snapshot(queue).batches()).isEqualTo(3);
        assertThat(counters.snapshot(queue).messages()).isEqualTo(BATCH + 3);
    }

    @Test
    void stagesCompleteInOrderAndNotBeforeTheCommit() throws Exception {
        groupCommit.start();
        List<Long> completed = Collections.synchronizedList(new ArrayList<>());
        List<CompletableFuture<?>> stages = new ArrayList<>();
        for (int i = 0; i < QUEUED; i++) {
            stages.add(append().thenAccept(appended -> completed.add(appended.sequence())));
        }
        database.arrived.acquire();
        assertThat(completed).isEmpty();
        database.permits.release(QUEUED);
        stages.forEach(CompletableFuture::join);
        assertThat(completed).hasSize(QUEUED).isSorted();
    }

    @Test
    void aFullQueueRefusesAtOnce() throws Exception {
        groupCommit.start();
        append();
        database.arrived.acquire();
        for (int i = 0; i < QUEUED; i++) {
            append();
        }
        assertThat(queue.offer(new Job.Append(Messages.envelope(1)))).isEqualTo(ReasonCode.BACKPRESSURED);
        assertThat(queue.size()).isEqualTo(QUEUED);
    }

    @Test
    void aQueueFullOfBytesRefusesAtOnce() throws Exception {
        groupCommit.start();
        append();
        database.arrived.acquire();
        String large = "x".repeat((int) QUEUED_BYTES);
        assertThat(queue.offer(new Job.Append(Messages.envelope(100, large))))
                .as("one is always taken")
                .isEqualTo(ReasonCode.OK);
        assertThat(queue.offer(new Job.Append(Messages.envelope(101)))).isEqualTo(ReasonCode.BACKPRESSURED);
    }

    @Test
    void ofABatchWithABadRowAllOthersAreKept() throws Exception {
        database.permits.release(1_000);
        CompletableFuture<Appended> good = append();
        CompletableFuture<Appended> bad = append();
        CompletableFuture<Appended> alsoGood = append();
        database.answer = jobs -> jobs.stream()
                        .anyMatch(job -> job instanceof Job.Append append
                                && append.message().id().counter() == 2)
                ? new WriteFailure(Dialect.Trouble.OF_A_ROW, true, new Exception("planted"))
                : null;
        groupCommit.start();
        assertThat(good.join().sequence()).isEqualTo(1);
        assertThat(bad.join().code()).isEqualTo(ReasonCode.STORE_UNAVAILABLE);
        assertThat(alsoGood.join().sequence()).isEqualTo(2);
        assertThat(counters.snapshot(queue).failures()).as("of three, two, one").isEqualTo(3);
        assertThat(counters.snapshot(queue).refused()).isEqualTo(1);
    }

    @Test
    void aRaceIsRunAgain() {
        database.permits.release(1_000);
        CompletableFuture<Appended> append = append();
        database.answer = jobs -> database.batches.size() < 3
                ? new WriteFailure(Dialect.Trouble.OF_A_RACE, true, new Exception("planted"))
                : null;
        groupCommit.start();
        assertThat(append.join().code()).isEqualTo(ReasonCode.OK);
        assertThat(database.batches).hasSize(3);
    }

    @Test
    void whileTheDatabaseIsGoneAllIsRefusedAndThenGoesOn() throws Exception {
        database.answer = jobs -> new WriteFailure(Dialect.Trouble.OF_THE_DATABASE, true, new Exception("planted"));
        groupCommit.start();
        CompletableFuture<Appended> first = append();
        database.arrived.acquire();
        CompletableFuture<Appended> behind = append();
        database.permits.release(1_000);
        assertThat(first.join().code()).isEqualTo(ReasonCode.STORE_UNAVAILABLE);
        assertThat(behind.join().code())
                .as("nothing overtakes what was refused")
                .isEqualTo(ReasonCode.STORE_UNAVAILABLE);
        assertThat(queue.offer(new Job.Append(Messages.envelope(50)))).isEqualTo(ReasonCode.STORE_UNAVAILABLE);

        database.answer = jobs -> null;
        clock.pass(Duration.ofSeconds(2));
        assertThat(append().join().code()).isEqualTo(ReasonCode.OK);
        assertThat(database.batches).as("it was asked once while it was gone").hasSize(2);
    }

    @Test
    void aCommitThatFailedIsNeitherYesNorNo() {
        database.permits.release(1_000);
        database.answer = jobs -> new WriteFailure(Dialect.Trouble.OF_THE_DATABASE, false, new Exception("planted"));
        CompletableFuture<Appended> append = append();
        groupCommit.start();
        assertThat(failureOf(append)).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void aDatabaseThatDoesNotAnswerHoldsNobodyForEver() throws Exception {
        groupCommit.start();
        CompletableFuture<Appended> within = append();
        database.arrived.acquire();
        CompletableFuture<Appended> behind = append();
        clock.pass(ANSWER.plusMillis(1));
        assertThat(failureOf(within)).isInstanceOf(StoreUnavailableException.class);
        assertThat(behind.orTimeout(20, TimeUnit.SECONDS).join().code())
                .as("it was not begun, so it did not happen")
                .isEqualTo(ReasonCode.STORE_UNAVAILABLE);
        await().until(() -> queue.offer(new Job.Append(Messages.envelope(60))) == ReasonCode.STORE_UNAVAILABLE);
        assertThat(counters.snapshot(queue).timeouts()).isGreaterThanOrEqualTo(2);

        // Late, it answers after all.
        database.permits.release(1_000);
        await().until(() -> queue.offer(new Job.Append(Messages.envelope(61))) == ReasonCode.OK);
        assertThat(append().join().code()).isEqualTo(ReasonCode.OK);
    }

    @Test
    void closingWritesWhatWaits() throws Exception {
        groupCommit.start();
        append();
        database.arrived.acquire();
        CompletableFuture<Appended> last = append();
        database.permits.release(1_000);
        groupCommit.close();
        assertThat(last).isCompleted();
        assertThat(last.join().code()).isEqualTo(ReasonCode.OK);
        assertThat(queue.offer(new Job.Append(Messages.envelope(70)))).isEqualTo(ReasonCode.STORE_UNAVAILABLE);
    }

    @Test
    void closingGivesUpADatabaseThatHangs() throws Exception {
        groupCommit.start();
        CompletableFuture<Appended> hung = append();
        database.arrived.acquire();
        groupCommit.close();
        assertThat(database.aborted).isTrue();
        assertThat(failureOf(hung)).isInstanceOf(StoreUnavailableException.class);
    }

    private CompletableFuture<Appended> append() {
        Job.Append job = new Job.Append(Messages.envelope(++counter));
        assertThat(queue.offer(job)).isEqualTo(ReasonCode.OK);
        return job.stage();
    }

    private static Throwable failureOf(CompletableFuture<?> stage) {
        try {
            stage.orTimeout(20, TimeUnit.SECONDS).join();
            return null;
        } catch (CompletionException failed) {
            return failed.getCause();
        }
    }
}
