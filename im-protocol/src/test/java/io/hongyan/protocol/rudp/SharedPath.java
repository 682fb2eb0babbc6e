// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.protocol.Lane;
import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.RandomStream;
import io.hongyan.simnet.SimAddress;
import io.hongyan.simnet.SimulatedNetwork;
import io.hongyan.simnet.VirtualClock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A simulated path from clients to a server that all of them share, and flows of bulk on it, each of an endpoint of its own
 * and so with a congestion control of its own choice.
 */
final class SharedPath {
    static final long MILLI = 1_000_000L;
    static final long SECOND = 1_000_000_000L;

    /** What travels in the bulk lane: a chunk as the library cuts them. */
    static final int CHUNK_BYTES = 4 << 10;

    final VirtualClock clock = new VirtualClock();
    final SimulatedNetwork network;
    final SimPeer server;
    final List<Flow> flows = new ArrayList<>();

    private final RandomStream random;
    private @Nullable SimPeer host;
    private long wireBytes;

    SharedPath(long seed, LinkProfile link) {
        network = new SimulatedNetwork(clock, seed, link);
        random = RandomStream.of(seed, "keys");
        server = new SimPeer(
                network,
                "server",
                SimAddress.ipv4("10.0.0.1", 7901),
                RudpEndpoint.server(
                        config(CongestionControl.BBR), ServerSecret.random(random), 0, random, RudpTracer.NONE));
        server.onEvent = this::onServerEvent;
        network.observe((nowNanos, source, target, datagram) -> wireBytes += datagram.remaining() + 28);
    }

    static RudpConfig config(CongestionControl kind) {
        return RudpConfig.builder().clientIdBytes(4).congestionControl(kind).build();
    }

    /** A flow, connected. */
    Flow flow(CongestionControl kind) {
        RudpEndpoint endpoint = RudpEndpoint.client(config(kind), random, RudpTracer.NONE);
        SimPeer peer;
        if (host == null) {
            host = new SimPeer(network, "clients", SimAddress.ipv4("10.0.0.2", 5000), endpoint);
            peer = host;
        } else {
            peer = new SimPeer(host, endpoint);
        }
        Flow flow = new Flow(peer);
        flows.add(flow);
        if (!clock.runUntil(flow.connection::isOpen, 10 * SECOND)) {
            throw new AssertionError("not connected");
        }
        return flow;
    }

    /** UDP payload and headers of all that was sent, both ways. */
    long wireBytes() {
        return wireBytes;
    }

    private void onServerEvent(RudpEvent event) {
        if (event.kind() == RudpEvent.FRAME) {
            for (Flow flow : flows) {
                if (flow.connection.id() == event.connection().id()) {
                    flow.receive(event);
                }
            }
        }
    }

    /** One client's connection. */
    final class Flow {
        final SimPeer peer;
        final RudpConnection connection;
        final List<Long> chatNanos = new ArrayList<>();
        long received;
        private long bulkLeft;

        Flow(SimPeer peer) {
            this.peer = peer;
            connection = peer.connect(server);
            peer.onEvent = event -> {
                if (event.kind() == RudpEvent.WRITABLE) {
                    fill();
                }
            };
        }

        /** Sends so many bytes, as fast as the engine takes them. */
        void bulk(long bytes) {
            bulkLeft += bytes;
            fill();
            peer.pump();
        }

        /** Sends no more. */
        void stop() {
            bulkLeft = 0;
        }

        void chat(int bytes) {
            byte[] frame = new byte[bytes];
            ByteBuffer.wrap(frame).putLong(clock.nowNanos());
            peer.send(connection, Lane.CHAT, frame);
        }

        private void fill() {
            while (bulkLeft > 0) {
                int length = (int) Math.min(bulkLeft, CHUNK_BYTES);
                if (!connection.send(clock.nowNanos(), Lane.BULK, new byte[length])) {
                    break;
                }
                bulkLeft -= length;
            }
            connection.flush();
        }

        private void receive(RudpEvent event) {
            if (event.lane() == Lane.CHAT) {
                chatNanos.add(clock.nowNanos() - event.frame().getLong());
            } else {
                received += event.frame().remaining();
            }
        }
    }
}
