// SPDX-License-Identifier: Apache-2.0
package io.hongyan.server.netty;

import io.hongyan.core.transport.Transport;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.rudp.ServerSecret;
import io.hongyan.transport.netty.IoLoops;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A carrier and where to listen for it: a value, made by {@link Transports}, that a server turns into a listener. */
@ThreadSafe
public final class NettyTransport {
    private static final int HIGHEST_PORT = 65_535;

    private final Kind kind;
    private final @Nullable String host;
    private final int port;

    NettyTransport(Kind kind, @Nullable String host, int port) {
        this.kind = kind;
        this.host = host;
        this.port = port;
    }

    /** The carrier's short name: {@code "tcp"}, {@code "udp"}. */
    public String name() {
        return kind.shortName;
    }

    /** The port asked for; 0 = any free one. */
    public int port() {
        return port;
    }

    @Override
    public String toString() {
        return name() + " " + (host == null ? "" : host + " ") + "port " + port;
    }

    /** What is wrong with it, in words. */
    Optional<String> mistake() {
        if (port < 0 || port > HIGHEST_PORT) {
            return Optional.of(this + ": a port is 0 to " + HIGHEST_PORT);
        }
        if (host != null && host.isBlank()) {
            return Optional.of(this + ": the host is empty");
        }
        return Optional.empty();
    }

    /** Whether both ask for the same carrier on the same address. */
    boolean clashesWith(NettyTransport other) {
        return kind == other.kind
                && port != 0
                && port == other.port
                && (host == null || other.host == null || host.equals(other.host));
    }

    boolean isUdp() {
        return kind == Kind.UDP;
    }

    /** Looks the host up, which may block. */
    InetSocketAddress address() {
        return host == null ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    }

    Transport listener(Supplier<IoLoops> loops, ServerSecret secret) {
        return switch (kind) {
            case TCP -> new TcpTransport(this, loops);
            case UDP -> new UdpTransport(this, loops, secret);
        };
    }

    enum Kind {
        TCP("tcp"),
        UDP("udp");

        private final String shortName;

        Kind(String shortName) {
            this.shortName = shortName;
        }
    }
}
