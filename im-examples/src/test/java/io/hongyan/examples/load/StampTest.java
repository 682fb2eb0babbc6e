// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StampTest {

    @ParameterizedTest
    @ValueSource(ints = {8, 15, 16, 17, 100})
    void survivesEverySize(int size) {
        byte[] bytes = new byte[size];
        Stamp.write(bytes, 7, 123_456, 3_599_000_001_000L);
        ByteBuffer payload = ByteBuffer.wrap(bytes);

        assertThat(Stamp.belongsTo(payload, 7)).isTrue();
        assertThat(Stamp.sequence(payload)).isEqualTo(123_456);
        assertThat(Stamp.timeNanos(payload, 3_600_000_000_000L)).isEqualTo(3_599_000_001_000L);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 5_000_000_000L, 3_600_000_000_000L, 4_294_967_296_000L, 86_400_000_000_000L})
    void tellsTheTimeInRunsOfAnyLength(long sentNanos) {
        byte[] bytes = new byte[8];
        Stamp.write(bytes, 0, 0, sentNanos);

        for (long latency : new long[] {-1_000, 0, 1_000, 5_000_000_000L, 1_800_000_000_000L}) {
            assertThat(Stamp.timeNanos(ByteBuffer.wrap(bytes), sentNanos + latency))
                    .isEqualTo(sentNanos);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 100})
    void namesItsPair(int size) {
        byte[] bytes = new byte[size];
        Stamp.write(bytes, 7, 0, 0);

        assertThat(Stamp.belongsTo(ByteBuffer.wrap(bytes), 8)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    void foreignBytesAreNobodys(int size) {
        assertThat(Stamp.belongsTo(ByteBuffer.allocate(size), 0)).isFalse();
    }
}
