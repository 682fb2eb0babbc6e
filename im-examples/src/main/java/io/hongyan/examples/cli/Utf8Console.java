// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.cli;

import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;

/** The process's standard streams: UTF-8 both ways, whatever the locale. */
public final class Utf8Console {

    private Utf8Console() {}

    /** Replaces {@code System.out} and {@code System.err}; standard input is bytes, decoded where it is read. */
    public static void install() {
        System.setOut(utf8(FileDescriptor.out));
        System.setErr(utf8(FileDescriptor.err));
    }

    /** What feeds standard input. */
    public enum Input {
        /** A pipe, a file or a socket: it ends. */
        PIPED,
        /** A person types. */
        TERMINAL,
        /** The null device, or nothing at all: there will never be a line. */
        NONE
    }

    public static Input input() {
        Path target;
        try {
            target = Files.readSymbolicLink(Path.of("/proc/self/fd/0"));
        } catch (IOException | UnsupportedOperationException notLinuxOrClosed) {
            return withoutProc();
        }
        String name = target.toString();
        if (name.equals("/dev/null") || isOfThisProcess(target)) {
            return Input.NONE;
        }
        boolean terminal = name.startsWith("/dev/pts/") || name.startsWith("/dev/tty") || name.equals("/dev/console");
        return terminal ? Input.TERMINAL : Input.PIPED;
    }

    /** The JVM opens its own files first, and the first gets the number of a standard input that was closed. */
    static boolean isOfThisProcess(Path target) {
        if (target.toString().endsWith(".jsa") || target.startsWith(real(System.getProperty("java.home", "")))) {
            return true;
        }
        return Arrays.stream(System.getProperty("java.class.path", "").split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(Utf8Console::real)
                .anyMatch(target::equals);
    }

    private static Path real(String path) {
        try {
            return Path.of(path).toRealPath();
        } catch (IOException | InvalidPathException notThere) {
            return Path.of("/proc/self/no-such-file");
        }
    }

    private static Input withoutProc() {
        if (Files.isDirectory(Path.of("/proc/self/fd"))) {
            return Input.NONE;
        }
        return System.console() == null ? Input.PIPED : Input.TERMINAL;
    }

    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
