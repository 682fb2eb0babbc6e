// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.cli;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An option in seconds, whole or with a fraction, such as 10 or 0.5; at most a year. */
public final class Seconds implements ITypeConverter<Duration> {

    private static final double YEAR = 365 * 86_400.0;

    @Override
    public Duration convert(String value) {
        try {
            double seconds = Double.parseDouble(value);
            if (seconds >= 0 && seconds <= YEAR) {
                return Duration.ofNanos(Math.round(seconds * 1e9));
            }
        } catch (NumberFormatException notNumber) {
            // the sentence below says it
        }
        throw new TypeConversionException("'" + value + "' is not a number of seconds from 0 to a year");
    }
}
