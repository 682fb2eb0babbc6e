// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void allMistakesOfAStreamAreReportedTogether() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamOptions.builder()
                        .maxFrameBytes(10)
                        .backlog(0)
                        .closeTimeoutMillis(-1)
                        .build())
                .withMessageContaining("maxFrameBytes")
                .withMessageContaining("backlog")
                .withMessageContaining("closeTimeoutMillis");
    }

    @Test
    void theMarksOfAStreamAreInOrder() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        StreamOptions.builder().bulkHighWaterBytes(128 << 10).build())
                .withMessageContaining("HighWaterBytes");
        assertThat(StreamOptions.defaults().lowWaterBytes())
                .isLessThan(StreamOptions.defaults().bulkHighWaterBytes());
    }

    @Test
    void allMistakesOfUdpAreReportedTogether() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        UdpOptions.builder().readBatch(0).maxOverflowBytes(5).build())
                .withMessageContaining("readBatch")
                .withMessageContaining("maxOverflowBytes");
    }

    @Test
    void loopsAreOneTo255() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IoLoops.builder().threads(0))
                .withMessageContaining("1 to 255");
    }
}
