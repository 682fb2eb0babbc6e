// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The last line of a run. All keys are always there, in the order of {@code docs/guide/cli.md}; what does not apply is
 * {@code null}.
 */
final class LoadResult {

    private static final String[] KEYS = {
        "transport",
        "pairs",
        "size",
        "mode",
        "await",
        "sent",
        "delivered",
        "lost",
        "duplicated",
        "out_of_order",
        "seconds",
        "msgs_per_s",
        "p50_ms",
        "p95_ms",
        "p99_ms",
        "p999_ms",
        "max_ms",
        "receipt_p50_ms",
        "receipt_p99_ms",
        "sessions",
        "server_cpu_us_per_msg",
        "server_cpu_share"
    };

    private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

    LoadResult() {
        for (String key : KEYS) {
            values.put(key, null);
        }
    }

    LoadResult put(String key, @Nullable Object value) {
        if (!values.containsKey(key)) {
            throw new IllegalArgumentException("no such key: " + key);
        }
        values.put(key, value);
        return this;
    }

    /** {@code RESULT {...}} with numbers in plain notation. */
    String line() {
        return values.entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\":" + json(entry.getValue()))
                .collect(Collectors.joining(",", "RESULT {", "}"));
    }

    private static String json(@Nullable Object value) {
        if (value instanceof Double number) {
            return String.format(Locale.ROOT, "%.3f", number);
        }
        return value instanceof String text ? "\"" + text + "\"" : String.valueOf(value);
    }
}
