// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Where an option's value comes from when the command line does not give it.
 *
 * <p>{@code --drain-seconds} is looked for as environment variable {@code HONGYAN_DRAIN_SECONDS}, then as
 * {@code drain-seconds} in the properties file that {@code --config} or {@code HONGYAN_CONFIG} names (UTF-8). An empty
 * variable counts as not set. One file may serve all commands.
 */
public final class OptionSources implements IDefaultValueProvider {

    private static final String CONFIG_OPTION = "--config";

    private final Function<String, @Nullable String> environment;
    private final Properties file;

    private OptionSources(Function<String, @Nullable String> environment, Properties file) {
        this.environment = environment;
        this.file = file;
    }

    /**
     * Reads the properties file, if one is named.
     *
     * @param environment from a variable's name to its value or null
     * @throws CommandFailure if the file cannot be read
     */
    public static OptionSources of(String[] arguments, Function<String, @Nullable String> environment) {
        String path = configPath(arguments);
        if (path == null) {
            path = environment.apply(variableOf("config"));
        }
        return new OptionSources(environment, path == null ? new Properties() : read(path));
    }

    /** @throws CommandFailure if the file holds a key that it cannot set, which is most likely a slip of the pen */
    public void refuseUnknownKeys(Set<String> optionNames) {
        Set<String> unknown = new TreeSet<>(file.stringPropertyNames());
        unknown.removeAll(optionNames);
        if (!unknown.isEmpty()) {
            throw CommandFailure.usage(
                    "The configuration file holds keys that mean nothing: " + String.join(", ", unknown)
                            + ". Keys are option names without the dashes, such as drain-seconds.");
        }
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
            return null;
        }
        String name = nameOf(option);
        String value = environment.apply(variableOf(name));
        return value != null ? value : file.getProperty(name);
    }

    /** Says where {@link #defaultValue} found the value, or null where it found none. */
    public @Nullable String originOf(OptionSpec option) {
        String name = nameOf(option);
        if (environment.apply(variableOf(name)) != null) {
            return "environment variable " + variableOf(name);
        }
        return file.getProperty(name) == null ? null : "configuration file, key " + name;
    }

    /** Whether it is the option that names the properties file, which cannot name another. */
    public static boolean namesTheFile(OptionSpec option) {
        return option.longestName().equals(CONFIG_OPTION);
    }

    /** {@code --drain-seconds} is {@code drain-seconds} in a file. */
    public static String nameOf(OptionSpec option) {
        return option.longestName().substring(2);
    }

    /** {@code drain-seconds} is {@code HONGYAN_DRAIN_SECONDS} in the environment. */
    public static String variableOf(String name) {
        return "HONGYAN_" + name.replace('-', '_').toUpperCase(Locale.ROOT);
    }

    private static @Nullable String configPath(String[] arguments) {
        String path = null;
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i].startsWith(CONFIG_OPTION + "=")) {
                path = arguments[i].substring(CONFIG_OPTION.length() + 1);
            } else if (arguments[i].equals(CONFIG_OPTION) && i + 1 < arguments.length) {
                path = arguments[i + 1];
            }
        }
        return path;
    }

    private static Properties read(String path) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(path), StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw CommandFailure.usage("The configuration file " + path + " cannot be read: " + e);
        }
        properties.replaceAll((key, value) -> value.toString().strip());
        return properties;
    }
}
