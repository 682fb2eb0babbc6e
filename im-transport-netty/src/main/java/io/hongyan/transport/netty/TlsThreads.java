// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.ThreadSafe;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs what a TLS handshake calculates, so that a flood of handshakes waits here while the event loops go on. One set per
 * listener; threads begin when needed, and end after a rest of 10 s or with the listening socket.
 *
 * <p>Its queue holds one task for each handshake under way, and those are links that have not become connections: as many
 * as {@link StreamOptions#maxSilentLinks()} for each loop at most.
 */
@ThreadSafe
final class TlsThreads implements Executor {
    private static final long IDLE_SECONDS = 10;

    private final ThreadPoolExecutor pool;

    TlsThreads() {
        int size = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        AtomicInteger number = new AtomicInteger();
        this.pool = new ThreadPoolExecutor(
                size, size, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "hongyan-tls-" + number.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
    }

    /** @throws java.util.concurrent.RejectedExecutionException when the listening socket is closed: its handshake fails */
    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    void close() {
        pool.shutdown();
    }
}
