// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.transport;

import io.hongyan.core.metrics.Metric;
import io.hongyan.protocol.ThreadSafe;
import java.util.Map;
import java.util.Objects;

/**
 * What a transport holds now, and what it has counted since it was started.
 *
 * @param transport the carrier's short name
 * @param connections links that are open now
 * @param counts by metric, each only growing; the node passes their growth on to its metrics
 * @param dropped what came in and was dropped in silence, by reason, each only growing; among the counts in one sum
 */
@ThreadSafe
public record TransportStats(String transport, int connections, Map<Metric, Long> counts, Map<String, Long> dropped) {
    public TransportStats {
        Objects.requireNonNull(transport, "transport");
        counts = Map.copyOf(counts);
        dropped = Map.copyOf(dropped);
    }

    /** Of a transport that counts nothing. */
    public static TransportStats none(String transport) {
        return new TransportStats(transport, 0, Map.of(), Map.of());
    }

    /** A count; 0 if the transport has none of it. */
    public long count(Metric metric) {
        return counts.getOrDefault(metric, 0L);
    }
}
