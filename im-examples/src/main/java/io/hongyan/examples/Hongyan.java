// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples;

import io.hongyan.examples.chat.ChatCommand;
import io.hongyan.examples.cli.CommandFailure;
import io.hongyan.examples.cli.ExitCode;
import io.hongyan.examples.cli.OptionSources;
import io.hongyan.examples.cli.RawText;
import io.hongyan.examples.cli.Utf8Console;
import io.hongyan.examples.demo.DemoCommand;
import io.hongyan.examples.flood.FloodCommand;
import io.hongyan.examples.load.LoadCommand;
import io.hongyan.examples.relay.RelayCommand;
import io.hongyan.examples.server.ServerCommand;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The main class of the executable jar: {@code server}, {@code chat}, {@code load}, {@code demo}, {@code relay}, {@code flood}. */
@Command(
        name = "hongyan",
        description =
                "Instant messaging over TCP and reliable UDP: a server, a chat, a load generator, a demo, a bad link, a flood.",
        footer = {
            "",
            "Options come from the command line, then from HONGYAN_* environment variables,",
            "then from the properties file that --config names."
        },
        subcommands = {
            ServerCommand.class,
            ChatCommand.class,
            LoadCommand.class,
            DemoCommand.class,
            RelayCommand.class,
            FloodCommand.class
        })
public final class Hongyan implements Runnable {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    boolean help;

    private Hongyan() {}

    public static void main(String[] args) {
        Utf8Console.install();
        int exitCode = run(RawText.arguments(args), RawText::variable);
        System.out.flush();
        System.exit(exitCode);
    }

    /** One command, without ending the process. */
    static int run(String[] arguments, Function<String, @Nullable String> environment) {
        try {
            OptionSources sources = OptionSources.of(arguments, environment);
            CommandLine commandLine = commandLine(sources);
            sources.refuseUnknownKeys(optionNames(commandLine));
            return commandLine.execute(arguments);
        } catch (CommandFailure e) {
            return fail(e);
        }
    }

    /** The commands and their options; {@code docs/guide/configuration.md} is checked against it. */
    static CommandLine commandLine(OptionSources sources) {
        return new CommandLine(new Hongyan())
                .setDefaultValueProvider(sources)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOverwrittenOptionsAllowed(true)
                .setExpandAtFiles(false)
                .setInterpolateVariables(false)
                .setAbbreviatedOptionsAllowed(false)
                .setParameterExceptionHandler((e, args) -> refuse(e, sources))
                .setExecutionExceptionHandler((e, command, parsed) -> fail(e));
    }

    /** The long names, without dashes, of all that a properties file may hold. */
    static Set<String> optionNames(CommandLine commandLine) {
        Set<String> names = new TreeSet<>();
        for (CommandLine command : commandLine.getSubcommands().values()) {
            for (OptionSpec option : command.getCommandSpec().options()) {
                if (!option.usageHelp() && !OptionSources.namesTheFile(option)) {
                    names.add(OptionSources.nameOf(option));
                }
            }
        }
        return names;
    }

    @Override
    public void run() {
        throw CommandFailure.usage("Say which command: server, chat, load, demo, relay or flood. "
                + "`java -jar hongyan.jar --help` tells what each does.");
    }

    private static int refuse(ParameterException e, OptionSources sources) {
        boolean named = e.getArgSpec() instanceof OptionSpec option
                && e.getValue() != null
                && e.getValue().equals(sources.defaultValue(option));
        String origin = named ? sources.originOf((OptionSpec) e.getArgSpec()) : null;
        System.err.println(e.getMessage() + (origin == null ? "" : " (from the " + origin + ")"));
        System.err.println("See: java -jar hongyan.jar " + nameOf(e.getCommandLine()) + "--help");
        return ExitCode.USAGE;
    }

    private static String nameOf(CommandLine command) {
        return command.getParent() == null ? "" : command.getCommandName() + " ";
    }

    private static int fail(Exception e) {
        if (e instanceof CommandFailure failure) {
            System.err.println(failure.getMessage());
            return failure.exitCode();
        }
        System.err.println("It failed unexpectedly:");
        e.printStackTrace();
        return ExitCode.INCOMPLETE;
    }
}
