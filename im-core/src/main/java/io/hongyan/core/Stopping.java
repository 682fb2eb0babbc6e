// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import io.hongyan.core.inbound.DeparturePlan;
import io.hongyan.core.inbound.Reception;
import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.routing.Mailboxes;
import io.hongyan.core.session.WorkerPool;
import io.hongyan.core.time.Housekeeper;
import io.hongyan.core.time.NanoClock;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way a node stops without losing what it accepted, step by step, each until it is done or its time is up:
 *
 * <pre>
 *   no connection and no login is taken; nothing is accepted for who is not here, unless it is stored durably
 *     ─► one after the other, over the window, sessions are told to go (GOAWAY)           ┐
 *     ─► each ends when all that was sent to it is counted, and all it sent is answered   │ within the drain
 *     ─► lanes run dry, the store has done what it was asked                              ┘
 *     ─► the rest is ended (KICK SERVER_STOPPING), what they had not counted goes back to the store
 *     ─► lanes and the store once more
 *     ─► closed
 * </pre>
 */
@ThreadSafe
final class Stopping {
    private static final Logger LOG = LoggerFactory.getLogger(Stopping.class);
    private static final long LOOK_NANOS = 5_000_000L;
    private static final long CLOSE_NANOS = 2_000_000_000L;

    private final Reception reception;
    private final Mailboxes mailboxes;
    private final WorkerPool workers;
    private final Housekeeper housekeeper;
    private final NanoClock clock;
    private final ImMetrics metrics;
    private final Drain drain;
    private final Runnable stopped;

    /** @param stopped called once, on the housekeeper, when no connection and no callback is left or waited for */
    Stopping(
            Reception reception,
            Mailboxes mailboxes,
            WorkerPool workers,
            Housekeeper housekeeper,
            NanoClock clock,
            ImMetrics metrics,
            Drain drain,
            Runnable stopped) {
        this.reception = reception;
        this.mailboxes = mailboxes;
        this.workers = workers;
        this.housekeeper = housekeeper;
        this.clock = clock;
        this.metrics = metrics;
        this.drain = drain;
        this.stopped = stopped;
    }

    void begin() {
        long begin = clock.nanoTime();
        int connections = reception.connections();
        long drainNanos = drain.time().toNanos();
        long windowNanos = drain.leavingNanos(connections);
        LOG.info(
                "event=stopping connections={} drain_ms={} leaving_over_ms={} elsewhere={}",
                connections,
                drainNanos / 1_000_000,
                windowNanos / 1_000_000,
                drain.elsewhere());
        DeparturePlan plan = new DeparturePlan(
                begin,
                windowNanos,
                begin + drainNanos,
                drain.awayMillis(),
                ReasonCode.SERVER_STOPPING,
                drain.elsewhere(),
                drain.text());
        // In this order: who was not here for one message must not be here for the next.
        reception.stop(plan);
        mailboxes.stop(plan.code());
        reception.sendAway();
        until(this::isAllDone, begin, drainNanos, this::endAll);
    }

    private void endAll() {
        int left = reception.connections();
        if (!isAllDone()) {
            LOG.warn(
                    "event=drain_over connections_left={} busy_lanes={} store_operations={}",
                    left,
                    workers.busyLanes(),
                    mailboxes.storeOperations());
        }
        metrics.add(Metric.DRAIN_CONNECTIONS_LEFT, left);
        mailboxes.close();
        reception.forEachConnection(input -> input.end(ReasonCode.SERVER_STOPPING, drain.text()));
        until(this::isAllDone, clock.nanoTime(), CLOSE_NANOS, this::close);
    }

    private void close() {
        long messages = mailboxes.leftUncounted();
        metrics.add(Metric.DRAIN_MESSAGES_LEFT, messages);
        if (!isAllDone() || messages > 0) {
            LOG.warn(
                    "event=stopped_unfinished connections={} busy_lanes={} store_operations={} messages_uncounted={}"
                            + " kept_durably={}",
                    reception.connections(),
                    workers.busyLanes(),
                    mailboxes.storeOperations(),
                    messages,
                    mailboxes.isDurable());
        }
        stopped.run();
    }

    private boolean isAllDone() {
        return reception.connections() == 0 && workers.busyLanes() == 0 && mailboxes.storeOperations() == 0;
    }

    private void until(BooleanSupplier done, long begin, long mostNanos, Runnable next) {
        if (workers.busyLanes() == 0) {
            reception.lanesAreDry(clock.nanoTime());
        }
        if (done.getAsBoolean() || clock.nanoTime() - begin >= mostNanos) {
            next.run();
        } else {
            housekeeper.schedule(LOOK_NANOS, () -> until(done, begin, mostNanos, next));
        }
    }
}
