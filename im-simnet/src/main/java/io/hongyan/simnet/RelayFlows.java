// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The clients of a {@link UdpRelay}, by address: bounded, and forgotten when idle. Guarded by the relay's lock. */
final class RelayFlows {

    private final Map<SocketAddress, RelayFlow> byClient = new HashMap<>();
    private final Selector selector;
    private final InetSocketAddress target;
    private final int maxFlows;
    private final long idleNanos;
    private long total;
    private long refused;
    private long addressChanges;

    RelayFlows(Selector selector, InetSocketAddress target, int maxFlows, long idleNanos) {
        this.selector = selector;
        this.target = target;
        this.maxFlows = maxFlows;
        this.idleNanos = idleNanos;
    }

    /** A non-blocking socket of the address's family, with buffers as large as the kernel allows. */
    static DatagramChannel open(InetSocketAddress address) throws IOException {
        DatagramChannel channel = DatagramChannel.open(
                address.getAddress() instanceof Inet4Address
                        ? StandardProtocolFamily.INET
                        : StandardProtocolFamily.INET6);
        try {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER_BYTES);
            channel.configureBlocking(false);
            return channel;
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }

    /** Where every flow leads. */
    InetSocketAddress target() {
        return target;
    }

    /** The flow of a client, new if need be; null if there is no place for it. */
    @Nullable
    RelayFlow of(SocketAddress client) {
        RelayFlow known = byClient.get(client);
        if (known != null) {
            return known;
        }
        if (byClient.size() >= maxFlows) {
            refused++;
            return null;
        }
        try {
            RelayFlow flow = new RelayFlow(client, openUpstream());
            register(flow);
            byClient.put(client, flow);
            total++;
            return flow;
        } catch (IOException noSocket) {
            refused++;
            return null;
        }
    }

    /** Gives every flow another socket, and so another port before the target. */
    void changeAddresses() throws IOException {
        for (RelayFlow flow : byClient.values()) {
            flow.replaceUpstream(openUpstream());
            register(flow);
        }
        addressChanges++;
    }

    void forgetIdle(long nowNanos) throws IOException {
        for (Iterator<RelayFlow> flows = byClient.values().iterator(); flows.hasNext(); ) {
            RelayFlow flow = flows.next();
            if (flow.idleNanos(nowNanos) >= idleNanos) {
                flow.upstream().close();
                flows.remove();
            }
        }
    }

    int count() {
        return byClient.size();
    }

    long total() {
        return total;
    }

    long refused() {
        return refused;
    }

    long addressChanges() {
        return addressChanges;
    }

    void close() throws IOException {
        for (RelayFlow flow : byClient.values()) {
            flow.upstream().close();
        }
        byClient.clear();
    }

    private DatagramChannel openUpstream() throws IOException {
        DatagramChannel upstream = open(target);
        try {
            // Not connected: a connected channel of the JDK sends no empty datagram. The loop checks who answers.
            return upstream.bind(null);
        } catch (IOException | RuntimeException failure) {
            upstream.close();
            throw failure;
        }
    }

    private void register(RelayFlow flow) throws IOException {
        flow.upstream().register(selector, SelectionKey.OP_READ, flow);
    }

    private static final int SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;
}
