// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.session.ListenerInvoker;
import io.hongyan.core.transport.Transport;
import io.hongyan.core.transport.TransportStats;
import io.hongyan.protocol.ThreadSafe;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Asks transports what they have counted, and tells the metrics what has come since they were asked last. */
@ThreadSafe
final class TransportCounts {
    private final List<Asked> all;
    private final ListenerInvoker invoker;
    private final ImMetrics metrics;

    TransportCounts(List<Transport> transports, ListenerInvoker invoker, ImMetrics metrics) {
        this.all = transports.stream().map(Asked::new).toList();
        this.invoker = invoker;
        this.metrics = metrics;
    }

    /** Asks those that have answered before. */
    void ask() {
        for (Asked one : all) {
            if (one.underWay.compareAndSet(false, true)) {
                invoker.stage(one.transport::stats).whenComplete((now, failure) -> answered(one, now, failure));
            }
        }
    }

    /** The last answers, in the order of the transports. */
    List<TransportStats> latest() {
        return all.stream().map(one -> one.latest).toList();
    }

    private void answered(Asked one, @Nullable TransportStats now, @Nullable Throwable failure) {
        if (now == null) {
            invoker.stageFailed(one.transport, failure == null ? new NullPointerException("no counts") : failure);
        } else {
            TransportStats before = one.latest;
            one.latest = now;
            for (Map.Entry<Metric, Long> count : now.counts().entrySet()) {
                long growth = count.getValue() - before.count(count.getKey());
                if (growth > 0) {
                    metrics.add(count.getKey(), growth);
                }
            }
        }
        one.underWay.set(false);
    }

    /** A transport; its answers come one after the other. */
    private static final class Asked {
        private final Transport transport;
        private final AtomicBoolean underWay = new AtomicBoolean();
        private volatile TransportStats latest;

        Asked(Transport transport) {
            this.transport = transport;
            this.latest = TransportStats.none(transport.name());
        }
    }
}
