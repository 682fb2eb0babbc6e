// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.server;

import io.hongyan.examples.cli.CommandFailure;
import io.hongyan.server.netty.NettyTransport;
import io.hongyan.server.netty.Transports;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * On which addresses and ports a server listens.
 *
 * <p>A host name may be several addresses, as the loopback is {@code 127.0.0.1} and {@code ::1}, and a listener has one
 * port on all of them: where any free port will do, one is looked for that is free everywhere. It may be taken before
 * the server binds it, so whoever starts the server tries more than once.
 */
final class ListeningPlan {

    private static final int TRIES = 20;

    /** Empty: all addresses of the machine. */
    private final List<InetAddress> hosts;

    private final @Nullable Integer tcp;
    private final @Nullable Integer udp;

    /**
     * @param hosts names or addresses; none stands for all addresses of the machine
     * @param tcp null is off, 0 any free port
     * @param udp the same
     * @throws CommandFailure if there is no such host
     */
    ListeningPlan(List<String> hosts, @Nullable Integer tcp, @Nullable Integer udp) {
        this.hosts = addresses(hosts);
        this.tcp = tcp;
        this.udp = udp;
    }

    /** Whether a port is looked for here, so that {@link #transports} may give another one when asked again. */
    boolean choosesPorts() {
        return hosts.size() > 1 && (isAny(tcp) || isAny(udp));
    }

    /** Whether UDP is among it. */
    boolean hasUdp() {
        return udp != null;
    }

    /** What to listen on. */
    List<NettyTransport> transports() {
        List<NettyTransport> transports = new ArrayList<>();
        if (tcp != null) {
            int port = portOf(tcp, ListeningPlan::tryTcp);
            hosts.forEach(host -> transports.add(Transports.tcp(host.getHostAddress(), port)));
            if (hosts.isEmpty()) {
                transports.add(Transports.tcp(port));
            }
        }
        if (udp != null) {
            int port = portOf(udp, ListeningPlan::tryUdp);
            hosts.forEach(host -> transports.add(Transports.udp(host.getHostAddress(), port)));
            if (hosts.isEmpty()) {
                transports.add(Transports.udp(port));
            }
        }
        return transports;
    }

    private int portOf(int asked, Probe probe) {
        if (asked != 0 || hosts.size() < 2) {
            return asked;
        }
        for (int i = 0; i < TRIES; i++) {
            try {
                int port = probe.bind(hosts.get(0), 0);
                for (InetAddress other : hosts.subList(1, hosts.size())) {
                    probe.bind(other, port);
                }
                return port;
            } catch (IOException takenThere) {
                // the next free port of the first address may be free on the others too
            }
        }
        throw CommandFailure.noSocket("Cannot listen: no port is free on all of " + hosts + ".");
    }

    /** A machine may have no IPv6 while its host table names {@code ::1}: what cannot be bound is left out. */
    private static List<InetAddress> addresses(List<String> hosts) {
        List<InetAddress> addresses = new ArrayList<>();
        for (String host : hosts) {
            try {
                addresses.addAll(List.of(InetAddress.getAllByName(host)));
            } catch (UnknownHostException e) {
                throw CommandFailure.noSocket("Cannot listen: there is no host " + host + ".");
            }
        }
        if (addresses.stream().anyMatch(ListeningPlan::isAllOfBothKinds)) {
            return List.of();
        }
        List<InetAddress> usable = addresses.stream()
                .distinct()
                .filter(address -> !(address instanceof Inet6Address) || isUsable(address))
                .toList();
        return usable.isEmpty() ? addresses : usable;
    }

    /** {@code ::}, which a machine without IPv6 takes for {@code 0.0.0.0}. */
    private static boolean isAllOfBothKinds(InetAddress address) {
        return address instanceof Inet6Address && address.isAnyLocalAddress();
    }

    private static boolean isUsable(InetAddress address) {
        try {
            tryTcp(address, 0);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isAny(@Nullable Integer port) {
        return port != null && port == 0;
    }

    private static int tryTcp(InetAddress host, int port) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(host, port));
            return socket.getLocalPort();
        }
    }

    private static int tryUdp(InetAddress host, int port) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(host, port))) {
            return socket.getLocalPort();
        }
    }

    /** Binds a port for a moment; returns which. */
    private interface Probe {
        int bind(InetAddress host, int port) throws IOException;
    }
}
