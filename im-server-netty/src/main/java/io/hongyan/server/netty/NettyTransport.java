// SPDX-License-Identifier: Apache-2.0
package io.hongyan.server.netty;

import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.transport.Transport;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.rudp.CongestionControl;
import io.hongyan.protocol.rudp.ServerSecret;
import io.hongyan.transport.netty.ConnectionGate;
import io.hongyan.transport.netty.IoLoops;
import io.hongyan.transport.netty.Networks;
import io.hongyan.transport.netty.TlsFiles;
import io.hongyan.transport.netty.TransportEvents;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
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
    private final @Nullable TlsFiles tlsFiles;
    private final boolean allowsPlaintext;
    private final List<String> proxies;
    private final UdpSettings udp;

    NettyTransport(Kind kind, @Nullable String host, int port) {
        this(kind, host, port, null, false, List.of(), UdpSettings.DEFAULTS);
    }

    private NettyTransport(
            Kind kind,
            @Nullable String host,
            int port,
            @Nullable TlsFiles tlsFiles,
            boolean allowsPlaintext,
            List<String> proxies,
            UdpSettings udp) {
        this.kind = kind;
        this.host = host;
        this.port = port;
        this.tlsFiles = tlsFiles;
        this.allowsPlaintext = allowsPlaintext;
        this.proxies = proxies;
        this.udp = udp;
    }

    /**
     * The same with TLS 1.2 and 1.3. Clients that speak plain text are refused with PROTECTION_REQUIRED. Files that change
     * are read again within 10 s; what cannot be used is logged, and the certificate of before stays.
     */
    public NettyTransport tls(TlsFiles files) {
        Objects.requireNonNull(files, "files");
        return new NettyTransport(kind, host, port, files, allowsPlaintext, proxies, udp);
    }

    /** The same port for clients with TLS and for those without. */
    public NettyTransport allowPlaintext() {
        return new NettyTransport(kind, host, port, tlsFiles, true, proxies, udp);
    }

    /**
     * The same behind load balancers that speak the PROXY protocol, version 1 or 2. Every link from these networks must begin
     * with its header, whose address counts from then on: for rates, logs and the authenticator. A header from anywhere
     * else ends its link.
     *
     * @param networks such as {@code 10.0.0.0/8}, {@code 2001:db8::/32} or one address
     */
    public NettyTransport proxies(String... networks) {
        return new NettyTransport(kind, host, port, tlsFiles, allowsPlaintext, List.of(networks), udp);
    }

    /**
     * The same with tickets of this lifetime, 0 to 604,800 s; a day by default. A ticket lets a client that was here before
     * send its login with its very first datagram, once. With 0 none are given or taken. For reliable UDP only.
     */
    public NettyTransport ticketSeconds(int seconds) {
        return with(udp.ticketSeconds(seconds));
    }

    /**
     * The same with or without early copies: while datagrams get lost, small chat messages are sent twice, within a budget
     * of bytes, so that a loss need not be noticed first. On by default; off saves bytes on lossy paths and costs latency.
     * For reliable UDP only.
     */
    public NettyTransport redundancy(boolean copies) {
        return with(udp.redundancy(copies));
    }

    /**
     * The same with another way to find out how much a path takes; {@link CongestionControl#BBR} by default. Each side
     * decides for what it sends itself. For reliable UDP only.
     */
    public NettyTransport congestionControl(CongestionControl algorithm) {
        return with(udp.congestionControl(algorithm));
    }

    /**
     * The same with another bound of datagrams, 1,200 to 1,452 bytes of UDP payload; 1,452 by default. Longer ones than
     * 1,200 carry bulk alone, and only where the path was seen to carry them; with 1,200 it is never tried. For reliable
     * UDP only.
     */
    public NettyTransport maxDatagramBytes(int bytes) {
        return with(udp.maxDatagramBytes(bytes));
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
        if (isUdp() && (tlsFiles != null || !proxies.isEmpty())) {
            return Optional.of(this + ": TLS and the PROXY protocol are for TCP");
        }
        if (!isUdp() && !udp.equals(UdpSettings.DEFAULTS)) {
            return Optional.of(
                    this + ": tickets, redundancy, congestionControl and maxDatagramBytes are for reliable UDP");
        }
        Optional<String> outOfRange = udp.mistake();
        if (outOfRange.isPresent()) {
            return outOfRange.map(text -> this + ": " + text);
        }
        try {
            proxies();
        } catch (IllegalArgumentException noNetwork) {
            return Optional.of(this + ": " + noNetwork.getMessage());
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

    @Nullable
    TlsFiles tlsFiles() {
        return tlsFiles;
    }

    /** What was chosen for the engine. */
    UdpSettings udp() {
        return udp;
    }

    boolean allowsPlaintext() {
        return allowsPlaintext;
    }

    Networks proxies() {
        return Networks.of(proxies.toArray(String[]::new));
    }

    Transport listener(Parts parts) {
        return switch (kind) {
            case TCP -> new TcpTransport(this, parts);
            case UDP -> new UdpTransport(this, parts);
        };
    }

    /** What the listeners of one server share. */
    @ThreadSafe
    record Parts(
            Supplier<IoLoops> loops,
            ServerSecret secret,
            ServerLimits limits,
            ConnectionGate gate,
            TransportEvents events,
            ImMetrics metrics) {}

    private NettyTransport with(UdpSettings settings) {
        return new NettyTransport(kind, host, port, tlsFiles, allowsPlaintext, proxies, settings);
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
