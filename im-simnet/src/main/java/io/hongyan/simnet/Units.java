// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.util.Locale;

/** The units of a link: milliseconds and shares as people write them, nanoseconds as the model counts them. */
final class Units {

    static final long MILLI_NANOS = 1_000_000;
    static final long SECOND_NANOS = 1_000 * MILLI_NANOS;
    static final long DAY_NANOS = 86_400 * SECOND_NANOS;

    private Units() {}

    /** The nearest number of nanoseconds; -1, which no range allows, for what is not a finite number. */
    static long nanosOfMillis(double millis) {
        return Double.isFinite(millis) ? Math.round(millis * MILLI_NANOS) : -1;
    }

    static String millis(long nanos) {
        return number(nanos / (double) MILLI_NANOS) + " ms";
    }

    static String percent(double share) {
        return number(share * 100) + " %";
    }

    /** At most three decimals, no zeros behind them. */
    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.3f", value);
        return text.replaceFirst("\\.?0+$", "");
    }
}
