// SPDX-License-Identifier: Apache-2.0
package io.hongyan.server.netty;

import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.metrics.Metric;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.transport.netty.TransportEvents;

/** Counts what listeners turn away. */
@ThreadSafe
record MeteredEvents(ImMetrics metrics) implements TransportEvents {
    @Override
    public void refused(ReasonCode code) {
        metrics.add(Metric.CONNECTIONS_REFUSED, code, 1);
    }

    @Override
    public void tlsHandshakeFailed() {
        metrics.add(Metric.TLS_HANDSHAKES_FAILED, 1);
    }

    @Override
    public void acceptingPaused() {
        metrics.add(Metric.ACCEPTING_PAUSED, 1);
    }
}
