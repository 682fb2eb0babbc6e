// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SeedsTest {

    private final List<Long> ran = new ArrayList<>();

    @Test
    void runsTheSeedsOneAfterAnother() {
        run(Map.of());
        assertThat(ran).containsExactly(10L, 11L, 12L);
    }

    @Test
    void seedPropertyRunsThatSeedAlone() {
        run(Map.of("hongyan.seed", "12345", "hongyan.seeds", "7"));
        assertThat(ran).containsExactly(12_345L);
    }

    @Test
    void seedsPropertyReplacesTheCount() {
        run(Map.of("hongyan.seeds", "5"));
        assertThat(ran).containsExactly(10L, 11L, 12L, 13L, 14L);
    }

    @Test
    void firstSeedPropertyReplacesTheFirst() {
        run(Map.of("hongyan.firstSeed", "-1"));
        assertThat(ran).containsExactly(-1L, 0L, 1L);
    }

    @Test
    void percentPropertyRunsAShareOfTheCount() {
        run(Map.of("hongyan.seedPercent", "200"));
        assertThat(ran).hasSize(6);
        ran.clear();
        run(Map.of("hongyan.seedPercent", "10"));
        assertThat(ran).containsExactly(10L);
        ran.clear();
        run(Map.of("hongyan.seedPercent", "200", "hongyan.seeds", "2"));
        assertThat(ran).containsExactly(10L, 11L);
        assertThatIllegalArgumentException().isThrownBy(() -> run(Map.of("hongyan.seedPercent", "0")));
    }

    @Test
    void emptyPropertyIsNone() {
        run(Map.of("hongyan.seed", ""));
        assertThat(ran).hasSize(3);
    }

    @Test
    void propertyThatIsNoNumberOrNoCountIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(Map.of("hongyan.seed", "often")))
                .withMessageContaining("-Dhongyan.seed")
                .withMessageContaining("often");
        assertThatIllegalArgumentException().isThrownBy(() -> run(Map.of("hongyan.seeds", "0")));
    }

    @Test
    void runsEachSeedOnceInParallel() {
        Set<Long> seeds = ConcurrentHashMap.newKeySet();
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        CountDownLatch both = new CountDownLatch(2);
        Seeds.forEachInParallel(SeedsTest.class, "im-simnet", 10, 100, 2, name -> null, seed -> {
            assertThat(seeds.add(seed)).isTrue();
            threads.add(Thread.currentThread());
            both.countDown();
            assertThat(both.await(10, TimeUnit.SECONDS)).isTrue();
        });
        assertThat(seeds).hasSize(100).contains(10L, 109L);
        assertThat(threads).hasSize(2);
    }

    @Test
    void theLowestSeedThatFailsInParallelIsTold() {
        CountDownLatch laterFailed = new CountDownLatch(1);
        List<Long> begun = Collections.synchronizedList(new ArrayList<>());
        SeedFailure failure = catchThrowableOfType(
                SeedFailure.class,
                () -> Seeds.forEachInParallel(SeedsTest.class, "im-simnet", 10, 1000, 2, name -> null, seed -> {
                    begun.add(seed);
                    if (seed == 11) {
                        laterFailed.countDown();
                        throw new IOException("later, and first");
                    }
                    assertThat(laterFailed.await(10, TimeUnit.SECONDS)).isTrue();
                    throw new IOException("earlier, and last");
                }));
        assertThat(failure).hasMessageStartingWith("seed 10 failed; replay: ");
        assertThat(begun).hasSizeLessThan(5);
    }

    @Test
    void failureBeginsWithItsSeedAndItsReplay() {
        IOException cause = new IOException("broken");
        SeedFailure failure = catchThrowableOfType(
                SeedFailure.class,
                () -> Seeds.forEach(SeedsTest.class, "im-simnet", 10, 3, name -> null, seed -> {
                    ran.add(seed);
                    if (seed == 11) {
                        throw cause;
                    }
                }));
        assertThat(failure)
                .hasMessage("seed 11 failed; replay: mvn -q -pl im-simnet -am test -Dtest=SeedsTest -Dhongyan.seed=11"
                        + " -Dsurefire.failIfNoSpecifiedTests=false\njava.io.IOException: broken");
        assertThat(failure.seed()).isEqualTo(11);
        assertThat(failure).hasCause(cause);
        assertThat(ran).containsExactly(10L, 11L);
    }

    @Test
    void errorsAreWrappedToo() {
        assertThatThrownBy(() -> Seeds.forEach(SeedsTest.class, "m", 1, 1, name -> null, seed -> {
                    throw new StackOverflowError();
                }))
                .isInstanceOf(SeedFailure.class)
                .hasCauseInstanceOf(StackOverflowError.class);
    }

    @Test
    void interruptOfATimeoutIsKept() {
        assertThatThrownBy(() -> Seeds.forEach(SeedsTest.class, "m", 1, 1, name -> null, seed -> {
                    throw new InterruptedException();
                }))
                .isInstanceOf(SeedFailure.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Nested
    class Inner {
        @Test
        void replayNamesTheOutermostClass() {
            assertThat(Seeds.replay(Inner.class, "im-x", 1)).contains("-Dtest=SeedsTest ");
        }
    }

    private void run(Map<String, String> properties) {
        Seeds.forEach(SeedsTest.class, "im-simnet", 10, 3, properties::get, ran::add);
    }
}
