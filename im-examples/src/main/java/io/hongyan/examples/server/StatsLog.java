// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.server;

import io.hongyan.core.Health;
import io.hongyan.core.NodeStats;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.metrics.MetricCounts;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.server.netty.ImServer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line in the log every so often: what a server holds, what it did since the last line, and how it is. Made of what the
 * library tells anybody.
 */
final class StatsLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StatsLog.class);
    private static final Metric[] RATED = {Metric.MESSAGES_IN, Metric.MESSAGES_OUT};
    private static final Metric[] CODED = {
        Metric.MESSAGES_REFUSED, Metric.LOGINS_REFUSED, Metric.SESSIONS_CLOSED,
    };

    private final ImServer server;
    private final MetricCounts counts;
    private final CountDownLatch over = new CountDownLatch(1);
    private final long everyNanos;

    // Its thread only.
    private final Map<Metric, Long> before = new EnumMap<>(Metric.class);
    private final Map<Metric, Map<ReasonCode, Long>> codesBefore = new EnumMap<>(Metric.class);

    private StatsLog(ImServer server, MetricCounts counts, long everyNanos) {
        this.server = server;
        this.counts = counts;
        this.everyNanos = everyNanos;
    }

    /** @param every 0 is never */
    static StatsLog start(ImServer server, MetricCounts counts, Duration every) {
        StatsLog log = new StatsLog(server, counts, every.toNanos());
        if (!every.isZero()) {
            Thread thread = new Thread(log::run, "hongyan-stats");
            thread.setDaemon(true);
            thread.start();
        }
        return log;
    }

    @Override
    public void close() {
        over.countDown();
    }

    private void run() {
        try {
            while (!over.await(everyNanos, TimeUnit.NANOSECONDS)) {
                ask();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask() {
        String line = line();
        server.health().whenComplete((health, failure) -> LOG.info("{} {}", line, line(health)));
    }

    private String line() {
        NodeStats now = server.stats();
        StringBuilder line = new StringBuilder("event=stats");
        line.append(" connections=").append(now.connections());
        line.append(" strangers=").append(now.strangers());
        line.append(" sessions=").append(now.sessions());
        line.append(" users=").append(now.users());
        for (Metric metric : RATED) {
            line.append(metric == Metric.MESSAGES_IN ? " in_per_s=" : " out_per_s=");
            line.append(String.format(Locale.ROOT, "%.1f", since(metric) * 1e9 / everyNanos));
        }
        for (Metric metric : CODED) {
            line.append(' ')
                    .append(metric.documentedName().substring(8).replace('.', '_'))
                    .append('=');
            appendCodes(line, metric);
        }
        line.append(" spilled=").append(since(Metric.MESSAGES_SPILLED));
        line.append(" ephemeral_dropped=").append(since(Metric.EPHEMERAL_DROPPED));
        line.append(" slowed=").append(since(Metric.SESSIONS_SLOWED));
        line.append(" retransmitted=").append(since(Metric.FRAMES_RETRANSMITTED));
        line.append(" datagrams_dropped=").append(since(Metric.DATAGRAMS_DROPPED));
        line.append(" callbacks_failed=").append(since(Metric.CALLBACKS_FAILED));
        Runtime jvm = Runtime.getRuntime();
        line.append(" heap_mib=").append((jvm.totalMemory() - jvm.freeMemory()) >> 20);
        line.append(" heap_max_mib=").append(jvm.maxMemory() >> 20);
        return line.toString();
    }

    private static String line(@Nullable Health health) {
        return health == null
                ? "alive=unknown"
                : "alive=" + health.alive() + " ready=" + health.ready() + " problems=\""
                        + String.join("; ", health.problems()) + "\"";
    }

    private void appendCodes(StringBuilder line, Metric metric) {
        Map<ReasonCode, Long> now = counts.byCode(metric);
        Map<ReasonCode, Long> then = codesBefore.getOrDefault(metric, Map.of());
        codesBefore.put(metric, now);
        int start = line.length();
        now.forEach((code, count) -> {
            long grown = count - then.getOrDefault(code, 0L);
            if (grown > 0) {
                line.append(line.length() == start ? "" : ",")
                        .append(code)
                        .append(':')
                        .append(grown);
            }
        });
        if (line.length() == start) {
            line.append('0');
        }
    }

    private long since(Metric metric) {
        long now = counts.of(metric);
        Long then = before.put(metric, now);
        return now - (then == null ? 0 : then);
    }
}
