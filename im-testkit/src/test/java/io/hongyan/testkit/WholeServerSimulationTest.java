// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.simnet.Seeds;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many seeded lives of a whole server, see {@link WholeServerRun}. A failure names its seed and the command that replays
 * it; {@code -Dhongyan.seeds=N} runs more.
 */
final class WholeServerSimulationTest {
    private static final int SEEDS = 1_000;
    private static final int SEEDS_FOR_A_BUG = 40;

    @Test
    void losesDoublesAndReordersNothing() {
        List<WholeServerRun.Course> courses = new ArrayList<>();
        Seeds.forEach(
                WholeServerSimulationTest.class,
                "im-testkit",
                1,
                SEEDS,
                seed -> courses.add(new WholeServerRun(seed, null).play()));
        if (courses.size() >= SEEDS) {
            assertThat(courses.stream().mapToInt(WholeServerRun.Course::shown).sum())
                    .isGreaterThan(30 * SEEDS);
            assertThat(courses.stream().mapToInt(WholeServerRun.Course::kills).sum())
                    .isGreaterThan(SEEDS / 2);
            assertThat(courses.stream().mapToInt(WholeServerRun.Course::logins).sum())
                    .isGreaterThan(10 * SEEDS);
            assertThat(courses.stream()
                            .mapToInt(WholeServerRun.Course::processes)
                            .sum())
                    .isGreaterThan(2 * SEEDS);
            assertThat(courses.stream()
                            .mapToInt(WholeServerRun.Course::takenBack)
                            .sum())
                    .isGreaterThan(SEEDS / 4);
            assertThat(courses.stream()
                            .mapToInt(WholeServerRun.Course::takenBackTooLate)
                            .sum())
                    .isGreaterThan(SEEDS / 4);
        }
    }

    @ParameterizedTest
    @EnumSource(Planted.class)
    void findsAPlantedBug(Planted bug) {
        for (long seed = 1; seed <= SEEDS_FOR_A_BUG; seed++) {
            try {
                new WholeServerRun(seed, bug).play();
            } catch (AssertionError found) {
                assertThat(found).hasMessageContaining(bug.violation.name());
                return;
            }
        }
        throw new AssertionError(bug + " was not found in " + SEEDS_FOR_A_BUG + " seeds");
    }
}
