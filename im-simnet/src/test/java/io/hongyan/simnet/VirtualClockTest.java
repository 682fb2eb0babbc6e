// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualClockTest {

    private final VirtualClock clock = new VirtualClock();
    private final List<String> ran = new ArrayList<>();

    @Test
    void runsTasksInOrderOfTimeAndInsertionAtTheirTime() {
        clock.schedule(30, () -> ran.add("c" + clock.nowNanos()));
        clock.schedule(10, () -> ran.add("a" + clock.nowNanos()));
        clock.schedule(10, () -> ran.add("b" + clock.nowNanos()));
        clock.schedule(31, () -> ran.add("d" + clock.nowNanos()));
        clock.advanceTo(30);
        assertThat(ran).containsExactly("a10", "b10", "c30");
        assertThat(clock.nowNanos()).isEqualTo(30);
        assertThat(clock.pendingTasks()).isEqualTo(1);
        assertThat(clock.nextTaskNanos()).hasValue(31);
    }

    @Test
    void advancingWithoutTasksOnlyMovesTheTime() {
        clock.advanceBy(5);
        clock.advanceTo(7);
        clock.advanceTo(7);
        assertThat(clock.nowNanos()).isEqualTo(7);
        assertThat(clock.nextTaskNanos()).isEmpty();
        assertThat(clock.runNext()).isFalse();
    }

    @Test
    void timeNeverRunsBack() {
        clock.advanceTo(10);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> clock.advanceTo(9))
                .withMessageContaining("forward");
        assertThatIllegalArgumentException().isThrownBy(() -> clock.advanceBy(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> clock.scheduleAfter(-1, () -> {}));
        assertThatIllegalArgumentException().isThrownBy(() -> clock.runUntilIdle(-1));
    }

    @Test
    void taskOfThePastRunsNowBehindThoseThatWaitForNow() {
        clock.advanceTo(100);
        clock.schedule(100, () -> ran.add("first"));
        clock.schedule(50, () -> ran.add("second at " + clock.nowNanos()));
        clock.advanceTo(100);
        assertThat(ran).containsExactly("first", "second at 100");
    }

    @Test
    void tasksScheduledMeanwhileRunInTheSameAdvance() {
        clock.schedule(10, () -> clock.scheduleAfter(5, () -> ran.add("inner " + clock.nowNanos())));
        clock.advanceTo(20);
        assertThat(ran).containsExactly("inner 15");
    }

    @Test
    void cancelledTaskNeverRuns() {
        VirtualClock.Task task = clock.schedule(10, () -> ran.add("no"));
        assertThat(task.isPending()).isTrue();
        assertThat(task.atNanos()).isEqualTo(10);
        assertThat(task.cancel()).isTrue();
        assertThat(task.cancel()).isFalse();
        assertThat(task.isPending()).isFalse();
        clock.advanceTo(20);
        assertThat(ran).isEmpty();
    }

    @Test
    void runUntilIdleStopsAtTheLastTask() {
        clock.schedule(10, () -> clock.scheduleAfter(5, () -> ran.add("x")));
        assertThat(clock.runUntilIdle(100)).isTrue();
        assertThat(clock.nowNanos()).isEqualTo(15);
    }

    @Test
    void runUntilIdleGivesUpAtItsBound() {
        tickEvery(10);
        clock.advanceTo(3);
        assertThat(clock.runUntilIdle(25)).isFalse();
        assertThat(clock.nowNanos()).isEqualTo(28);
        assertThat(ran).hasSize(2);
    }

    @Test
    void runUntilStopsAsSoonAsTheConditionHolds() {
        tickEvery(10);
        assertThat(clock.runUntil(() -> ran.size() == 3, 1000)).isTrue();
        assertThat(clock.nowNanos()).isEqualTo(30);
        assertThat(clock.runUntil(() -> ran.size() == 100, 15)).isFalse();
        assertThat(clock.nowNanos()).isEqualTo(45);
        assertThat(clock.runUntil(() -> true, 0)).isTrue();
    }

    @Test
    void worksAcrossTheOverflowOfNanoseconds() {
        VirtualClock late = new VirtualClock(Long.MAX_VALUE - 5);
        late.scheduleAfter(10, () -> ran.add("b"));
        late.scheduleAfter(2, () -> ran.add("a"));
        late.advanceBy(20);
        assertThat(ran).containsExactly("a", "b");
        assertThat(late.nowNanos()).isEqualTo(Long.MIN_VALUE + 14);
    }

    @Test
    void whatATaskThrowsLeavesTheClockUsable() {
        clock.schedule(10, () -> {
            throw new IllegalStateException("boom");
        });
        clock.schedule(20, () -> ran.add("after"));
        assertThatThrownBy(() -> clock.advanceTo(30)).hasMessage("boom");
        assertThat(clock.nowNanos()).isEqualTo(10);
        clock.advanceTo(30);
        assertThat(ran).containsExactly("after");
    }

    @Test
    void taskMustNotAdvanceItsOwnClock() {
        clock.schedule(10, () -> clock.advanceBy(1));
        assertThatIllegalStateException().isThrownBy(() -> clock.advanceTo(10)).withMessageContaining("must not");
    }

    @Test
    void clockThatStandsStillIsReported() {
        clock.schedule(10, new Runnable() {
            @Override
            public void run() {
                clock.schedule(10, this);
            }

            @Override
            public String toString() {
                return "the culprit";
            }
        });
        assertThatIllegalStateException()
                .isThrownBy(() -> clock.runUntilIdle(100))
                .withMessageContaining("stands still")
                .withMessageContaining("the culprit");
    }

    private void tickEvery(long nanos) {
        clock.scheduleAfter(nanos, () -> {
            ran.add("tick");
            tickEvery(nanos);
        });
    }
}
