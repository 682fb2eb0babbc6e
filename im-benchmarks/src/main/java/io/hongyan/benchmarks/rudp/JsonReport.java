// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.rudp;

import com.alibaba.fastjson2.JSON;
import com.alibaba.fastjson2.JSONArray;
import com.alibaba.fastjson2.JSONObject;
import com.alibaba.fastjson2.JSONWriter;
import io.hongyan.benchmarks.measure.Latencies;
import io.hongyan.simnet.Lateness;
import org.jspecify.annotations.Nullable;

/** The results for programs. Latencies are milliseconds, and null where so many messages did not arrive. */
final class JsonReport {

    private static final double MILLI_NANOS = 1e6;

    private JsonReport() {}

    static String of(RudpResults results) {
        JSONObject all = new JSONObject();
        all.put("machine", results.machine());
        all.put("seeds", results.plan().seeds());
        all.put("messages", results.plan().messages());
        all.put("parallel", results.plan().parallel());
        all.put("left_out", new JSONArray(results.leftOut()));
        all.put("lateness", lateness(results.lateness()));
        JSONArray chat = new JSONArray();
        results.chat().forEach((bad, rows) -> {
            Latencies ordered = RudpResults.bound(bad, true);
            Latencies unordered = RudpResults.bound(bad, false);
            rows.forEach((row, tally) -> chat.add(chat(bad, row, tally, row.isOrdered() ? ordered : unordered)));
        });
        all.put("chat", chat);
        JSONArray bulk = new JSONArray();
        results.bulk().forEach((loss, rows) -> rows.forEach((row, tally) -> bulk.add(bulk(loss, row, tally))));
        all.put("bulk", bulk);
        return JSON.toJSONString(all, JSONWriter.Feature.PrettyFormat, JSONWriter.Feature.WriteMapNullValue) + "\n";
    }

    private static JSONObject chat(ChatCase bad, Row row, ChatTally tally, Latencies bound) {
        JSONObject cell = new JSONObject();
        cell.put("case", bad.id());
        cell.put("row", row.id());
        cell.put("messages", tally.latencies().count());
        cell.put("missing", tally.latencies().missing());
        cell.put("doubled", tally.doubled());
        cell.put("overtaken", tally.overtaken());
        cell.put("p50_ms", millis(tally.latencies().quantileNanos(0.50)));
        cell.put("p95_ms", millis(tally.latencies().quantileNanos(0.95)));
        cell.put("p99_ms", millis(tally.latencies().quantileNanos(0.99)));
        cell.put("p999_ms", millis(tally.latencies().quantileNanos(0.999)));
        cell.put("max_ms", millis(tally.latencies().maxNanos()));
        cell.put("bound_p99_ms", millis(bound.quantileNanos(0.99)));
        cell.put("bytes_per_payload", rounded(tally.bytesPerPayload()));
        cell.put("packets_per_message", rounded(tally.packetsPerMessage()));
        cell.put("acks_per_message", rounded(tally.acksPerMessage()));
        cell.put("lateness", lateness(tally.lateness()));
        return cell;
    }

    private static JSONObject bulk(double loss, Row row, BulkTally tally) {
        JSONObject cell = new JSONObject();
        cell.put("loss", loss);
        cell.put("row", row.id());
        cell.put("goodput_mbit_s", rounded(tally.megabitsPerSecond()));
        cell.put("bytes_per_payload", rounded(tally.bytesPerPayload()));
        cell.put("whole", tally.isWhole());
        cell.put("lateness", lateness(tally.lateness()));
        return cell;
    }

    private static JSONObject lateness(Lateness late) {
        JSONObject cell = new JSONObject();
        cell.put("average_ms", millis(late.averageNanos()));
        cell.put("p99_ms", millis(late.quantileNanos(0.99)));
        cell.put("max_ms", millis(late.maxNanos()));
        return cell;
    }

    private static @Nullable Double millis(long nanos) {
        return nanos == Latencies.NEVER ? null : rounded(nanos / MILLI_NANOS);
    }

    private static @Nullable Double rounded(double value) {
        return Double.isNaN(value) ? null : Math.round(value * 1000) / 1000.0;
    }
}
