// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.ReasonCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What makes a batch. */
final class WriteQueueTest {
    private static final Duration LONG = Duration.ofSeconds(1);

    private final ManualClock clock = new ManualClock();
    private final WriteQueue queue = new WriteQueue(
            JdbcMessageStore.sqlite(Path.of("unused")).batchDelay(LONG).options(), clock);
    private long counter;

    @Test
    void aLoneMessageDoesNotWaitForOthers() throws Exception {
        offer(1);
        long begin = System.nanoTime();
        assertThat(queue.take()).hasSize(1);
        assertThat(System.nanoTime() - begin).isLessThan(LONG.toNanos());
    }

    @Test
    void afterALargeBatchTheNextIsWaitedForUntilItIsAsLarge() throws Exception {
        offer(3);
        assertThat(queue.take()).hasSize(3);
        offer(1);
        CompletableFuture<List<Job<?>>> next = CompletableFuture.supplyAsync(this::take);
        offer(2);
        assertThat(next.get(20, TimeUnit.SECONDS)).hasSize(3);
    }

    @Test
    void theFirstWaitsNoLongerThanTheBatchDelay() throws Exception {
        offer(3);
        assertThat(queue.take()).hasSize(3);
        offer(1);
        clock.pass(LONG);
        assertThat(queue.take()).hasSize(1);
    }

    @Test
    void positionsOfADeviceBecomeOne() throws Exception {
        CompletableFuture<?> first = queue.offerAdvance("ubob", "phone", 5).stage();
        CompletableFuture<?> higher = queue.offerAdvance("ubob", "phone", 6).stage();
        CompletableFuture<?> lower = queue.offerAdvance("ubob", "phone", 4).stage();
        assertThat(higher).isSameAs(first);
        assertThat(lower).isSameAs(first);
        queue.offerAdvance("ubob", "laptop", 1);
        clock.pass(Duration.ofMillis(51));
        assertThat(queue.take()).hasSize(2);
    }

    @Test
    void positionsWaitForEachOtherButNotBehindAQuestionForThem() throws Exception {
        queue.offerAdvance("ubob", "phone", 5);
        queue.offerAdvance("ucarol", "phone", 5);
        Job.Other<Void> question = new Job.Other<>(transaction -> null);
        assertThat(queue.offerBehindAdvances("ubob", question)).isEqualTo(ReasonCode.OK);
        List<Job<?>> batch = queue.take();
        assertThat(batch).hasSize(2);
        assertThat(batch.get(1)).isSameAs(question);
    }

    @Test
    void positionsOfTooManyDevicesAreNotTaken() {
        for (int i = 0; i < PendingAdvances.MOST; i++) {
            assertThat(queue.offerAdvance("u" + i, "phone", 1)).isNotNull();
        }
        assertThat(queue.offerAdvance("ubob", "phone", 1)).isNull();
        assertThat(queue.offerAdvance("u1", "phone", 2)).as("one that is known").isNotNull();
    }

    @Test
    void aClosedQueueGivesWhatItHasAndThenEnds() throws Exception {
        offer(1);
        queue.offerAdvance("ubob", "phone", 1);
        queue.close();
        assertThat(queue.take()).hasSize(2);
        assertThat(queue.take()).isNull();
    }

    private List<Job<?>> take() {
        try {
            return queue.take();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private void offer(int number) {
        for (int i = 0; i < number; i++) {
            assertThat(queue.offer(new Job.Append(Messages.envelope(++counter))))
                    .isEqualTo(ReasonCode.OK);
        }
    }
}
