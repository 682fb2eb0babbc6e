// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import static io.hongyan.protocol.packet.DuplicateWindow.BITS;
import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.packet.DuplicateWindow.Verdict;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DuplicateWindowTest {
    private final DuplicateWindow window = new DuplicateWindow();

    @Test
    void counterIsNewOnce() {
        assertThat(window.markSeen(1)).isEqualTo(Verdict.NEW);
        assertThat(window.markSeen(1)).isEqualTo(Verdict.DUPLICATE);
    }

    @Test
    void counterBelowTheFirstOneSeenIsNewToo() {
        window.markSeen(500);
        assertThat(window.markSeen(499)).isEqualTo(Verdict.NEW);
    }

    @Test
    void counterThatLeftTheWindowIsTooOld() {
        window.markSeen(1);
        window.markSeen(BITS);
        assertThat(window.verdict(1)).isEqualTo(Verdict.DUPLICATE);
        window.markSeen(BITS + 1);
        assertThat(window.verdict(1)).isEqualTo(Verdict.TOO_OLD);
        assertThat(window.verdict(2)).isEqualTo(Verdict.NEW);
    }

    @Test
    void largestCounterIsTaken() {
        assertThat(window.markSeen(MessageId.MAX_COUNTER)).isEqualTo(Verdict.NEW);
        assertThat(window.markSeen(MessageId.MAX_COUNTER)).isEqualTo(Verdict.DUPLICATE);
        assertThat(window.markSeen(1)).isEqualTo(Verdict.TOO_OLD);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 40, 700, 5000})
    void agreesWithAModelThatRemembersAll(int stride) {
        for (long seed = 0; seed < 20; seed++) {
            agreesWithModel(stride, seed);
        }
    }

    private static void agreesWithModel(int stride, long seed) {
        Random random = new Random(seed);
        DuplicateWindow window = new DuplicateWindow();
        Set<Long> seen = new HashSet<>();
        long high = 0;
        for (int step = 0; step < 2000; step++) {
            long counter = Math.max(1, high + random.nextInt(2 * stride) - random.nextInt(2 * BITS) / (step % 7 + 1));
            boolean tooOld = counter <= high - BITS;
            Verdict expected = tooOld ? Verdict.TOO_OLD : seen.contains(counter) ? Verdict.DUPLICATE : Verdict.NEW;
            String replay = "stride " + stride + ", seed " + seed + ", step " + step;

            if (random.nextInt(4) == 0) {
                assertThat(window.verdict(counter)).as(replay).isEqualTo(expected);
            } else {
                assertThat(window.markSeen(counter)).as(replay).isEqualTo(expected);
                if (!tooOld) {
                    seen.add(counter);
                    high = Math.max(high, counter);
                }
            }
            assertThat(window.high()).as(replay).isEqualTo(high);
        }
    }
}
