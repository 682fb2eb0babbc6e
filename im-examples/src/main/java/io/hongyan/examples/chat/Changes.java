// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.chat;

import java.util.concurrent.TimeUnit;

/** Tells one thread that something changed. Its lock is the innermost: it calls nobody. For all threads. */
final class Changes {

    private long count;

    /** Something changed. */
    synchronized void tell() {
        count++;
        notifyAll();
    }

    /** How many changes there were so far. */
    synchronized long count() {
        return count;
    }

    /** Waits until there were more changes than these, at most so long. */
    synchronized void awaitMoreThan(long seen, long millis) throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (count == seen) {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
            if (leftMillis <= 0) {
                return;
            }
            wait(leftMillis);
        }
    }
}
