// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.inbound;

import io.hongyan.core.session.Loop;
import io.hongyan.core.session.Swept;
import io.hongyan.protocol.Confined;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Sends the sessions of one loop away, one after the other over the window of the plan, and ends each as soon as nothing
 * is under way from or to it. One timer for all of them, until none is left.
 *
 * <pre>
 *   those there at the beginning:  [ told, ended | told, leaving | their turn comes ]
 *                                                                └── evenly over the window
 * </pre>
 */
@Confined("owner")
final class Departures {
    private static final long LOOK_NANOS = 10_000_000L;

    private final Reception reception;
    private final Loop loop;
    private final DeparturePlan plan;
    private final List<Swept> all;
    private final List<ConnectionInput> leaving = new ArrayList<>();
    private final double phase = ThreadLocalRandom.current().nextDouble();
    private int told;

    Departures(Reception reception, Loop loop, DeparturePlan plan) {
        this.reception = reception;
        this.loop = loop;
        this.plan = plan;
        this.all = loop.sweep().members();
    }

    /** Those who have no session are sent away at once, the others in their turn. */
    void begin() {
        for (Swept member : all) {
            ((ConnectionInput) member).turnAwayUnlessOpen(plan);
        }
        look();
    }

    private void look() {
        long now = loop.nowNanos();
        for (int due = plan.due(all.size(), phase, now); told < due; told++) {
            ConnectionInput input = (ConnectionInput) all.get(told);
            if (input.goAway(plan.goAway(now), now)) {
                leaving.add(input);
            }
        }
        leaving.removeIf(input -> input.leaveIfIdle(now, reception.lanesRanDry(), reception.lanesDryNanos()));
        loop.endBatch();
        if (told < all.size() || !leaving.isEmpty()) {
            loop.schedule(LOOK_NANOS, this::look);
        }
    }
}
