// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.examples.HongyanProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
@Tag("once")
class RelayIT {

    @Test
    void messagesCrossABadLinkAndNoneIsLost() {
        try (HongyanProcess server = HongyanProcess.server("--no-rate-limits");
                HongyanProcess relay = HongyanProcess.start(
                        "relay", "--to", server.url("udp"), "--delay", "10", "--loss", "10", "--seed", "7")) {
            relay.awaitOut("READY");
            try (HongyanProcess load = load(relay.url("udp"))) {
                assertThat(load.awaitExit()).as("%s", load.err()).isZero();
                assertThat(load.awaitOut("RESULT")).contains("\"lost\":0,\"duplicated\":0,\"out_of_order\":0");
            }
            relay.signal("TERM");
            assertThat(relay.awaitExit()).isZero();
            String counters = relay.awaitOut("RELAY");
            assertThat(counters).doesNotContain("\"up_lost\":0,").doesNotContain("\"down_lost\":0,");
        }
    }

    @Test
    void whatIsNoLinkIsAUsageError() {
        try (HongyanProcess unknown =
                        HongyanProcess.start("relay", "--to", "udp://127.0.0.1:9", "--profile", "carrier-pigeon");
                HongyanProcess tcp = HongyanProcess.start("relay", "--to", "tcp://127.0.0.1:9");
                HongyanProcess loss = HongyanProcess.start("relay", "--to", "udp://127.0.0.1:9", "--loss", "101")) {
            assertThat(unknown.awaitExit()).isEqualTo(2);
            assertThat(unknown.awaitErr("carrier-pigeon")).contains("wifi");
            assertThat(tcp.awaitExit()).isEqualTo(2);
            assertThat(loss.awaitExit()).isEqualTo(2);
        }
    }

    private static HongyanProcess load(String url) {
        String options = "--pairs 2 --size 100 --rate 100 --warmup 1 --seconds 2 --server " + url;
        return HongyanProcess.start(("load " + options).split(" "));
    }
}
