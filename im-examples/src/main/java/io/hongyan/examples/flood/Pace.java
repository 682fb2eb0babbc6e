// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.flood;

/** How many units are due. What a slow machine could not send in time is sent later, a tenth of a second's worth at most. */
final class Pace {

    private final double nanosPerUnit;
    private final long most;
    private final long startNanos;
    private long taken;
    private long skipped;

    /** @param most units in all */
    Pace(double unitsPerSecond, long most, long startNanos) {
        this.nanosPerUnit = 1e9 / unitsPerSecond;
        this.most = most;
        this.startNanos = startNanos;
    }

    /** Takes what is due now. */
    long take(long nowNanos) {
        long elapsed = nowNanos - startNanos;
        long atOnce = Math.max(1, (long) (100_000_000 / nanosPerUnit));
        long due = (long) (elapsed / nanosPerUnit) - skipped - taken;
        if (due > atOnce) {
            skipped += due - atOnce;
            due = atOnce;
        }
        due = Math.min(due, most - taken);
        taken += due;
        return due;
    }

    /** Whether all units were taken. */
    boolean isOver() {
        return taken == most;
    }
}
