// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.server;

import io.hongyan.core.Drain;
import io.hongyan.core.limit.Limit;
import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.limit.SlowConsumerPolicy;
import io.hongyan.core.listener.PresenceVisibility;
import io.hongyan.core.metrics.MetricCounts;
import io.hongyan.core.store.MessageStore;
import io.hongyan.core.transport.Bound;
import io.hongyan.examples.cli.CommandFailure;
import io.hongyan.examples.cli.EndSignals;
import io.hongyan.examples.cli.ExitCode;
import io.hongyan.examples.cli.HongyanCommand;
import io.hongyan.examples.cli.LogLevel;
import io.hongyan.examples.cli.Seconds;
import io.hongyan.server.netty.ImServer;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code server}: an {@link ImServer} that runs until a signal drains it. */
@Command(
        name = "server",
        description = "Runs a chat server; without --tcp or --udp it listens on 7901 with both.",
        footer = {
            "",
            "When all listeners are bound, the only line of standard output is READY {\"tcp\":7901,\"udp\":7901}.",
            "SIGTERM and SIGINT drain and end it with 0, a second one at once with 1; 3 if it cannot bind."
        },
        sortOptions = false)
public final class ServerCommand extends HongyanCommand {

    private static final Logger LOG = LoggerFactory.getLogger(ServerCommand.class);

    private static final int DEFAULT_PORT = 7901;
    private static final List<String> LOOPBACK = List.of("127.0.0.1", "::1");
    private static final int TRIES_OF_A_FREE_PORT = 10;
    /** For telling those who are still there when the drain is over; who reads nothing is not waited for. */
    private static final Duration LAST_WORDS = Duration.ofMillis(300);

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Where to listen; default: all addresses with --token, else the loopback.")
    private @Nullable String host;

    @Option(names = "--tcp", paramLabel = "PORT", description = "Listens for TCP; 0 is any free port.")
    private @Nullable Integer tcp;

    @Option(names = "--udp", paramLabel = "PORT", description = "Listens for reliable UDP; 0 is any free port.")
    private @Nullable Integer udp;

    @Option(names = "--ws", paramLabel = "PORT", description = "WebSocket; not in this build.")
    private @Nullable String ws;

    @Option(
            names = "--token",
            paramLabel = "SECRET",
            description = "What every login must present; without it anybody may log in.")
    private @Nullable String token;

    @Option(
            names = "--no-rate-limits",
            fallbackValue = "true",
            defaultValue = "false",
            description = "Takes messages and logins at any rate.")
    private boolean noRateLimits;

    @Option(names = "--max-frame", paramLabel = "BYTES", description = "Longest frame; default 65536.")
    private @Nullable Integer maxFrame;

    @Option(names = "--max-message", paramLabel = "BYTES", description = "Largest message; default 4194304.")
    private @Nullable Integer maxMessage;

    @Option(
            names = "--drain-seconds",
            paramLabel = "S",
            defaultValue = "10",
            converter = Seconds.class,
            description = "How long sessions may finish at the end; default 10.")
    private Duration drainTime = Duration.ZERO;

    @Option(
            names = "--drain-window",
            paramLabel = "S",
            converter = Seconds.class,
            description = "In which time sessions leave, evenly; default 1 ms each, at most half of --drain-seconds.")
    private @Nullable Duration drainWindow;

    @Option(
            names = "--drain-to",
            paramLabel = "URL",
            split = ",",
            description = "Where sessions go instead, the best first; several, or separated by commas.")
    private List<String> drainTo = List.of();

    @Option(
            names = "--come-back-after",
            paramLabel = "S",
            converter = Seconds.class,
            description = "How long clients stay away at least; default 2, or 0 with --drain-to.")
    private @Nullable Duration comeBackAfter;

    @Mixin
    private final TcpOptions tcpOptions = new TcpOptions();

    @Mixin
    private final StorageOptions storage = new StorageOptions();

    @Option(
            names = "--stats-seconds",
            paramLabel = "S",
            defaultValue = "60",
            converter = Seconds.class,
            description = "Time between two lines of figures in the log; default 60, 0 is none.")
    private Duration statsEvery = Duration.ZERO;

    @Option(
            names = "--slow-consumer",
            paramLabel = "keep|close",
            defaultValue = "keep",
            description = "A reader that is behind: later messages are kept for it, or it is closed; default keep.")
    private SlowConsumer slowConsumer = SlowConsumer.KEEP;

    private final MetricCounts counts = new MetricCounts();
    private final CountDownLatch asked = new CountDownLatch(1);

    public ServerCommand() {
        super(LogLevel.INFO);
    }

