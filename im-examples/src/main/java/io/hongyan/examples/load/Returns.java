// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import io.hongyan.client.ConnectionListener;
import io.hongyan.client.ServerAddress;
import io.hongyan.protocol.ReasonCode;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * When each of many sessions was lost first and when it was back, as counts per second from the first loss. Listeners may
 * be called on several threads.
 */
final class Returns {
    private static final long NEVER = Long.MIN_VALUE;
    private static final double NANOS = 1e9;

    private final LongSupplier nanoTime;
    private final AtomicLongArray leftNanos;
    private final AtomicLongArray backNanos;
    private final AtomicIntegerArray attempts;
    private final CountDownLatch missing;

    Returns(int sessions, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.leftNanos = new AtomicLongArray(sessions);
        this.backNanos = new AtomicLongArray(sessions);
        this.attempts = new AtomicIntegerArray(sessions);
        for (int i = 0; i < sessions; i++) {
            leftNanos.set(i, NEVER);
            backNanos.set(i, NEVER);
        }
        this.missing = new CountDownLatch(sessions);
    }

    /** What hears of one session. */
    ConnectionListener of(int session) {
        return new ConnectionListener() {
            @Override
            public void connected(ServerAddress server) {
                back(session);
            }

            @Override
            public void disconnected(ReasonCode reason, long retryMillis) {
                leftNanos.compareAndSet(session, NEVER, nanoTime.getAsLong());
            }

            @Override
            public void reconnecting(ServerAddress server) {
                attempts.incrementAndGet(session);
            }
        };
    }

    /** Waits until all are back; false when not all are in time. */
    boolean await(Duration time) throws InterruptedException {
        return missing.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Sessions that were not lost, or are not back. */
    long missing() {
        return missing.getCount();
    }

    /** {@code BACK {...}}: how many, after how long the last left and the last was back, and how they were spread. */
    String line() {
        long first = Long.MAX_VALUE;
        for (int i = 0; i < leftNanos.length(); i++) {
            if (leftNanos.get(i) != NEVER) {
                first = Math.min(first, leftNanos.get(i));
            }
        }
        long tries = 0;
        for (int i = 0; i < attempts.length(); i++) {
            tries += attempts.get(i);
        }
        return String.format(
                Locale.ROOT,
                "BACK {\"sessions\":%d,\"attempts\":%d,\"all_left_s\":%.3f,\"all_back_s\":%.3f,"
                        + "\"left_per_s\":%s,\"back_per_s\":%s}",
                leftNanos.length() - missing.getCount(),
                tries,
                last(leftNanos, first),
                last(backNanos, first),
                perSecond(leftNanos, first),
                perSecond(backNanos, first));
    }

    private void back(int session) {
        if (leftNanos.get(session) != NEVER && backNanos.compareAndSet(session, NEVER, nanoTime.getAsLong())) {
            missing.countDown();
        }
    }

    private static double last(AtomicLongArray times, long first) {
        long last = first;
        for (int i = 0; i < times.length(); i++) {
            if (times.get(i) != NEVER) {
                last = Math.max(last, times.get(i));
            }
        }
        return (last - first) / NANOS;
    }

    private static String perSecond(AtomicLongArray times, long first) {
        int[] counts = new int[(int) last(times, first) + 1];
        for (int i = 0; i < times.length(); i++) {
            if (times.get(i) != NEVER) {
                counts[(int) ((times.get(i) - first) / NANOS)]++;
            }
        }
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < counts.length; i++) {
            text.append(i == 0 ? "" : ",").append(counts[i]);
        }
        return text.append(']').toString();
    }
}
