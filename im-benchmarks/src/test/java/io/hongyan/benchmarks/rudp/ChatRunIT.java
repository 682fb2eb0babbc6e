// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.rudp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.hongyan.benchmarks.road.TunNetwork;
import io.hongyan.protocol.rudp.CongestionControl;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real sockets, one second: our engine and one peer over the same bad links. */
@Timeout(120)
@Tag("once")
class ChatRunIT {

    @Test
    void everyMessageArrivesOnceInOrderAndIsPaidForInBytes() throws Exception {
        List<Row> rows = Rows.chat(null).stream()
                .filter(row -> row.id().equals("hongyan") || row.id().equals("kcp"))
                .toList();

        Map<Row, ChatTally> tallies = new ChatRun(rows, 50).run(ChatCase.LOSS_10, List.of(1L, 2L));

        assertThat(tallies.keySet()).containsExactlyElementsOf(rows);
        assertThat(tallies.values()).allSatisfy(tally -> {
            assertThat(tally.latencies().count()).isEqualTo(100);
            assertThat(tally.latencies().missing()).isZero();
            assertThat(tally.doubled()).isZero();
            assertThat(tally.overtaken()).isZero();
            assertThat(tally.latencies().quantileNanos(0)).isGreaterThanOrEqualTo(25_000_000);
            assertThat(tally.bytesPerPayload()).isBetween(1.3, 10.0);
            assertThat(tally.lateness().datagrams()).isPositive();
        });
    }

    @Test
    void kernelTcpCrossesTheSameLinks() throws Exception {
        try (TunNetwork network = openOrSkip()) {
            List<Row> rows = Rows.chat(network).stream()
                    .filter(row -> row.id().equals("tcp-cubic"))
                    .toList();

            ChatTally tally =
                    new ChatRun(rows, 50).run(ChatCase.LOSS_10, List.of(1L)).get(rows.get(0));

            assertThat(tally.latencies().missing()).isZero();
            assertThat(tally.overtaken()).isZero();
            assertThat(tally.latencies().quantileNanos(0)).isGreaterThanOrEqualTo(25_000_000);
            // 20 bytes of IP, 32 of TCP with timestamps, at least, and acknowledgements.
            assertThat(tally.bytesPerPayload()).isBetween(1.3, 10.0);
        }
    }

    /** How they share exactly is measured by the program; here neither may starve the other. */
    @Test
    void bulkLeavesRoomForKernelTcpAndTakesItsOwn() throws Exception {
        try (TunNetwork network = openOrSkip()) {
            FairShare.Shares shares = FairShare.share(network, CongestionControl.BBR, 128 << 10, 6_000_000_000L, 1);

            assertThat(shares.ours()).isBetween(1e6, 20e6);
            assertThat(shares.tcp()).isBetween(1e6, 20e6);
        }
    }

    @Test
    void bulkFillsItsBottleneckAndNoMore() throws Exception {
        List<Row> rows = Rows.bulk(null).stream()
                .filter(row -> row.id().equals("hongyan"))
                .toList();

        BulkTally tally = new BulkRun(500_000, 30).run(rows, 0, 1).get(rows.get(0));

        assertThat(tally.isWhole()).isTrue();
        assertThat(tally.bytes()).isEqualTo(500_000);
        assertThat(tally.megabitsPerSecond()).isBetween(0.5, 20.0);
        assertThat(tally.bytesPerPayload()).isGreaterThan(1);
    }

    private static TunNetwork openOrSkip() {
        try {
            return TunNetwork.open();
        } catch (IOException notAllowedHere) {
            return abort("no network namespace here: " + notAllowedHere.getMessage());
        }
    }
}
