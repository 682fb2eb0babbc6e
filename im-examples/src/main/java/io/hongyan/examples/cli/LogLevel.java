// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/** How much Hongyan's own loggers write to stderr; libraries stay at WARN. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE;

    /** @throws CommandFailure if there is no such level */
    public static LogLevel parse(String name) {
        try {
            return valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage("There is no log level " + name + ": use error, warn, info, debug or trace.");
        }
    }

    public void apply() {
        if (LoggerFactory.getLogger("io.hongyan") instanceof Logger logger) {
            logger.setLevel(Level.toLevel(name()));
        }
    }
}
