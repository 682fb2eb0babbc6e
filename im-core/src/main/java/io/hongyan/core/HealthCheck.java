// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import io.hongyan.core.inbound.Reception;
import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.routing.Mailboxes;
import io.hongyan.core.routing.ServerSends;
import io.hongyan.core.session.Loop;
import io.hongyan.core.time.Housekeeper;
import io.hongyan.core.time.NanoClock;
import io.hongyan.protocol.ThreadSafe;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Looks whether a node works. Loops are asked when somebody wants to know; the housekeeper and the store are heard of by
 * the node's tick, which asks the store for expired messages once a second anyway.
 */
@ThreadSafe
final class HealthCheck {
    /** How long a loop may take to answer, in ns. */
    private static final long LOOP_NANOS = 1_000_000_000L;

    /** The housekeeper ticks four times a second. */
    private static final long TICK_NANOS = 3_000_000_000L;

    /** The store is asked once a second. */
    private static final long STORE_NANOS = 5_000_000_000L;

    /** A bound of the node counts as reached from here on, in percent. */
    private static final int FULL_PERCENT = 95;

    private final NanoClock clock;
    private final Housekeeper housekeeper;
    private final ServerLimits limits;
    private final Reception reception;
    private final Mailboxes mailboxes;
    private final ServerSends sends;
    private volatile long tickedNanos;
    private volatile long storeAnsweredNanos;

    HealthCheck(
            NanoClock clock,
            Housekeeper housekeeper,
            ServerLimits limits,
            Reception reception,
            Mailboxes mailboxes,
            ServerSends sends) {
        this.clock = clock;
        this.housekeeper = housekeeper;
        this.limits = limits;
        this.reception = reception;
        this.mailboxes = mailboxes;
        this.sends = sends;
    }

    /** The node begins to tick. */
    void begin() {
        tickedNanos = clock.nanoTime();
        storeAnsweredNanos = tickedNanos;
    }

    void ticked(long nowNanos) {
        tickedNanos = nowNanos;
    }

    void storeAnswered() {
        storeAnsweredNanos = clock.nanoTime();
    }

    /**
     * Asks the loops, unless the housekeeper, which would end the waiting, is late itself.
     *
     * @param obstacles why the node takes no clients, whatever its parts say
     */
    CompletionStage<Health> check(List<String> obstacles) {
        List<Loop> loops = reception.loops();
        List<CompletableFuture<Void>> answers = new ArrayList<>(loops.size());
        for (Loop loop : loops) {
            CompletableFuture<Void> answer = new CompletableFuture<>();
            answers.add(answer);
            if (!loop.execute(() -> answer.complete(null))) {
                answer.complete(null);
            }
        }
        if (isHousekeeperLate()) {
            return CompletableFuture.completedStage(judge(obstacles, List.of()));
        }
        CompletableFuture<List<String>> silent = new CompletableFuture<>();
        Runnable cancel = housekeeper.schedule(LOOP_NANOS, () -> silent.complete(silent(answers)));
        CompletionStage<Void> all = CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]));
        all.thenRun(() -> {
            cancel.run();
            silent.complete(List.of());
        });
        return silent.thenApplyAsync(loopsSilent -> judge(obstacles, loopsSilent));
    }

    private static List<String> silent(List<CompletableFuture<Void>> answers) {
        List<String> silent = new ArrayList<>(0);
        for (int i = 0; i < answers.size(); i++) {
            if (!answers.get(i).isDone()) {
                silent.add("event loop " + i + " does not answer");
            }
        }
        return silent;
    }

    private Health judge(List<String> obstacles, List<String> silentLoops) {
        List<String> problems = new ArrayList<>(silentLoops);
        if (isHousekeeperLate()) {
            problems.add("the housekeeper is late");
        }
        boolean alive = problems.isEmpty();
        problems.addAll(obstacles);
        if (clock.nanoTime() - storeAnsweredNanos > STORE_NANOS) {
            problems.add("the store does not answer");
        }
        addIfFull(problems, "strangers", reception.strangers(), limits.strangers());
        addIfFull(problems, "reassemblyBytes", reception.reassemblyBytes(), limits.reassemblyBytes());
        addIfFull(problems, "bulkBytes", mailboxes.bulkBytes(), limits.bulkBytes());
        addIfFull(problems, "outstandingSends", sends.outstanding(), limits.outstandingSends());
        if (reception.refusesLogins()) {
            problems.add("no room for logins");
        }
        return new Health(alive, problems.isEmpty(), problems);
    }

    private static void addIfFull(List<String> problems, String limit, long value, long most) {
        if (value * 100 >= most * FULL_PERCENT) {
            problems.add("near its limit: " + limit);
        }
    }

    private boolean isHousekeeperLate() {
        return clock.nanoTime() - tickedNanos > TICK_NANOS;
    }
}
