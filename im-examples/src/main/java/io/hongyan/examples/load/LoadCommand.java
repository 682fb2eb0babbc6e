// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import io.hongyan.client.ReceiptLevel;
import io.hongyan.client.ServerAddress;
import io.hongyan.examples.cli.CommandFailure;
import io.hongyan.examples.cli.HongyanCommand;
import io.hongyan.examples.cli.LogLevel;
import io.hongyan.examples.cli.Seconds;
import io.hongyan.examples.cli.ServerUrl;
import io.hongyan.examples.cli.Trust;
import io.hongyan.examples.load.LoadPlan.Pace;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code load}: puts a measured load on a server and judges what arrives. */
@Command(
        name = "load",
        description = "Puts a measured load on a server: pairs of users, one sending to the other.",
        footer = {
            "",
            "The last line of standard output is RESULT {json}.",
            "Exit code: 0 clean, 1 something lost, doubled or out of order, 2 usage, 3 no connection."
        },
        sortOptions = false)
public final class LoadCommand extends HongyanCommand {

    private static final int MOST_PAIRS = 1_000_000;
    private static final int MOST_BYTES = 16 * 1024 * 1024 - 1;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--server",
            paramLabel = "URL",
            required = true,
            description = "tcp://HOST:PORT or udp://HOST:PORT.")
    private String server = "";

    @Option(names = "--receivers", paramLabel = "URL", description = "Where the receivers log in; default: as senders.")
    private @Nullable String receivers;

    @Option(names = "--pairs", paramLabel = "N", description = "How many users send, each to a user of his own.")
    private @Nullable Integer pairs;

    @Option(names = "--size", paramLabel = "BYTES", description = "Payload size; 8 or more, up to the server's limit.")
    private @Nullable Integer size;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            required = true,
            converter = Seconds.class,
            description = "How long is measured, or how long idle sessions are held.")
    private Duration seconds = Duration.ZERO;

    @Option(
            names = "--warmup",
            paramLabel = "S",
            defaultValue = "3",
            converter = Seconds.class,
            description = "Sending that is not measured, before; default 3.")
    private Duration warmup = Duration.ZERO;

    @Option(names = "--rate", paramLabel = "PER_S", description = "Open loop: messages a second, over all pairs.")
    private @Nullable Double rate;

    @Option(names = "--window", paramLabel = "N", description = "Closed loop: messages under way per sender.")
    private @Nullable Integer window;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "reliable",
            description = "reliable or ephemeral (at most once, no receipts); default reliable.")
    private Mode mode = Mode.RELIABLE;

    @Option(
            names = "--await",
            paramLabel = "LEVEL",
            defaultValue = "delivered",
            description = "The receipt that frees a window slot: accepted, stored or delivered (default).")
    private Awaited await = Awaited.DELIVERED;

    @Option(names = "--server-pid", paramLabel = "PID", description = "Measures this process's processor time.")
    private @Nullable Long serverPid;

    @Option(names = "--token", paramLabel = "SECRET", description = "What the server wants to hear at login.")
    private @Nullable String token;

    @Option(
            names = "--trust",
            paramLabel = "PEM",
            description = "Certificates to trust instead of those of the Java runtime, for tls:// servers.")
    private @Nullable Path trust;

    @Option(
            names = "--executor",
            paramLabel = "WHERE",
            defaultValue = "same-thread",
            description = "Where callbacks run: same-thread (event loop, default) or lanes (worker threads).")
    private String executor = "";

    @Option(names = "--idle", paramLabel = "N", description = "Instead of sending: hold N idle sessions.")
    private @Nullable Integer idle;

    @Option(
            names = "--reconnect",
            fallbackValue = "true",
            defaultValue = "false",
            description = "With --idle: waits until every session was lost and is back, and tells when they were.")
    private boolean reconnect;

    public LoadCommand() {
        super(LogLevel.WARN);
    }

    @Override
    protected int run() throws InterruptedException {
        try (Clients clients = new Clients(token, callbacksOnLoop(), Trust.read(trust, null, null))) {
            if (idle != null) {
                int sessions = checked("--idle", idle, 1, MOST_PAIRS);
                return new IdleRun(clients, ServerUrl.parse(server), sessions, seconds, reconnect, serverCpu()).run();
            }
            return new LoadRun(clients, plan(), serverCpu()).run();
        }
    }

    private @Nullable ServerCpu serverCpu() {
        return serverPid == null ? null : new ServerCpu(serverPid);
    }

    private boolean callbacksOnLoop() {
        return switch (executor) {
            case "same-thread" -> true;
            case "lanes" -> false;
            default -> throw CommandFailure.usage("--executor is same-thread or lanes, not " + executor + ".");
        };
    }

    private LoadPlan plan() {
        ServerAddress senders = ServerUrl.parse(server);
        int bytes = checked("--size", size, Stamp.MIN_BYTES, MOST_BYTES);
        return new LoadPlan(
                senders,
                receivers == null ? senders : ServerUrl.parse(receivers),
                checked("--pairs", pairs, 1, MOST_PAIRS),
                bytes,
                warmup,
                positive(seconds),
                pace(bytes),
                mode == Mode.EPHEMERAL,
                ReceiptLevel.valueOf(await.name()));
    }

    /** What the command line says goes before what the environment or a file says. */
    private Pace pace(int bytes) {
        boolean rateNamed = named("--rate");
        boolean windowNamed = named("--window");
        if (rate != null && window != null && rateNamed == windowNamed) {
            throw CommandFailure.usage("--rate and --window exclude each other.");
        }
        if (rate != null && (window == null || rateNamed)) {
            if (!(rate > 0 && rate <= 1e9)) {
                throw CommandFailure.usage("--rate must be more than 0 and at most 1000000000, not " + rate + ".");
            }
            return new Pace.Rate(rate);
        }
        if (window == null) {
            throw CommandFailure.usage("Say how fast: --rate MESSAGES_PER_S or --window MESSAGES_UNDER_WAY.");
        }
        checked("--window", window, 1, Clients.WINDOW_MESSAGES);
        if ((long) window * bytes > Clients.WINDOW_BYTES) {
            throw CommandFailure.usage("--window must be at most " + Clients.WINDOW_BYTES / bytes + " with --size "
                    + bytes + ", not " + window + ": no sender has more than 64 MiB under way.");
        }
        return new Pace.Window(window);
    }

    private boolean named(String option) {
        ParseResult parsed = spec == null ? null : spec.commandLine().getParseResult();
        return parsed != null && parsed.hasMatchedOption(option);
    }

    private static Duration positive(Duration seconds) {
        if (seconds.isZero()) {
            throw CommandFailure.usage("--seconds must be more than 0.");
        }
        return seconds;
    }

    private static int checked(String option, @Nullable Integer value, int least, int most) {
        if (value == null) {
            throw CommandFailure.usage("Missing option: " + option + ".");
        }
        if (value < least || value > most) {
            throw CommandFailure.usage(option + " must be from " + least + " to " + most + ", not " + value + ".");
        }
        return value;
    }

    private enum Mode {
        RELIABLE,
        EPHEMERAL
    }

    private enum Awaited {
        ACCEPTED,
        STORED,
        DELIVERED
    }
}
