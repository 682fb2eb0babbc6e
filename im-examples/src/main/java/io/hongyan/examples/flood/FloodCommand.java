// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.flood;

import io.hongyan.client.ServerAddress;
import io.hongyan.examples.cli.CommandFailure;
import io.hongyan.examples.cli.ExitCode;
import io.hongyan.examples.cli.HongyanCommand;
import io.hongyan.examples.cli.LogLevel;
import io.hongyan.examples.cli.Seconds;
import io.hongyan.examples.cli.ServerUrl;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code flood}: does to a server of one's own what strangers and broken clients do. */
@Command(
        name = "flood",
        description = "Floods a server of your own, on this machine or in a private network.",
        footer = {
            "",
            "The last line of standard output is FLOOD {json}.",
            "Exit code: 0 it was sent, 2 usage, 3 no socket."
        },
        sortOptions = false)
public final class FloodCommand extends HongyanCommand {

    private static final int MOST_PER_SECOND = 1_000_000;
    private static final int MOST_PORTS = 4_096;
    private static final long LAST_ANSWERS_NANOS = 10_000_000_000L;
    private static final long QUIET_NANOS = 1_000_000_000;
    private static final long PROGRESS_NANOS = 1_000_000_000;
    private static final int UNIQUE_LOCAL_MASK = 0xFE;
    private static final int UNIQUE_LOCAL = 0xFC;

