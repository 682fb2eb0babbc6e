// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.time.NanoClock;
import io.hongyan.core.world.TestWorld;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class WorkerLaneTest {
    private final TestWorld world = TestWorld.withLoops(1);
    private final List<String> ran = new ArrayList<>();

    @Test
    void runsInOrderAndSaysWhenItIsFull() {
        WorkerLane lane = pool(world.workers()).newLane(3);
        assertThat(lane.submit(() -> ran.add("a"))).isTrue();
        assertThat(lane.submit(() -> ran.add("b"))).isTrue();
        assertThat(lane.submit(() -> ran.add("c"))).as("full").isFalse();
        assertThat(lane.submit(() -> ran.add("d"))).as("taken all the same").isFalse();
        lane.whenHalfEmpty(() -> ran.add("half empty"));
        world.settle();
        assertThat(ran).containsExactly("a", "b", "half empty", "c", "d");
        assertThat(lane.isIdle()).isTrue();
        lane.whenHalfEmpty(() -> ran.add("at once"));
        assertThat(ran).endsWith("at once");
    }

    @Test
    void goesOnAfterATaskThatThrows() {
        WorkerPool pool = pool(world.workers());
        WorkerLane lane = pool.newLane(3);
        lane.submit(() -> {
            throw new IllegalStateException("planted");
        });
        lane.submit(() -> ran.add("next"));
        assertThat(pool.busyLanes()).isEqualTo(1);
        world.settle();
        assertThat(ran).containsExactly("next");
        assertThat(pool.busyLanes()).isZero();
    }

    @Test
    void asksAnExecutorThatRefusesAgain() {
        AtomicInteger asked = new AtomicInteger();
        WorkerLane lane = pool(task -> {
                    if (asked.incrementAndGet() < 3) {
                        throw new RejectedExecutionException("full");
                    }
                    world.workers().execute(task);
                })
                .newLane(3);
        lane.submit(() -> ran.add("a"));
        world.advanceMillis(100);
        assertThat(ran).containsExactly("a");
    }

    @Test
    void keepsOrderWithManyThreads() {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            WorkerPool pool = pool(threads);
            List<List<Integer>> results = new ArrayList<>();
            for (int lane = 0; lane < 20; lane++) {
                List<Integer> result = Collections.synchronizedList(new ArrayList<>());
                results.add(result);
                WorkerLane tested = pool.newLane(10);
                threads.execute(() -> {
                    for (int i = 0; i < 1000; i++) {
                        int number = i;
                        tested.submit(() -> result.add(number));
                    }
                });
            }
            await().until(() -> results.stream().allMatch(result -> result.size() == 1000));
            assertThat(results).allSatisfy(result -> assertThat(result).isSorted());
            await().until(() -> pool.busyLanes() == 0);
        } finally {
            threads.shutdownNow();
        }
    }

    private WorkerPool pool(Executor executor) {
        return new WorkerPool(executor, world, new ListenerInvoker(NanoClock.SYSTEM, ImMetrics.NONE));
    }
}
