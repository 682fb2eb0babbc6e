// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.relay;

import io.hongyan.client.ServerAddress;
import io.hongyan.examples.cli.CommandFailure;
import io.hongyan.examples.cli.EndSignals;
import io.hongyan.examples.cli.ExitCode;
import io.hongyan.examples.cli.HongyanCommand;
import io.hongyan.examples.cli.LogLevel;
import io.hongyan.examples.cli.ServerUrl;
import io.hongyan.simnet.JitterShape;
import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.RelayCounters;
import io.hongyan.simnet.UdpRelay;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code relay}: puts a bad link between UDP clients and a server, until a signal ends it. */
@Command(
        name = "relay",
        description = "Relays UDP to a server across a simulated bad link.",
        footer = {
            "",
            "The first line of standard output is READY {\"udp\":PORT}; clients connect there. At the end (SIGTERM,",
            "SIGINT) it prints RELAY {json}: what each direction carried and lost, and how late the relay itself was."
        },
        sortOptions = false)
public final class RelayCommand extends HongyanCommand {

    @Option(names = "--to", paramLabel = "URL", required = true, description = "The server: udp://HOST:PORT.")
    private String to = "";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "Where clients connect, on the loopback; 0, the default, is any free port.")
    private int port;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "A link by its name, such as wifi, mobile-4g, subway; the options below change it.")
    private @Nullable String profile;

    @Option(names = "--delay", paramLabel = "MS", description = "Delay each way.")
    private @Nullable Double delay;

    @Option(names = "--jitter", paramLabel = "MS", description = "The delay varies by so much, either way.")
    private @Nullable Double jitter;

    @Option(names = "--loss", paramLabel = "PERCENT", description = "Share of datagrams lost, each way.")
    private @Nullable Double loss;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of the losses; default 1.")
    private long seed;

    public RelayCommand() {
        super(LogLevel.WARN);
    }

    @Override
    protected int run() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        EndSignals.handle(end::countDown);
        try (UdpRelay relay = start()) {
            System.out.println("READY {\"udp\":" + relay.address().getPort() + "}");
            System.out.flush();
            end.await();
            System.out.println("RELAY " + json(relay.counters()));
        }
        return ExitCode.OK;
    }

    private UdpRelay start() {
        LinkProfile link = link();
        try {
            return UdpRelay.to(target())
                    .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                    .profile(link)
                    .seed(seed)
                    .start();
        } catch (IOException e) {
            throw CommandFailure.noSocket("Cannot relay: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(e.getMessage() + ".");
        }
    }

    private InetSocketAddress target() {
        ServerAddress server = ServerUrl.parse(to);
        if (!to.regionMatches(true, 0, "udp://", 0, 6)) {
            throw CommandFailure.usage("The relay carries UDP: --to must be udp://HOST:PORT, not " + to + ".");
        }
        InetSocketAddress target = new InetSocketAddress(server.host(), server.port());
        if (target.isUnresolved()) {
            throw CommandFailure.usage("The name " + server.host() + " is not known.");
        }
        return target;
    }

    private LinkProfile link() {
        try {
            LinkProfile.Builder link = profile == null
                    ? LinkProfile.builder("relay")
                    : LinkProfile.named(profile.toLowerCase(Locale.ROOT)).toBuilder();
            if (delay != null) {
                link.delayMillis(delay);
            }
            if (jitter != null) {
                link.jitterMillis(jitter, JitterShape.UNIFORM);
            }
            if (loss != null) {
                link.loss(loss / 100);
            }
            return link.build();
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage("Not a link: " + e.getMessage() + ".");
        }
    }

    private static String json(RelayCounters counters) {
        return String.format(
                Locale.ROOT,
                "{\"up_datagrams\":%d,\"up_bytes\":%d,\"up_lost\":%d,\"down_datagrams\":%d,\"down_bytes\":%d,"
                        + "\"down_lost\":%d,\"late_avg_us\":%d,\"late_max_us\":%d}",
                counters.up().datagramsIn(),
                counters.up().bytesIn(),
                counters.up().datagramsLost(),
                counters.down().datagramsIn(),
                counters.down().bytesIn(),
                counters.down().datagramsLost(),
                Math.max(
                                counters.upLateness().averageNanos(),
                                counters.downLateness().averageNanos())
                        / 1000,
                Math.max(
                                counters.upLateness().maxNanos(),
                                counters.downLateness().maxNanos())
                        / 1000);
    }
}
