// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.ReasonCode;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Remembers what listeners turned away. */
final class CountedEvents implements TransportEvents {
    final List<ReasonCode> refused = new CopyOnWriteArrayList<>();
    final AtomicInteger tlsFailures = new AtomicInteger();
    final AtomicInteger pauses = new AtomicInteger();

    @Override
    public void refused(ReasonCode code) {
        refused.add(code);
    }

    @Override
    public void tlsHandshakeFailed() {
        tlsFailures.incrementAndGet();
    }

    @Override
    public void acceptingPaused() {
        pauses.incrementAndGet();
    }
}
