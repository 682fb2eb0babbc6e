// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A real process of the packaged jar, with its lines of output as they come. Closing it kills it, whatever happened
 * before; nothing waits longer than {@link #PATIENCE}.
 */
public final class HongyanProcess implements AutoCloseable {

    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int SIGINT_BIT = 1 << 1;
    private static final Path JAR = Path.of("target", "hongyan.jar").toAbsolutePath();
    /** A shell's background jobs ignore SIGINT, and so do their children, unless told otherwise. */
    private static final List<String> INTERRUPTIBLE =
            ignoresInterrupts() ? List.of("env", "--default-signal=INT") : List.of();

    private static final Pattern PORT = Pattern.compile("\"(\\w+)\":(\\d+)");

    private final String name;
    private final Process process;
    private final List<String> out = new CopyOnWriteArrayList<>();
    private final List<String> err = new CopyOnWriteArrayList<>();
    private final Thread outReader;
    private final Thread errReader;

    private HongyanProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        this.outReader = reader(process.getInputStream(), out);
        this.errReader = reader(process.getErrorStream(), err);
    }

    public static HongyanProcess start(String... arguments) {
        return start(Map.of(), Redirect.PIPE, arguments);
    }

    /** @param input {@link Redirect#PIPE}, or a file */
    public static HongyanProcess start(Map<String, String> environment, Redirect input, String... arguments) {
        return start(List.of(), environment, input, arguments);
    }

    /** With no more file descriptors than these, standard streams and the JVM's own included. */
    public static HongyanProcess startWithOpenFiles(int most, String... arguments) {
        List<String> shell = List.of("sh", "-c", "ulimit -n " + most + " && exec \"$@\"", "sh");
        return start(shell, Map.of(), nullDevice(), arguments);
    }

    private static HongyanProcess start(
            List<String> launcher, Map<String, String> environment, Redirect input, String... arguments) {
        assertThat(JAR).as("packaged before this test runs").exists();
        List<String> command = new ArrayList<>(INTERRUPTIBLE);
        command.addAll(launcher);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-ea",
                "-Dio.netty.leakDetection.level=paranoid",
                "-jar",
                JAR.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectInput(input);
        builder.environment().keySet().removeIf(variable -> variable.startsWith("HONGYAN_"));
        builder.environment().putAll(environment);
        try {
            return new HongyanProcess(arguments.length == 0 ? "hongyan" : arguments[0], builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A server on free ports of the loopback, ready. */
    public static HongyanProcess server(String... more) {
        List<String> arguments = new ArrayList<>(List.of("server", "--tcp", "0", "--udp", "0"));
        arguments.addAll(List.of(more));
        HongyanProcess server = start(arguments.toArray(new String[0]));
        server.awaitOut("READY");
        return server;
    }

    public static Redirect nullDevice() {
        return Redirect.from(new File("/dev/null"));
    }

    /** The URL of a server's listener, by its READY line. */
    public String url(String transport) {
        return transport + "://127.0.0.1:" + port(transport);
    }

    public int port(String transport) {
        Matcher matcher = PORT.matcher(out.get(0));
        while (matcher.find()) {
            if (matcher.group(1).equals(transport)) {
                return Integer.parseInt(matcher.group(2));
            }
        }
        throw new AssertionError("no " + transport + " in " + out.get(0));
    }

    public HongyanProcess type(String... lines) {
        try {
            OutputStream input = process.getOutputStream();
            for (String line : lines) {
                input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            }
            input.flush();
            return this;
        } catch (IOException e) {
            throw new AssertionError(name + " reads no more: " + err, e);
        }
    }

    public HongyanProcess endInput() {
        try {
            process.getOutputStream().close();
            return this;
        } catch (IOException e) {
            throw new AssertionError(name + " reads no more: " + err, e);
        }
    }

    /** SIGTERM, SIGINT, SIGSTOP ... by name. */
    public HongyanProcess signal(String signal) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
            assertThat(kill.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for a line of standard output that contains this. */
    public String awaitOut(String part) {
        return await(out, part);
    }

    /** Waits for a line of standard error that contains this. */
    public String awaitErr(String part) {
        return await(err, part);
    }

    /** Waits for the end and for the last line of both outputs. */
    public int awaitExit() {
        try {
            boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(ended).as("%s ends in time; its errors: %s", name, err).isTrue();
            outReader.join(PATIENCE.toMillis());
            errReader.join(PATIENCE.toMillis());
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public List<String> out() {
        return List.copyOf(out);
    }

    public List<String> err() {
        return List.copyOf(err);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertThat(err).as("leaked buffers of " + name).noneMatch(line -> line.contains("LEAK:"));
    }

    private String await(List<String> lines, String part) {
        Awaitility.await()
                .alias(name + " says: " + part + "; so far: " + out + "; errors: " + err)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .failFast(name + " ended early", () -> !process.isAlive() && !outReader.isAlive() && none(lines, part))
                .until(() -> !none(lines, part));
        return lines.stream().filter(line -> line.contains(part)).findFirst().orElseThrow();
    }

    private static boolean none(List<String> lines, String part) {
        return lines.stream().noneMatch(line -> line.contains(part));
    }

    private static Thread reader(InputStream stream, List<String> lines) {
        Thread thread = new Thread(() -> {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    lines.add(line);
                }
            } catch (IOException closedWithTheProcess) {
                return;
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** A file whose content becomes standard input. */
    public static Redirect inputOf(Path file, String content) throws IOException {
        return Redirect.from(Files.writeString(file, content).toFile());
    }

    private static boolean ignoresInterrupts() {
        Path status = Path.of("/proc/self/status");
        try (Stream<String> lines = Files.exists(status) ? Files.lines(status) : Stream.empty()) {
            return lines.filter(line -> line.startsWith("SigIgn:"))
                    .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & SIGINT_BIT) != 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