    @Option(
            names = "--server",
            paramLabel = "URL",
            required = true,
            description = "tcp://HOST:PORT or udp://HOST:PORT; a loopback, private or link-local address.")
    private String server = "";

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            required = true,
            converter = KindOfName.class,
            description = "half-open (udp), silent, logins, over-rate (tcp), garbage (either).")
    private FloodKind kind = FloodKind.GARBAGE;

    @Option(
            names = "--rate",
            paramLabel = "PER_S",
            description = "Datagrams, connections, logins or messages a second; default 10000 half-open and garbage, "
                    + "2000 silent, 1000 logins, 5000 over-rate.")
    private @Nullable Double rate;

    @Option(names = "--count", paramLabel = "N", description = "How many in all; default: until the time is over.")
    private @Nullable Long count;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "10",
            converter = Seconds.class,
            description = "How long at most; silent connections are held so long. Default 10.")
    private Duration seconds = Duration.ZERO;

    @Option(
            names = "--ports",
            paramLabel = "N",
            defaultValue = "64",
            description = "UDP ports to send from; default 64.")
    private int ports;

    @Option(
            names = "--from",
            paramLabel = "ADDRESS",
            split = ",",
            description = "Local addresses to send from, in turn, such as 127.0.0.2,127.0.0.3.")
    private List<String> from = new ArrayList<>();

    @Option(
            names = "--token",
            paramLabel = "SECRET",
            description = "What the server wants to hear at login; over-rate.")
    private @Nullable String token;

    public FloodCommand() {
        super(LogLevel.WARN);
    }

    @Override
    protected int run() throws IOException {
        ServerAddress address = ServerUrl.parse(server);
        requireCarrier(address.transport());
        if (ports < 1 || ports > MOST_PORTS) {
            throw CommandFailure.usage("--ports must be from 1 to " + MOST_PORTS + ", not " + ports + ".");
        }
        FloodTally tally = new FloodTally();
        InetSocketAddress target = target(address);
        Sources sources = sources();
        try (Flood flood = flood(target, address.transport(), sources, tally)) {
            double took = send(flood, tally);
            System.out.println(tally.line(kind, address.transport(), took));
        }
        return ExitCode.OK;
    }

    private void requireCarrier(String transport) {
        String needed = switch (kind) {
            case HALF_OPEN -> "udp";
            case SILENT, LOGINS, OVER_RATE -> "tcp";
            case GARBAGE -> transport;
        };
        if (!transport.equals(needed)) {
            throw CommandFailure.usage("--kind " + kind + " needs a server at " + needed + "://, not " + server + ".");
        }
    }

    private static InetSocketAddress target(ServerAddress server) {
        InetSocketAddress target = new InetSocketAddress(server.host(), server.port());
        if (target.isUnresolved()) {
            throw CommandFailure.usage("The name " + server.host() + " is not known.");
        }
        if (!isNear(target.getAddress())) {
            throw CommandFailure.usage("A flood goes to a loopback, private or link-local address, not to "
                    + target.getAddress().getHostAddress() + ".");
        }
        return target;
    }

    /** Whether it is on this machine or in a private network. */
    static boolean isNear(InetAddress address) {
        boolean uniqueLocal =
                address instanceof Inet6Address && (address.getAddress()[0] & UNIQUE_LOCAL_MASK) == UNIQUE_LOCAL;
        return address.isLoopbackAddress()
                || address.isSiteLocalAddress()
                || address.isLinkLocalAddress()
                || uniqueLocal;
    }

    private Sources sources() {
        List<InetAddress> addresses = new ArrayList<>();
        for (String text : from) {
            try {
                addresses.add(InetAddress.getByName(text.strip()));
            } catch (UnknownHostException e) {
                throw CommandFailure.usage("Not an address to send from: " + text + ".");
            }
        }
        return new Sources(addresses);
    }

    private Flood flood(InetSocketAddress target, String transport, Sources sources, FloodTally tally) {
        try {
            if (transport.equals("udp")) {
                UdpSockets sockets = new UdpSockets(target, sources, ports, tally);
                return kind == FloodKind.HALF_OPEN ? new HalfOpenFlood(sockets, tally) : new GarbageDatagrams(sockets);
            }
            TcpLinks links = new TcpLinks(target, sources, tally);
            return switch (kind) {
                case SILENT -> new SilentFlood(links, tally);
                case LOGINS -> new LoginFlood(links, tally);
                case OVER_RATE -> new OverRateFlood(links, tally, token == null ? "" : token);
                case GARBAGE -> new GarbageStreams(links, tally);
                case HALF_OPEN -> throw new IllegalStateException("half-open handshakes travel by UDP");
            };
        } catch (IOException e) {
            throw CommandFailure.noSocket("No socket: " + e.getMessage() + ".");
        }
    }

    /** Sends what is due, and takes what comes, until all is sent or the time is over; answers the seconds it took. */
    private double send(Flood flood, FloodTally tally) throws IOException {
        long start = System.nanoTime();
        long most = count == null ? Long.MAX_VALUE : checkedCount(count);
        Pace pace = new Pace(checkedRate(), most, start);
        long end = start + seconds.toNanos();
        long nextProgress = start + PROGRESS_NANOS;
        long now = start;
        while (now - end < 0 && (!pace.isOver() || flood.holds())) {
            for (long due = pace.take(now); due > 0; due--) {
                flood.sendOne();
            }
            flood.takeAnswers(1);
            now = System.nanoTime();
            if (now - nextProgress >= 0) {
                nextProgress += PROGRESS_NANOS;
                System.err.println(tally.progress((now - start) / 1e9));
            }
        }
        takeLastAnswers(flood, tally);
        return (now - start) / 1e9;
    }

    /** Until all is answered and it has been quiet for a while; for a bounded time. */
    private static void takeLastAnswers(Flood flood, FloodTally tally) throws IOException {
        long now = System.nanoTime();
        long end = now + LAST_ANSWERS_NANOS;
        long quietSince = now;
        long heard = tally.heard();
        while (now - end < 0 && (flood.awaitsAnswers() || now - quietSince < QUIET_NANOS)) {
            flood.takeAnswers(10);
            now = System.nanoTime();
            if (tally.heard() != heard) {
                heard = tally.heard();
                quietSince = now;
            }
        }
    }

    private static long checkedCount(long count) {
        if (count < 1) {
            throw CommandFailure.usage("--count must be 1 or more, not " + count + ".");
        }
        return count;
    }

    private double checkedRate() {
        double perSecond = rate == null ? kind.usualRate() : rate;
        if (!(perSecond > 0 && perSecond <= MOST_PER_SECOND)) {
            throw CommandFailure.usage(
                    "--rate must be more than 0 and at most " + MOST_PER_SECOND + ", not " + rate + ".");
        }
        return perSecond;
    }

    /** {@code half-open} for {@link FloodKind#HALF_OPEN}. */
    static final class KindOfName implements ITypeConverter<FloodKind> {
        @Override
        public FloodKind convert(String value) {
            for (FloodKind kind : FloodKind.values()) {
                if (kind.toString().equalsIgnoreCase(value)) {
                    return kind;
                }
            }
            throw new TypeConversionException("'" + value + "' is not half-open, silent, logins, over-rate or garbage");
        }
    }
}
