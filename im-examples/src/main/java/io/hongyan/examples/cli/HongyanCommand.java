// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/**
 * One of the commands: the options that all share, then its own work.
 *
 * <p>A new object per run; {@link #run} is called on the main thread and its result is the exit code.
 */
public abstract class HongyanCommand implements Callable<Integer> {

    @Mixin
    private final SharedOptions shared = new SharedOptions();

    private final LogLevel defaultLogLevel;

    protected HongyanCommand(LogLevel defaultLogLevel) {
        this.defaultLogLevel = defaultLogLevel;
    }

    @Override
    public final Integer call() throws Exception {
        @Nullable String level = shared.logLevel;
        (level == null ? defaultLogLevel : LogLevel.parse(level)).apply();
        return run();
    }

    /** @throws CommandFailure to end with a code and a sentence */
    protected abstract int run() throws Exception;
}
