// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import io.hongyan.core.session.Session;
import io.hongyan.core.time.Housekeeper;
import io.hongyan.core.time.NanoClock;
import io.hongyan.protocol.ReasonCode;
import java.util.List;

/**
 * Ends many sessions, spread evenly over a time, so that their clients do not come back as one crowd. Those that have
 * ended by then are passed over. On the housekeeper.
 */
final class PacedKick {
    private static final long STEP_NANOS = 100_000_000L;

    private final List<Session> sessions;
    private final ReasonCode code;
    private final String text;
    private final long overNanos;
    private final Housekeeper housekeeper;
    private final NanoClock clock;
    private final long beganNanos;
    private int ended;

    PacedKick(
            List<Session> sessions,
            ReasonCode code,
            String text,
            long overNanos,
            Housekeeper housekeeper,
            NanoClock clock) {
        this.sessions = sessions;
        this.code = code;
        this.text = text;
        this.overNanos = overNanos;
        this.housekeeper = housekeeper;
        this.clock = clock;
        this.beganNanos = clock.nanoTime();
    }

    /** Ends those whose time has come, and sees to it that the others follow. */
    void step() {
        int due = due(clock.nanoTime() - beganNanos);
        while (ended < due) {
            sessions.get(ended++).endSoon(code, text);
        }
        if (ended < sessions.size()) {
            housekeeper.schedule(STEP_NANOS, this::step);
        }
    }

    /** How many should have ended by now; all when the time is up. */
    private int due(long passedNanos) {
        return passedNanos >= overNanos
                ? sessions.size()
                : (int) (sessions.size() * ((double) passedNanos / overNanos));
    }
}
