// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatenciesTest {

    @Test
    void quantilesAreThoseOfTheSortedLatencies() {
        Latencies latencies =
                Latencies.of(LongStream.rangeClosed(1, 100).map(i -> 101 - i).toArray());

        assertThat(latencies.quantileNanos(0)).isEqualTo(1);
        assertThat(latencies.quantileNanos(0.5)).isEqualTo(51);
        assertThat(latencies.quantileNanos(0.99)).isEqualTo(100);
        assertThat(latencies.maxNanos()).isEqualTo(100);
        assertThat(latencies.count()).isEqualTo(100);
        assertThat(latencies.missing()).isZero();
    }

    @Test
    void whatDidNotArriveIsLaterThanAllElse() {
        Latencies latencies = Latencies.of(5, Latencies.NEVER, 1, Latencies.NEVER);

        assertThat(latencies.missing()).isEqualTo(2);
        assertThat(latencies.quantileNanos(0.25)).isEqualTo(5);
        assertThat(latencies.quantileNanos(0.5)).isEqualTo(Latencies.NEVER);
        assertThat(latencies.maxNanos()).isEqualTo(Latencies.NEVER);
    }

    @Test
    void aPoolIsSortedAnew() {
        Latencies pool = Latencies.pooled(List.of(Latencies.of(3, 1), Latencies.of(2)));

        assertThat(pool.quantileNanos(0.34)).isEqualTo(2);
        assertThat(pool.count()).isEqualTo(3);
    }

    @Test
    void nothingHasNoQuantile() {
        assertThatIllegalStateException().isThrownBy(() -> Latencies.of().quantileNanos(0.5));
    }
}
