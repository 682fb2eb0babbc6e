// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks;

import io.hongyan.benchmarks.rudp.RudpCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The main class of the executable jar: {@code rudp}. */
@Command(
        name = "benchmarks",
        description = "Measures Hongyan beside others, on this machine.",
        subcommands = RudpCommand.class)
public final class Benchmarks implements Runnable {

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    boolean help;

    private Benchmarks() {}

    public static void main(String[] arguments) {
        int exitCode = commandLine().execute(arguments);
        System.out.flush();
        System.exit(exitCode);
    }

    /** The commands and their options. */
    static CommandLine commandLine() {
        return new CommandLine(new Benchmarks()).setAbbreviatedOptionsAllowed(false);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say which benchmark.");
    }
}
