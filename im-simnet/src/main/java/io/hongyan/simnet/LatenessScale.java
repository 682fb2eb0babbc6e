// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

/** The steps on which a {@link Lateness} is counted: four to each doubling, so a step is at most a quarter wide. */
final class LatenessScale {

    /** How many steps there are; the last ones reach beyond any long. */
    static final int STEPS = 4 * 63;

    private LatenessScale() {}

    /** The step of so many nanoseconds; less than none counts as none. */
    static int stepOf(long nanos) {
        if (nanos < 4) {
            return (int) Math.max(0, nanos);
        }
        int doubling = 63 - Long.numberOfLeadingZeros(nanos);
        return 4 * (doubling - 1) + (int) (nanos >>> doubling - 2 & 3);
    }

    /** The largest value of a step. */
    static long upperNanos(int step) {
        if (step < 4) {
            return step;
        }
        int doubling = step / 4 + 1;
        return (4L + step % 4 + 1 << doubling - 2) - 1;
    }
}
