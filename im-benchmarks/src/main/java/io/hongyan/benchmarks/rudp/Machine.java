// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.rudp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.stream.Stream;

/** Where and when something was measured, in one line. */
final class Machine {

    private static final String UNKNOWN = "unknown";

    private Machine() {}

    static String describe() {
        return String.format(
                Locale.ROOT,
                "%d processors (%s), %s %s, %s %s, %s",
                Runtime.getRuntime().availableProcessors(),
                processor(),
                System.getProperty("os.name", UNKNOWN),
                release(System.getProperty("os.version", UNKNOWN)),
                System.getProperty("java.vm.name", UNKNOWN),
                System.getProperty("java.version", UNKNOWN),
                LocalDate.now(ZoneOffset.UTC));
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElse(System.getProperty("os.arch", UNKNOWN));
        } catch (IOException notLinux) {
            return System.getProperty("os.arch", UNKNOWN);
        }
    }

    /** The kernel's version without the name that somebody gave its build. */
    private static String release(String version) {
        int end = version.indexOf('-');
        return end < 0 ? version : version.substring(0, end);
    }
}
