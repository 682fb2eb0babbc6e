// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.ThreadSafe;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls foreign code and survives it: whatever a listener throws ends here, with one log line a minute for each class
 * of listener.
 */
@ThreadSafe
final class ListenerInvoker {

    private static final Logger LOG = LoggerFactory.getLogger(ListenerInvoker.class);
    private static final long QUIET_NANOS = 60_000_000_000L;

    private final LongSupplier nanoTime;
    /** When each class was last logged. As many entries as there are classes of listeners. */
    private final Map<String, Long> loggedNanos = new ConcurrentHashMap<>();

    ListenerInvoker(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void message(MessageListener listener, IncomingMessage message) {
        try {
            listener.onMessage(message);
        } catch (Throwable thrown) {
            threw(listener, thrown);
        }
    }

    /** @param listener whom the call is about, for the log */
    void call(Object listener, Runnable call) {
        try {
            call.run();
        } catch (Throwable thrown) {
            threw(listener, thrown);
        }
    }

    private void threw(Object listener, Throwable thrown) {
        long now = nanoTime.getAsLong();
        String name = listener.getClass().getName();
        Long before = loggedNanos.get(name);
        if (before == null || now - before >= QUIET_NANOS) {
            loggedNanos.put(name, now);
            LOG.warn("listener={} threw; further ones are silent for a minute", name, thrown);
        }
    }
}
