// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class FrameCountTest {
    private final FrameCount count = new FrameCount();

    @Test
    void countsWhatIsFinishedAtOnce() {
        count.finishNow();
        count.finishNow();
        assertThat(count.hasNews()).isTrue();
        assertThat(count.tell()).isEqualTo(2);
        assertThat(count.hasNews()).isFalse();
    }

    @Test
    void stopsAtTheFirstThatIsOpen() {
        count.finishNow();
        int open = count.open();
        count.finishNow();
        count.finishNow();
        assertThat(count.tell()).isEqualTo(1);
        assertThat(count.span()).isEqualTo(3);
        count.finish(open);
        assertThat(count.tell()).isEqualTo(4);
        assertThat(count.span()).isZero();
    }

    @Test
    void agreesWithASimpleModelInAnyOrder() {
        for (long seed = 1; seed <= 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            FrameCount tested = new FrameCount();
            List<Boolean> finished = new ArrayList<>();
            List<Integer> open = new ArrayList<>();
            for (int step = 0; step < 2000; step++) {
                int choice = random.nextInt(3);
                if (choice == 0) {
                    open.add(tested.open());
                    finished.add(false);
                } else if (choice == 1) {
                    tested.finishNow();
                    finished.add(true);
                } else if (!open.isEmpty()) {
                    int number = open.remove(random.nextInt(open.size()));
                    tested.finish(number);
                    finished.set(number - 1, true);
                }
                int expected = finished.indexOf(false) < 0 ? finished.size() : finished.indexOf(false);
                assertThat(tested.tell()).as("seed " + seed + " step " + step).isEqualTo(expected);
            }
        }
    }

    @Test
    void whatIsNotFinishedComesAgainAfterARewind() {
        FrameCount count = new FrameCount();
        count.finishNow();
        count.open();
        count.finishNow();
        count.rewind();
        assertThat(count.span()).isZero();
        assertThat(count.tell()).isEqualTo(1);
        count.finishNow();
        count.finishNow();
        assertThat(count.tell()).isEqualTo(3);
    }
}
