// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import com.alibaba.fastjson2.JSON;
import com.alibaba.fastjson2.JSONObject;
import io.hongyan.benchmarks.measure.Latencies;
import io.hongyan.benchmarks.road.Traffic;
import io.hongyan.simnet.Lateness;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static final Row OURS = Rows.chat(null).get(0);
    private static final Row THEIRS = Rows.chat(null).get(5);

    @Test
    void aRowHasItsPercentilesItsRatioAndItsBytes() {
        assertThat(MarkdownReport.of(results(), false).lines())
                .contains("| Hongyan | 25.5 | 76.0 | 150 | 150 | 2.00 | 1.50 | 1.00, 0.80 |")
                .contains("| *bound: retransmission, in order* | 25.0 | 75.0 | 75.0 | 175 | 1 | | |");
    }

    @Test
    void messagesThatDidNotArriveAreCountedAloud() {
        assertThat(MarkdownReport.of(results(), false).lines())
                .filteredOn(line -> line.startsWith("| QUIC, stream per message | 25.5"))
                .singleElement()
                .asString()
                .contains("| never | never | – |")
                .contains("2 not arrived; 3 doubled")
                .doesNotContain("out of order");
    }

    @Test
    void bulkStandsBesideItsCeiling() {
        assertThat(MarkdownReport.of(results(), false).lines())
                .contains("| Hongyan | 16.0 [1.25] | – |")
                .contains("| *ceiling: 1,300 of 1,350 bytes* | 19.3 | 18.3 |");
    }

    @Test
    void picturesAreShownWhereTheyLie() {
        Map<String, String> pictures = PlotReport.of(results());
        String page = MarkdownReport.of(results(), true);

        assertThat(pictures).containsOnlyKeys("latency-5.svg", "wire.svg", "bulk.svg");
        assertThat(pictures.keySet()).allSatisfy(file -> assertThat(page).contains("](" + file + ")"));
    }

    @Test
    void whatWasLeftOutIsSaid() {
        assertThat(MarkdownReport.of(results(), false)).contains("- left out: kernel TCP: not here\n");
    }

    @Test
    void programsReadTheSame() {
        JSONObject all = JSON.parseObject(JsonReport.of(results()));
        JSONObject ours = all.getJSONArray("chat").getJSONObject(0);
        JSONObject theirs = all.getJSONArray("chat").getJSONObject(1);

        assertThat(ours.getString("row")).isEqualTo("hongyan");
        assertThat(ours.getDoubleValue("p99_ms")).isEqualTo(150);
        assertThat(ours.getDoubleValue("bound_p99_ms")).isEqualTo(75);
        assertThat(ours.getDoubleValue("bytes_per_payload")).isEqualTo(1.5);
        assertThat(theirs).containsEntry("p99_ms", null).containsEntry("missing", 2);
        assertThat(all.getJSONArray("bulk").getJSONObject(0).getDoubleValue("goodput_mbit_s"))
                .isEqualTo(16);
    }

    private static RudpResults results() {
        long[] ours = new long[100];
        for (int i = 0; i < 100; i++) {
            ours[i] = i < 95 ? 25_500_000 : i < 99 ? 76_000_000 : 150_000_000;
        }
        long[] theirs = ours.clone();
        theirs[98] = Latencies.NEVER;
        theirs[99] = Latencies.NEVER;
        Map<Row, ChatTally> chat = new LinkedHashMap<>();
        chat.put(OURS, new ChatTally(Latencies.of(ours), new Traffic(100, 26_000, 80, 4_000), Lateness.NONE, 0, 0));
        chat.put(THEIRS, new ChatTally(Latencies.of(theirs), new Traffic(100, 26_000, 80, 4_000), Lateness.NONE, 3, 5));
        Map<Double, Map<Row, BulkTally>> bulk = new LinkedHashMap<>();
        bulk.put(
                0.0,
                Map.of(
                        OURS,
                        new BulkTally(
                                10_000_000,
                                5_000_000_000L,
                                true,
                                new Traffic(9_000, 12_000_000, 1, 500_000),
                                Lateness.NONE)));
        bulk.put(0.05, Map.of());
        return new RudpResults(
                RudpPlan.QUICK, "a machine", List.of("kernel TCP: not here"), Map.of(ChatCase.LOSS_5, chat), bulk);
    }
}
