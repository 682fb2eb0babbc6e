// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that every command takes. */
public final class SharedOptions {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Properties file with options; environment variables and the command line go before it.")
    @Nullable
    String config;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description = "error, warn, info, debug or trace, for Hongyan's own log lines on stderr.")
    @Nullable
    String logLevel;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    boolean help;
}
