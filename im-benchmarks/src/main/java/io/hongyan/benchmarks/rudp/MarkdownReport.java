// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.rudp;

import io.hongyan.benchmarks.measure.Latencies;
import io.hongyan.simnet.Lateness;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The results as a page of tables. */
final class MarkdownReport {

    private static final double MILLI_NANOS = 1e6;

    private final RudpResults results;
    private final List<String> lines = new ArrayList<>();

    private MarkdownReport(RudpResults results) {
        this.results = results;
    }

    /**
     * The page.
     *
     * @param withPlots whether it shows the pictures that lie beside it
     */
    static String of(RudpResults results, boolean withPlots) {
        MarkdownReport report = new MarkdownReport(results);
        report.head();
        report.results.chat().forEach((bad, rows) -> report.chat(bad, rows, withPlots));
        if (!results.chat().isEmpty()) {
            report.rows();
        }
        if (withPlots && results.chat().keySet().stream().anyMatch(ChatCase::isPlainLoss)) {
            report.picture("Bytes on the wire", "wire.svg");
        }
        if (!results.bulk().isEmpty()) {
            report.bulk(withPlots);
        }
        return String.join("\n", report.lines) + "\n";
    }

    private void head() {
        Lateness late = results.lateness();
        lines.add("# Reliable UDP beside KCP, QUIC and TCP: figures");
        lines.add("");
        lines.add("Made by `java -jar im-benchmarks/target/benchmarks.jar rudp`; what is measured and how is told in"
                + " `docs/performance/udp.md`.");
        lines.add("");
        lines.add("- " + results.machine());
        lines.add(text(
                "- %d seeds of %,d messages for each case and row, %d seeds at a time",
                results.plan().seeds(),
                results.plan().messages(),
                results.plan().parallel()));
        lines.add(text(
                "- the relays were late by %s ms on average, %s ms at p99, %s ms at most",
                millis(late.averageNanos(), 2), millis(late.quantileNanos(0.99), 2), millis(late.maxNanos(), 1)));
        if (RudpResults.isTooLate(late)) {
            lines.add(
                    "- **the machine did not keep up: p99 of the lateness is above 2 ms. Do not trust these figures.**");
        }
        results.leftOut().forEach(sentence -> lines.add("- left out: " + sentence));
        lines.add("");
    }

    private void chat(ChatCase bad, Map<Row, ChatTally> rows, boolean withPlots) {
        Latencies ordered = RudpResults.bound(bad, true);
        Latencies unordered = RudpResults.bound(bad, false);
        lines.add("## Chat: " + bad.title());
        lines.add("");
        lines.add("| | p50 ms | p95 ms | p99 ms | max ms | p99 ÷ bound | bytes ÷ payload | packets there, back |");
        lines.add("|---|---|---|---|---|---|---|---|");
        rows.forEach((row, tally) -> {
            Latencies bound = row.isOrdered() ? ordered : unordered;
            lines.add(text(
                    "| %s | %s | %s | %.2f | %.2f, %.2f |%s",
                    row.name(),
                    quantiles(tally.latencies()),
                    ratio(tally.latencies(), bound),
                    tally.bytesPerPayload(),
                    tally.packetsPerMessage(),
                    tally.acksPerMessage(),
                    remarks(row, tally)));
        });
        lines.add(text("| *bound: retransmission, in order* | %s | 1 | | |", quantiles(ordered)));
        if (rows.keySet().stream().anyMatch(row -> !row.isOrdered())) {
            lines.add(text("| *bound: retransmission, without order* | %s | 1 | | |", quantiles(unordered)));
        }
        lines.add("");
        Lateness late = rows.values().stream().map(ChatTally::lateness).reduce(Lateness.NONE, Lateness::plus);
        if (RudpResults.isTooLate(late)) {
            lines.add(text("**Relays late: p99 %s ms.**", millis(late.quantileNanos(0.99), 2)));
            lines.add("");
        }
        if (withPlots) {
            picture("Latency by percentile, " + bad.title(), "latency-" + bad.id() + ".svg");
        }
    }

    /** What concerns a row in every case. */
    private void rows() {
        Set<Row> rows = new LinkedHashSet<>();
        results.chat().values().forEach(cells -> rows.addAll(cells.keySet()));
        lines.add("## The rows");
        lines.add("");
        lines.add("| | protection | order |");
        lines.add("|---|---|---|");
        rows.forEach(row -> lines.add(
                text("| %s | %s | %s |", row.name(), row.protection(), row.isOrdered() ? "in order" : "none")));
        lines.add("");
    }

    private void bulk(boolean withPlots) {
        lines.add(text(
                "## Bulk: %d MB through 20 Mbit/s, RTT 50 ms, queue 128 KiB",
                results.plan().bulkBytes() / 1_000_000));
        lines.add("");
        StringBuilder head = new StringBuilder("| goodput Mbit/s, [bytes ÷ payload]");
        results.bulk().keySet().forEach(loss -> head.append(text(" | %.0f %% loss", 100 * loss)));
        lines.add(head + " |");
        lines.add("|---".repeat(1 + results.bulk().size()) + "|");
        Set<Row> rows = new LinkedHashSet<>();
        results.bulk().values().forEach(cells -> rows.addAll(cells.keySet()));
        for (Row row : rows) {
            StringBuilder line = new StringBuilder("| " + row.name());
            results.bulk().values().forEach(cells -> {
                BulkTally tally = cells.get(row);
                line.append(
                        tally == null
                                ? " | –"
                                : text(" | %.1f [%.2f]", tally.megabitsPerSecond(), tally.bytesPerPayload()));
            });
            lines.add(line + " |");
        }
        StringBuilder ceiling = new StringBuilder("| *ceiling: 1,300 of 1,350 bytes*");
        results.bulk().keySet().forEach(loss -> ceiling.append(text(" | %.1f", RudpResults.ceilingMegabits(loss))));
        lines.add(ceiling + " |");
        lines.add("");
        if (withPlots) {
            picture("Bulk goodput", "bulk.svg");
        }
    }

    private void picture(String name, String file) {
        lines.add("![" + name + "](" + file + ")");
        lines.add("");
    }

    private static String remarks(Row row, ChatTally tally) {
        StringBuilder remarks = new StringBuilder();
        if (tally.latencies().missing() > 0) {
            remarks.append(text(" %d not arrived;", tally.latencies().missing()));
        }
        if (tally.doubled() > 0) {
            remarks.append(text(" %d doubled;", tally.doubled()));
        }
        if (row.isOrdered() && tally.overtaken() > 0) {
            remarks.append(text(" %d out of order;", tally.overtaken()));
        }
        return remarks.isEmpty() ? "" : remarks.append(" |").toString();
    }

    private static String quantiles(Latencies latencies) {
        return String.join(
                " | ",
                shown(latencies.quantileNanos(0.50)),
                shown(latencies.quantileNanos(0.95)),
                shown(latencies.quantileNanos(0.99)),
                shown(latencies.maxNanos()));
    }

    private static String ratio(Latencies measured, Latencies bound) {
        long p99 = measured.quantileNanos(0.99);
        return p99 == Latencies.NEVER ? "–" : text("%.2f", p99 / (double) bound.quantileNanos(0.99));
    }

    /** Milliseconds, with a decimal where it says something. */
    private static String shown(long nanos) {
        if (nanos == Latencies.NEVER) {
            return "never";
        }
        return millis(nanos, nanos < 100 * MILLI_NANOS ? 1 : 0);
    }

    private static String millis(long nanos, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", nanos / MILLI_NANOS);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
