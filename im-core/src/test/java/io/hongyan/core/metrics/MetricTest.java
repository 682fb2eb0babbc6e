// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.NodeStats;
import io.hongyan.protocol.ReasonCode;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class MetricTest {
    /** The table in the guide has this enum's names, units and labels, in its order. */
    @Test
    void countsAreWhatTheGuideSays() throws IOException {
        List<String> rows = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            rows.add("| `" + metric.documentedName() + "` | " + metric.unit() + " | "
                    + (metric.byCode() ? "`code`" : "") + " |");
        }
        assertThat(rowsOf("hongyan[.][a-z.]+", 3))
                .isEqualTo(rows.stream().map(row -> row.replace("|  |", "| |")).toList());
        assertThat(rows).doesNotHaveDuplicates();
    }

    @Test
    void gaugesAreWhatTheGuideSays() throws IOException {
        List<String> names = Arrays.stream(NodeStats.class.getRecordComponents())
                .map(RecordComponent::getName)
                .map(name -> "| `" + name + "` |")
                .toList();
        assertThat(rowsOf("[a-z][A-Za-z]+", 1)).isEqualTo(names);
    }

    @Test
    void addsUpWithAndWithoutCodes() {
        MetricCounts counts = new MetricCounts();
        counts.add(Metric.LOGINS, 2);
        counts.add(Metric.LOGINS, 3);
        counts.add(Metric.LOGINS_REFUSED, ReasonCode.RATE_LIMITED, 1);
        counts.add(Metric.LOGINS_REFUSED, ReasonCode.SERVER_BUSY, 4);
        counts.add(Metric.LOGINS_REFUSED, ReasonCode.RATE_LIMITED, 1);
        assertThat(counts.of(Metric.LOGINS)).isEqualTo(5);
        assertThat(counts.of(Metric.LOGINS_REFUSED)).isEqualTo(6);
        assertThat(counts.of(Metric.LOGINS_REFUSED, ReasonCode.RATE_LIMITED)).isEqualTo(2);
        assertThat(counts.byCode(Metric.LOGINS_REFUSED))
                .hasSize(2)
                .containsEntry(ReasonCode.SERVER_BUSY, 4L)
                .containsEntry(ReasonCode.RATE_LIMITED, 2L);
        assertThat(counts.byCode(Metric.SESSIONS_CLOSED)).isEmpty();
    }

    /** The first cells of each row whose first one is such a name. */
    private static List<String> rowsOf(String name, int cells) throws IOException {
        String guide = Files.readString(Path.of("../docs/guide/metrics.md"), StandardCharsets.UTF_8);
        return Pattern.compile("^\\| `" + name + "` \\|" + "[^|]*\\|".repeat(cells - 1), Pattern.MULTILINE)
                .matcher(guide)
                .results()
                .map(row -> row.group())
                .toList();
    }
}
