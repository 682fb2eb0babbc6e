// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.util.Objects;

/**
 * A total outage of a link. Immutable.
 *
 * @param direction which way nothing passes
 * @param startNanos when it begins, counted from the start of the plan, 0 to 1 day
 * @param durationNanos how long it lasts, 0 to 1 day
 */
public record Cut(Direction direction, long startNanos, long durationNanos) {

    /** Checks the ranges. */
    public Cut {
        Objects.requireNonNull(direction, "direction");
        new Mistakes("cut")
                .range("startNanos", startNanos, 0, Units.DAY_NANOS)
                .range("durationNanos", durationNanos, 0, Units.DAY_NANOS)
                .throwIfAny();
    }

    /** A cut in milliseconds. */
    public static Cut ofMillis(Direction direction, double startMillis, double durationMillis) {
        return new Cut(direction, Units.nanosOfMillis(startMillis), Units.nanosOfMillis(durationMillis));
    }

    /** When it is over, counted from the start of the plan. */
    public long endNanos() {
        return startNanos + durationNanos;
    }

    @Override
    public String toString() {
        return direction + " " + Units.millis(startNanos) + " to " + Units.millis(endNanos());
    }
}
