// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.rudp;

import io.hongyan.benchmarks.plot.BarPlot;
import io.hongyan.benchmarks.plot.PercentilePlot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** The results as pictures. */
final class PlotReport {

    private PlotReport() {}

    /** SVG documents by file name. */
    static Map<String, String> of(RudpResults results) {
        Map<String, String> pictures = new LinkedHashMap<>();
        results.chat().forEach((bad, rows) -> pictures.put("latency-" + bad.id() + ".svg", latency(bad, rows)));
        if (results.chat().keySet().stream().anyMatch(ChatCase::isPlainLoss)) {
            pictures.put("wire.svg", wire(results));
        }
        if (!results.bulk().isEmpty()) {
            pictures.put("bulk.svg", bulk(results));
        }
        return pictures;
    }

    private static String latency(ChatCase bad, Map<Row, ChatTally> rows) {
        PercentilePlot plot = new PercentilePlot(
                "One-way latency by percentile: " + bad.title(),
                String.format(
                        Locale.ROOT,
                        "200-byte messages, 50 a second, RTT %.0f ms; lower is better",
                        bad.impairment().roundTripMillis()));
        plot.addBound("bound of retransmission in order", RudpResults.bound(bad, true));
        rows.forEach((row, tally) -> plot.add(row.name(), row.style(), tally.latencies()));
        return plot.svg();
    }

    private static String wire(RudpResults results) {
        BarPlot plot = new BarPlot(
                "Bytes on the wire for each byte of messages",
                "both directions with IP and UDP or TCP headers, handshake left out; less is better");
        Set<Row> rows = new LinkedHashSet<>();
        results.chat().values().forEach(cells -> rows.addAll(cells.keySet()));
        results.chat().forEach((bad, cells) -> {
            if (bad.isPlainLoss()) {
                plot.add(bad.title(), bars(rows, cells, ChatTally::bytesPerPayload), 1, "payload");
            }
        });
        return plot.svg();
    }

    private static String bulk(RudpResults results) {
        BarPlot plot = new BarPlot(
                String.format(
                        Locale.ROOT,
                        "Bulk goodput in Mbit/s: %d MB through 20 Mbit/s",
                        results.plan().bulkBytes() / 1_000_000),
                "RTT 50 ms, queue 128 KiB, loss behind the bottleneck; more is better");
        Set<Row> rows = new LinkedHashSet<>();
        results.bulk().values().forEach(cells -> rows.addAll(cells.keySet()));
        results.bulk()
                .forEach((loss, cells) -> plot.add(
                        String.format(Locale.ROOT, "%.0f %% loss", 100 * loss),
                        bars(rows, cells, BulkTally::megabitsPerSecond),
                        RudpResults.ceilingMegabits(loss),
                        String.format(Locale.ROOT, "ceiling %.1f", RudpResults.ceilingMegabits(loss))));
        return plot.svg();
    }

    private static <T> List<BarPlot.Bar> bars(Set<Row> rows, Map<Row, T> cells, ToDoubleFunction<T> figure) {
        List<BarPlot.Bar> bars = new ArrayList<>();
        for (Row row : rows) {
            T cell = cells.get(row);
            bars.add(new BarPlot.Bar(row.name(), row.style(), cell == null ? Double.NaN : figure.applyAsDouble(cell)));
        }
        return bars;
    }
}
