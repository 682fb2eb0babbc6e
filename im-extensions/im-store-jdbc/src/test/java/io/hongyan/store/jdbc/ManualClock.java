// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.core.time.NanoClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that the test moves. */
final class ManualClock implements NanoClock {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000);

    @Override
    public long nanoTime() {
        return now.get();
    }

    void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
