// SPDX-License-Identifier: Apache-2.0
package io.hongyan.server.netty;

import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.metrics.Metric;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.transport.netty.ServerTls;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then whether the certificates of a listener have changed, on a thread of its own: files may block. What
 * cannot be used is logged and counted once, and the certificate of before stays.
 */
@ThreadSafe
final class CertificateWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);

    private final ServerTls tls;
    private final ImMetrics metrics;
    private final ScheduledExecutorService thread;
    private final Future<?> looking;

    /** @param everyMillis 1 or more */
    CertificateWatch(ServerTls tls, ImMetrics metrics, long everyMillis) {
        this.tls = tls;
        this.metrics = metrics;
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "hongyan-certificates");
            made.setDaemon(true);
            return made;
        });
        this.looking = thread.scheduleWithFixedDelay(this::look, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
    }

    /** Looks at once. @return whether there is a new certificate */
    boolean look() {
        try {
            boolean reloaded = tls.reloadIfChanged();
            if (reloaded) {
                metrics.add(Metric.CERTIFICATES_RELOADED, 1);
                LOG.info("event=certificates_reloaded listener=\"{}\"", tls);
            }
            return reloaded;
        } catch (IOException | RuntimeException unusable) {
            metrics.add(Metric.CERTIFICATES_REFUSED, 1);
            LOG.warn(
                    "event=certificates_refused listener=\"{}\" detail=\"the ones of before stay\" cause=\"{}\"",
                    tls,
                    unusable.toString());
            return false;
        }
    }

    @Override
    public void close() {
        looking.cancel(false);
        thread.shutdown();
    }
}
