// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.examples.HongyanProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class DemoIT {

    @Test
    void losesNothingAndShowsTheTable() {
        try (HongyanProcess demo = HongyanProcess.start("demo")) {
            assertThat(demo.awaitExit()).as("%s %s", demo.out(), demo.err()).isZero();

            assertThat(demo.out().subList(demo.out().size() - 7, demo.out().size()))
                    .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
            assertThat(String.join("\n", demo.out()))
                    .contains("alice", "bob", "carol")
                    .contains("sent", "delivered", "doubled", "out of order", "latency", "retransmitted")
                    .containsPattern("alice → bob +TCP → UDP +\\d+ .* [1-9]\\d*\n")
                    .containsPattern("bob → alice +UDP → TCP +\\d+ .* [1-9]\\d*\n");
        }
    }
}
