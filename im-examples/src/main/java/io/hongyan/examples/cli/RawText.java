// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Arguments and environment variables as UTF-8, whatever the locale.
 *
 * <p>Under {@code LC_ALL=C} the JVM replaces each byte above 127 of both before {@code main} sees them. Linux keeps the
 * original bytes in {@code /proc/self}; elsewhere the JVM's reading stands.
 */
public final class RawText {

    private static final char REPLACEMENT = '\ufffd';
    private static final Path PROC_SELF = Path.of("/proc/self");

    private RawText() {}

    /** The arguments given to {@code main}, mended where the JVM could not read them. */
    public static String[] arguments(String[] seen) {
        if (!damaged(String.join("", seen))) {
            return seen;
        }
        List<String> all = entries("cmdline");
        return all.size() < seen.length
                ? seen
                : all.subList(all.size() - seen.length, all.size()).toArray(new String[0]);
    }

    /** The environment variable of this name, or null where it is not set or empty. */
    public static @Nullable String variable(String name) {
        String seen = System.getenv(name);
        if (seen == null || seen.isEmpty()) {
            return null;
        }
        return damaged(seen) ? mendedVariable(name, seen) : seen;
    }

    private static String mendedVariable(String name, String seen) {
        String prefix = name + "=";
        return entries("environ").stream()
                .filter(entry -> entry.startsWith(prefix))
                .map(entry -> entry.substring(prefix.length()))
                .findFirst()
                .orElse(seen);
    }

    private static boolean damaged(String text) {
        return text.indexOf(REPLACEMENT) >= 0;
    }

    private static List<String> entries(String file) {
        try {
            String content = Files.readString(PROC_SELF.resolve(file), StandardCharsets.UTF_8);
            return List.of(content.split("\0"));
        } catch (IOException notLinuxOrNotUtf8) {
            return List.of();
        }
    }
}
