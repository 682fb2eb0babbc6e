// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LoadResultTest {

    @Test
    void holdsEveryKeyAndNullWhereNothingApplies() {
        assertThat(new LoadResult()
                        .put("transport", "tcp")
                        .put("sent", 3L)
                        .put("p50_ms", 0.25)
                        .line())
                .isEqualTo("RESULT {\"transport\":\"tcp\",\"pairs\":null,\"size\":null,\"mode\":null,\"await\":null,"
                        + "\"sent\":3,\"delivered\":null,\"lost\":null,\"duplicated\":null,\"out_of_order\":null,"
                        + "\"seconds\":null,\"msgs_per_s\":null,\"p50_ms\":0.250,\"p95_ms\":null,\"p99_ms\":null,"
                        + "\"p999_ms\":null,\"max_ms\":null,\"receipt_p50_ms\":null,\"receipt_p99_ms\":null,"
                        + "\"sessions\":null,\"server_cpu_us_per_msg\":null,\"server_cpu_share\":null}");
    }

    @Test
    void takesNoOtherKey() {
        assertThatThrownBy(() -> new LoadResult().put("p42_ms", 1.0)).isInstanceOf(IllegalArgumentException.class);
    }
}
