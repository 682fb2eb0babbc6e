// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RandomStreamTest {

    @Test
    void sameSeedAndPurposeYieldTheSameNumbers() {
        RandomStream first = RandomStream.of(42, "loss");
        RandomStream second = RandomStream.of(42, "loss");
        for (int i = 0; i < 1000; i++) {
            assertThat(first.nextLong()).isEqualTo(second.nextLong());
        }
    }

    @Test
    void numbersAreTheSameOnEveryJdk() {
        RandomStream random = RandomStream.of(1, "golden");
        assertThat(random.nextLong()).isEqualTo(GOLDEN_LONG);
        assertThat(random.nextDouble()).isEqualTo(GOLDEN_DOUBLE);
        assertThat(random.nextGaussian()).isEqualTo(GOLDEN_GAUSSIAN);
        assertThat(random.exponentialNanos(1_000_000)).isEqualTo(GOLDEN_EXPONENTIAL);
    }

    @Test
    void anotherPurposeOrSeedIsAnotherStream() {
        Set<Long> firsts = new HashSet<>();
        for (long seed = 0; seed < 100; seed++) {
            for (String purpose : new String[] {"loss", "jitter", "link a > b", "link b > a"}) {
                firsts.add(RandomStream.of(seed, purpose).nextLong());
            }
        }
        assertThat(firsts).hasSize(400);
    }

    @Test
    void betweenReachesBothEndsAndNothingBeyond() {
        RandomStream random = RandomStream.of(7, "between");
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            seen.add(random.between(-2, 2));
        }
        assertThat(seen).containsExactlyInAnyOrder(-2L, -1L, 0L, 1L, 2L);
        assertThat(random.between(5, 5)).isEqualTo(5);
        assertThatIllegalArgumentException().isThrownBy(() -> random.between(2, 1));
    }

    @Test
    void betweenRefusesWhatItCouldNotSpreadEvenly() {
        RandomStream random = RandomStream.of(7, "between");
        long widest = (1L << 53) - 1;
        for (int i = 0; i < 1000; i++) {
            assertThat(random.between(Long.MAX_VALUE - widest, Long.MAX_VALUE))
                    .isBetween(Long.MAX_VALUE - widest, Long.MAX_VALUE);
            assertThat(random.between(Long.MIN_VALUE, Long.MIN_VALUE + widest)).isLessThanOrEqualTo(-widest);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> random.between(0, 1L << 53));
        assertThatIllegalArgumentException().isThrownBy(() -> random.between(Long.MIN_VALUE, Long.MAX_VALUE));
    }

    @Test
    void chanceComesTrueInItsShareOfCalls() {
        RandomStream random = RandomStream.of(3, "chance");
        int hits = 0;
        for (int i = 0; i < 100_000; i++) {
            hits += random.chance(0.3) ? 1 : 0;
        }
        assertThat(hits / 100_000.0).isCloseTo(0.3, within(0.005));
        assertThat(random.chance(0)).isFalse();
        assertThat(random.chance(1)).isTrue();
    }

    @Test
    void gaussianHasMeanZeroAndDeviationOne() {
        RandomStream random = RandomStream.of(4, "gaussian");
        double sum = 0;
        double squares = 0;
        int n = 100_000;
        for (int i = 0; i < n; i++) {
            double value = random.nextGaussian();
            sum += value;
            squares += value * value;
        }
        assertThat(sum / n).isCloseTo(0, within(0.02));
        assertThat(Math.sqrt(squares / n)).isCloseTo(1, within(0.02));
    }

    @Test
    void exponentialHasItsMeanAndIsNeverZero() {
        RandomStream random = RandomStream.of(5, "exponential");
        double sum = 0;
        int n = 100_000;
        for (int i = 0; i < n; i++) {
            long value = random.exponentialNanos(1_000_000);
            assertThat(value).isPositive();
            sum += value;
        }
        assertThat(sum / n).isCloseTo(1_000_000, within(20_000.0));
    }

    private static final long GOLDEN_LONG = -2_852_752_694_724_737_463L;
    private static final double GOLDEN_DOUBLE = 0.3682206368928409;
    private static final double GOLDEN_GAUSSIAN = -0.6108949993304119;
    private static final long GOLDEN_EXPONENTIAL = 497_147L;
}
