// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RudpConfigTest {
    @Test
    void reportsAllMistakesAtOnce() {
        assertThatThrownBy(() -> RudpConfig.builder()
                        .clientIdBytes(3)
                        .maxConnections(0)
                        .idleTimeoutMillis(1)
                        .sendBufferBytes(1000)
                        .maxDatagramBytes(1453)
                        .maxBulkBytes(-1)
                        .windowGrowthBytes(-1)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("clientIdBytes")
                .hasMessageContaining("maxConnections")
                .hasMessageContaining("idleTimeoutMillis")
                .hasMessageContaining("sendBufferBytes")
                .hasMessageContaining("maxBulkBytes")
                .hasMessageContaining("windowGrowthBytes")
                .hasMessageContaining("maxDatagramBytes");
    }

    @Test
    void growsBuffersWithTheLargestMessage() {
        assertThat(RudpConfig.defaults().sendBufferBytes()).isEqualTo(256 << 10);
        RudpConfig large = RudpConfig.builder().maxMessageBytes((1 << 20) + 4).build();
        assertThat(large.receiveWindowBytes()).isGreaterThan(3 << 20);
    }
}
