// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import io.hongyan.examples.cli.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The processor time of another process, user and system, from {@code /proc/PID/stat}; where there is none, as the JVM
 * sees it. The kernel counts in ticks of 10 ms.
 */
final class ServerCpu {

    private static final long TICK_NANOS = 10_000_000;

    private final long pid;

    /** @throws CommandFailure if the process does not exist or cannot be seen */
    ServerCpu(long pid) {
        this.pid = pid;
        if (read().isEmpty()) {
            throw CommandFailure.usage(
                    "There is no process " + pid + " whose processor time can be read (--server-pid).");
        }
    }

    /** Since the process started; empty once it has ended. */
    Optional<Duration> read() {
        try {
            return Optional.of(parse(Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1)));
        } catch (IOException noProc) {
            return ProcessHandle.of(pid).flatMap(process -> process.info().totalCpuDuration());
        }
    }

    /** Fields 14 and 15; the second field is a name in parentheses and may hold anything. */
    static Duration parse(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Duration.ofNanos((Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_NANOS);
    }
}
