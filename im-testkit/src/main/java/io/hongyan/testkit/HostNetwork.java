// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import io.hongyan.client.ClientNetwork;
import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.connection.Owner;
import io.hongyan.protocol.rudp.RudpConfig;
import io.hongyan.protocol.rudp.RudpEndpoint;
import io.hongyan.protocol.rudp.RudpTickets;
import io.hongyan.protocol.rudp.RudpTracer;
import io.hongyan.simnet.Direction;
import io.hongyan.simnet.RandomStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** What a client finds on its machine: one loop, and connectors that go over its {@link TestLink}. */
@Confined("world")
final class HostNetwork implements ClientNetwork {
    private static final int MAX_FRAME_BYTES = (1 << 20) + 4;
    private static final int UDP_BUFFER_BYTES = 3 << 20;
    /** The client of the library keeps its link alive itself. */
    private static final int MAX_IDLE_MILLIS = 3_600_000;

    private final Machine machine;
    private final TestLink link;
    private final RudpTickets tickets = new RudpTickets();
    private final RandomStream random;

    /** @param name unique in the world */
    HostNetwork(Machine machine, TestLink link, String name) {
        this.machine = machine;
        this.link = link;
        this.random = RandomStream.of(machine.world().seed(), "engine of " + name);
    }

    @Override
    public Owner nextOwner() {
        return machine.nextLoop();
    }

    @Override
    public CompletionStage<Connection> connect(
            Owner owner, String transport, InetSocketAddress server, Function<Connection, ConnectionHandler> handlers) {
        CompletableFuture<Connection> made = new CompletableFuture<>();
        MachineLoop loop = (MachineLoop) owner;
        if (transport.equals("udp")) {
            loop.execute(() -> connectDatagrams(loop, server, handlers, made));
        } else {
            link.carry(Direction.UP, 0, () -> connectStream(loop, server, handlers, made));
        }
        return made;
    }

    @Override
    public boolean inLoop() {
        return machine.loops().stream().anyMatch(MachineLoop::inOwnerThread);
    }

    /** Connections end with their machine. */
    @Override
    public void close() {}

    private void connectStream(
            MachineLoop loop,
            InetSocketAddress server,
            Function<Connection, ConnectionHandler> handlers,
            CompletableFuture<Connection> made) {
        StreamTransport listener = machine.world().listener(server);
        if (listener == null || !listener.accepts()) {
            link.carry(
                    Direction.DOWN,
                    0,
                    () -> loop.execute(() -> made.completeExceptionally(new IOException("refused by " + server))));
            return;
        }
        StreamConnection serverEnd = listener.accept(link, link.newAddress().toSocketAddress());
        StreamConnection clientEnd = new StreamConnection(loop, link, Direction.UP, server, MAX_FRAME_BYTES);
        StreamConnection.join(clientEnd, serverEnd);
        link.carry(
                Direction.DOWN,
                0,
                () -> loop.execute(() -> {
                    clientEnd.begin(machine.world().tampered(handlers.apply(clientEnd)));
                    made.complete(clientEnd);
                }));
    }

    private void connectDatagrams(
            MachineLoop loop,
            InetSocketAddress server,
            Function<Connection, ConnectionHandler> handlers,
            CompletableFuture<Connection> made) {
        RudpConfig config = RudpConfig.builder()
                .maxMessageBytes(MAX_FRAME_BYTES)
                .sendBufferBytes(UDP_BUFFER_BYTES)
                .receiveWindowBytes(UDP_BUFFER_BYTES)
                .keepAliveMillis(0)
                .idleTimeoutMillis(MAX_IDLE_MILLIS)
                .build();
        RudpEndpoint endpoint = RudpEndpoint.client(config, random, RudpTracer.NONE);
        DatagramDriver[] driver = new DatagramDriver[1];
        SimulatedSocket socket = link.open((from, datagram) -> {
            if (datagram.hasRemaining()) {
                loop.execute(() -> driver[0].input(from, datagram));
            }
        });
        driver[0] = new DatagramDriver(loop, endpoint, socket::send, MAX_FRAME_BYTES, tickets, null);
        DatagramConnection connection = driver[0].connect(server);
        connection.onConnected(() -> made.complete(connection));
        connection.begin(new FailsLate(machine.world().tampered(handlers.apply(connection)), made, server));
        driver[0].whenEmpty(socket::close);
    }

    /** The client's handler; the end of a connection that never was is also the failure of its connect. */
    @Confined("owner")
    private record FailsLate(ConnectionHandler handler, CompletableFuture<Connection> made, InetSocketAddress server)
            implements ConnectionHandler {
        @Override
        public void onFrame(int type, ByteBuffer body, Lane lane) {
            handler.onFrame(type, body, lane);
        }

        @Override
        public void onReadComplete() {
            handler.onReadComplete();
        }

        @Override
        public void onMappingLost() {
            handler.onMappingLost();
        }

        @Override
        public void onWritable(Lane lane) {
            handler.onWritable(lane);
        }

        @Override
        public void onViolation(ProtocolException violation) {
            handler.onViolation(violation);
        }

        @Override
        public void onClosed(ReasonCode reason, boolean byPeer, String text) {
            handler.onClosed(reason, byPeer, text);
            made.completeExceptionally(new IOException("cannot connect to " + server + ": " + reason + " " + text));
        }
    }
}