    @Override
    protected int run() throws InterruptedException, ExecutionException {
        EndSignals.handle(asked::countDown);
        refuseWhatIsNotBuilt();
        if (token != null && token.isEmpty()) {
            throw CommandFailure.usage("--token is empty, and so would be what everybody presents. Leave it out to let "
                    + "anybody in, from this machine only.");
        }
        Drain drain = drain();
        ListeningPlan plan = new ListeningPlan(hosts(), port("--tcp", tcp), port("--udp", udp));
        tcpOptions.check();
        storage.check();
        ServerLimits limits = limits();
        if (tcpOptions.hasTls() && plan.hasUdp()) {
            LOG.warn("event=udp_in_clear detail=\"TLS protects TCP only; UDP can be read by who sees it pass\"");
        }
        if (token == null) {
            LOG.warn(
                    "event=no_token detail=\"anybody may log in, under any name{}\"",
                    host == null ? "; listening on this machine only" : "");
        }
        if (asked.getCount() == 0) {
            return ExitCode.OK;
        }
        ImServer server = start(plan, limits);
        try (StatsLog log = StatsLog.start(server, counts, statsEvery)) {
            System.out.println(readyLine(server));
            asked.await();
        }
        LOG.info(
                "event=draining at_most_s={} detail=\"another signal ends the server at once\"",
                drain.time().toNanos() / 1e9);
        stop(server, drain);
        return ExitCode.OK;
    }

    private ImServer start(ListeningPlan plan, ServerLimits limits) {
        for (int attempt = 1; ; attempt++) {
            try {
                ImServer.Builder builder = ImServer.builder()
                        .limits(limits)
                        .metrics(counts)
                        .presenceVisibility(PresenceVisibility.everyone());
                plan.transports().forEach(transport -> builder.listen(tcpOptions.applyTo(transport)));
                MessageStore store = storage.open();
                if (store != null) {
                    builder.store(store);
                }
                String secret = token;
                return (secret == null ? builder.allowAnyone() : builder.authenticator(new TokenAuthenticator(secret)))
                        .start();
            } catch (UncheckedIOException e) {
                if (!(e.getCause() instanceof BindException)
                        || !plan.choosesPorts()
                        || attempt == TRIES_OF_A_FREE_PORT) {
                    throw CommandFailure.noSocket("No socket: " + e.getMessage() + ".");
                }
            }
        }
    }

    private Drain drain() {
        try {
            Drain drain = Drain.within(drainTime).elsewhere(drainTo.toArray(new String[0]));
            drain = drainWindow == null ? drain : drain.leavingOver(drainWindow);
            return comeBackAfter == null ? drain : drain.comingBackAfter(comeBackAfter);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage("This drain cannot be (--drain-seconds, --drain-window, --drain-to, "
                    + "--come-back-after): " + e.getMessage() + ".");
        }
    }

    private static void stop(ImServer server, Drain drain) throws InterruptedException, ExecutionException {
        try {
            long patience = drain.time().plus(LAST_WORDS).toNanos();
            server.stop(drain).toCompletableFuture().get(patience, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.warn("event=drain_cut detail=\"not everybody was told in time\"");
        }
    }

    private ServerLimits limits() {
        ServerLimits.Builder limits = ServerLimits.builder().slowConsumer(slowConsumer.policy);
        if (noRateLimits) {
            limits.noRateLimits();
        }
        set(limits, "--max-frame", Limit.MAX_FRAME_BYTES, maxFrame);
        set(limits, "--max-message", Limit.MAX_MESSAGE_BYTES, maxMessage);
        try {
            return limits.build();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw CommandFailure.usage("These limits do not fit together: " + e.getMessage() + ".");
        }
    }

    private static void set(ServerLimits.Builder limits, String option, Limit limit, @Nullable Integer value) {
        if (value == null) {
            return;
        }
        if (value < limit.least() || value > limit.most()) {
            throw CommandFailure.usage(
                    option + " must be from " + limit.least() + " to " + limit.most() + " bytes, not " + value + ".");
        }
        limits.set(limit, value);
    }

    private List<String> hosts() {
        if (host != null) {
            return List.of(host);
        }
        return token == null ? LOOPBACK : List.of();
    }

    /** Null is off. */
    private @Nullable Integer port(String option, @Nullable Integer port) {
        if (tcp == null && udp == null) {
            return DEFAULT_PORT;
        }
        if (port != null && (port < 0 || port > 65_535)) {
            throw CommandFailure.usage(option + " must be a port from 0 to 65535, not " + port + ".");
        }
        return port;
    }

    private void refuseWhatIsNotBuilt() {
        if (ws != null) {
            throw CommandFailure.usage("--ws: this build has no WebSocket listener; use --tcp and --udp.");
        }
    }

    /** What is said on the command line. */
    enum SlowConsumer {
        KEEP(SlowConsumerPolicy.KEEP_FOR_LATER),
        CLOSE(SlowConsumerPolicy.CLOSE);

        private final SlowConsumerPolicy policy;

        SlowConsumer(SlowConsumerPolicy policy) {
            this.policy = policy;
        }
    }

    private static String readyLine(ImServer server) {
        StringBuilder line = new StringBuilder("READY {");
        for (String transport : new String[] {"tcp", "udp"}) {
            if (server.addresses().stream().map(Bound::transport).anyMatch(transport::equals)) {
                line.append(line.charAt(line.length() - 1) == '{' ? "\"" : ",\"")
                        .append(transport)
                        .append("\":")
                        .append(server.port(transport));
            }
        }
        return line.append('}').toString();
    }
}
