// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import io.hongyan.core.inbound.Reception;
import io.hongyan.core.session.WorkerPool;
import io.hongyan.core.time.Housekeeper;
import io.hongyan.core.time.NanoClock;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way a node stops without losing what it accepted, step by step, each until it is done or its time is up:
 *
 * <pre>
 *   nothing new is taken; clients are told to go (GOAWAY)
 *     ─► lanes empty: what was accepted is routed                      ┐ within the drain
 *     ─► each session ends when all that was sent to it is counted     ┘
 *     ─► the rest is ended (KICK SERVER_STOPPING), what they had not counted goes back to the store
 *     ─► closed
 * </pre>
 */
@ThreadSafe
final class Stopping {
    private static final Logger LOG = LoggerFactory.getLogger(Stopping.class);
    private static final long LOOK_NANOS = 5_000_000L;
    private static final long CLOSE_NANOS = 2_000_000_000L;
    private static final String WHY = "the server is being stopped";

    private final Reception reception;
    private final WorkerPool workers;
    private final Housekeeper housekeeper;
    private final NanoClock clock;
    private final long drainNanos;
    private final Runnable stopped;

    /** @param stopped called once, on the housekeeper, when no connection and no callback is left or waited for */
    Stopping(
            Reception reception,
            WorkerPool workers,
            Housekeeper housekeeper,
            NanoClock clock,
            long drainNanos,
            Runnable stopped) {
        this.reception = reception;
        this.workers = workers;
        this.housekeeper = housekeeper;
        this.clock = clock;
        this.drainNanos = drainNanos;
        this.stopped = stopped;
    }

    void begin() {
        long begin = clock.nanoTime();
        LOG.info("event=stopping connections={} drain_ms={}", reception.connections(), drainNanos / 1_000_000);
        reception.stop();
        int leaveWithinMillis = (int) Math.min(Integer.MAX_VALUE, drainNanos / 1_000_000);
        reception.forEachConnection(input -> input.goAway(leaveWithinMillis, comeBackAfterMillis(), WHY));
        until(() -> workers.busyLanes() == 0, begin, drainNanos, () -> endIdle(begin));
    }

    private void endIdle(long begin) {
        reception.forEachConnection(input -> input.leaveWhenIdle());
        until(() -> reception.connections() == 0, begin, drainNanos, this::endAll);
    }

    private void endAll() {
        if (reception.connections() > 0) {
            LOG.info("event=drain_over connections_left={}", reception.connections());
        }
        reception.forEachConnection(input -> input.end(ReasonCode.SERVER_STOPPING, WHY));
        until(() -> reception.connections() == 0 && workers.busyLanes() == 0, clock.nanoTime(), CLOSE_NANOS, stopped);
    }

    private void until(BooleanSupplier done, long begin, long mostNanos, Runnable next) {
        if (done.getAsBoolean() || clock.nanoTime() - begin >= mostNanos) {
            next.run();
        } else {
            housekeeper.schedule(LOOK_NANOS, () -> until(done, begin, mostNanos, next));
        }
    }

    private static int comeBackAfterMillis() {
        int hint = ReasonCode.SERVER_STOPPING.delayMillis();
        return hint + ThreadLocalRandom.current().nextInt(hint);
    }
}
