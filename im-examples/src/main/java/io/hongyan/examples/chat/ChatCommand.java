// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.chat;

import io.hongyan.client.ServerAddress;
import io.hongyan.examples.cli.CommandFailure;
import io.hongyan.examples.cli.HongyanCommand;
import io.hongyan.examples.cli.LogLevel;
import io.hongyan.examples.cli.Seconds;
import io.hongyan.examples.cli.ServerUrl;
import io.hongyan.examples.cli.Trust;
import io.hongyan.examples.cli.Utf8Console;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.UserId;
import io.hongyan.transport.netty.ClientTls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code chat}: a person's terminal, or a script's. */
@Command(
        name = "chat",
        description = "Talks to others: a line `@bob hi` goes to bob, a plain line to --to, else to the last one.",
        footer = {
            "",
            "Standard output holds incoming messages only, one line each: `alice: hi`.",
            "Exit code: 0 all happened, 1 something is missing, 2 usage or no login."
        },
        sortOptions = false)
public final class ChatCommand extends HongyanCommand {

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

    @Option(
            names = "--server",
            paramLabel = "URL",
            required = true,
            split = ",",
            description = "tcp://HOST:PORT, tls://HOST:PORT or udp://HOST:PORT; several race.")
    private List<String> servers = List.of();

    @Option(names = "--user", paramLabel = "NAME", required = true, description = "Who you are.")
    private String user = "";

    @Option(
            names = "--device",
            paramLabel = "ID",
            defaultValue = "chat",
            description = "Which of your devices this is; default chat. The same device again replaces it.")
    private String device = "";

    @Option(names = "--token", paramLabel = "T", description = "What the server wants to hear at login.")
    private @Nullable String token;

    @Option(
            names = "--trust",
            paramLabel = "PEM",
            description = "Certificates to trust instead of those of the Java runtime, for tls:// servers.")
    private @Nullable Path trust;

    @Option(names = "--client-cert", paramLabel = "PEM", description = "Your own certificate, for tls:// servers.")
    private @Nullable Path clientCert;

    @Option(names = "--client-key", paramLabel = "PEM", description = "Its private key, in PKCS#8.")
    private @Nullable Path clientKey;

    @Option(names = "--to", paramLabel = "USER", description = "To whom plain lines go.")
    private @Nullable String to;

    @Option(names = "--exit-after", paramLabel = "N", description = "End when N messages have come in.")
    private @Nullable Long exitAfter;

    @Option(
            names = "--timeout",
            paramLabel = "S",
            converter = Seconds.class,
            description = "How long to wait for what is missing, in seconds; default 60.")
    private @Nullable Duration timeout;

    public ChatCommand() {
        super(LogLevel.WARN);
    }

    @Override
    protected int run() throws InterruptedException {
        List<ServerAddress> addresses = servers.stream().map(ServerUrl::parse).toList();
        if (addresses.isEmpty()) {
            throw CommandFailure.usage(
                    "--server names no server: it is tcp://HOST:PORT, tls://HOST:PORT or udp://HOST:PORT.");
        }
        checkIds();
        if (exitAfter != null && exitAfter < 1) {
            throw CommandFailure.usage("--exit-after must be 1 or more, not " + exitAfter + ".");
        }
        ChatGoal goal = new ChatGoal(Utf8Console.input(), exitAfter, timeout, DEFAULT_TIMEOUT);
        ClientTls tls = Trust.read(trust, clientCert, clientKey);
        return new ChatRun(addresses, user, device, token == null ? "" : token, to, tls, goal).run();
    }

    private void checkIds() {
        try {
            new UserId(user);
            new DeviceId(device);
            if (to != null) {
                new UserId(to);
            }
        } catch (ProtocolException | IllegalArgumentException e) {
            throw CommandFailure.usage(
                    "A name is 1 to 64 bytes of UTF-8 without control characters, does not begin with "
                            + "'@' and is neither 0 nor -1: " + e.getMessage());
        }
    }
}
