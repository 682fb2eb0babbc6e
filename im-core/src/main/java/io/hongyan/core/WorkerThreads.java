// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The node's own pools: a bounded number of named daemon threads, which end when they have nothing to do. */
final class WorkerThreads {
    private static final long IDLE_SECONDS = 10;

    private WorkerThreads() {}

    /**
     * A pool. Its queue is as long as there are lanes with something to do, each of which is bounded.
     *
     * @param name of the threads, followed by a number
     */
    static ThreadPoolExecutor pool(String name, int threads) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
