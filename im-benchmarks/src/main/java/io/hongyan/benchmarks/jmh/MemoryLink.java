// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.jmh;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.rudp.PeerAddress;
import io.hongyan.protocol.rudp.RudpConfig;
import io.hongyan.protocol.rudp.RudpConnection;
import io.hongyan.protocol.rudp.RudpEndpoint;
import io.hongyan.protocol.rudp.RudpEvent;
import io.hongyan.protocol.rudp.RudpTracer;
import io.hongyan.protocol.rudp.ServerSecret;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the engine, both ends, over 25 ms of simulated wire each way. Time goes on by 1 ms a step; in each
 * step either end takes what has arrived, does what is due, and sends.
 */
final class MemoryLink {
    private static final long STEP_NANOS = 1_000_000;
    private static final long DELAY_NANOS = 25 * STEP_NANOS;

    private final RudpEndpoint server;
    private final RudpEndpoint client;
    private final PeerAddress serverAddress = new PeerAddress();
    private final PeerAddress clientAddress = new PeerAddress();
    private final DatagramPipe up;
    private final DatagramPipe down;
    private final RudpConnection connection;
    private final RudpEvent event = new RudpEvent();
    private final PeerAddress receiver = new PeerAddress();
    private long nowNanos = 1_000_000_000L;
    private long delivered;

    MemoryLink(int lossPercent) {
        SplittableRandom random = new SplittableRandom(7);
        server = RudpEndpoint.server(RudpConfig.defaults(), ServerSecret.random(random), 0, random, RudpTracer.NONE);
        client = RudpEndpoint.client(RudpConfig.defaults(), random, RudpTracer.NONE);
        serverAddress.setIpv4(0x0a000001, 7901);
        clientAddress.setIpv4(0x0a000002, 5000);
        up = new DatagramPipe(DELAY_NANOS, lossPercent, 1);
        down = new DatagramPipe(DELAY_NANOS, lossPercent, 2);
        connection = client.connect(nowNanos, serverAddress);
        for (int steps = 0; !connection.isOpen(); steps++) {
            if (steps > 20_000) {
                throw new IllegalStateException("no handshake within 20 s");
            }
            step();
        }
    }

    /** Sends messages from client to server, if the engine has room for them, and lets 1 ms pass. */
    void step(byte[] message, int count) {
        for (int i = 0; i < count && connection.isWritable(Lane.CHAT); i++) {
            connection.send(nowNanos, Lane.CHAT, message);
        }
        connection.flush();
        step();
    }

    /** Datagrams made so far by both ends. */
    long datagrams() {
        return up.sent() + down.sent();
    }

    /** Messages that the server's end handed up so far. */
    long delivered() {
        return delivered;
    }

    RudpEndpoint server() {
        return server;
    }

    PeerAddress clientAddress() {
        return clientAddress;
    }

    long nowNanos() {
        return nowNanos;
    }

    /** A datagram of the client that never reached the server. */
    byte[] genuine(byte[] message) {
        connection.send(nowNanos, Lane.CHAT, message);
        connection.flush();
        ByteBuffer room = ByteBuffer.allocate(RudpConfig.DATAGRAM_BYTES);
        if (!client.pollDatagram(nowNanos, room, receiver)) {
            throw new IllegalStateException("nothing left");
        }
        byte[] datagram = new byte[room.flip().remaining()];
        room.get(datagram);
        return datagram;
    }

    private void step() {
        nowNanos += STEP_NANOS;
        turn(client, serverAddress, down, up);
        turn(server, clientAddress, up, down);
    }

    private void turn(RudpEndpoint endpoint, PeerAddress peer, DatagramPipe in, DatagramPipe out) {
        for (ByteBuffer datagram = next(in); datagram != null; datagram = next(in)) {
            endpoint.input(nowNanos, datagram, peer);
            takeEvents(endpoint);
        }
        if (endpoint.nextDeadlineNanos() - nowNanos <= 0) {
            endpoint.onDeadline(nowNanos);
        }
        while (!out.isFull() && endpoint.pollDatagram(nowNanos, out.room(), receiver)) {
            out.send(nowNanos);
        }
        takeEvents(endpoint);
    }

    private @Nullable ByteBuffer next(DatagramPipe in) {
        return in.receive(nowNanos);
    }

    private void takeEvents(RudpEndpoint endpoint) {
        while (endpoint.pollEvent(event)) {
            if (event.kind() == RudpEvent.FRAME) {
                delivered++;
            } else if (event.kind() == RudpEvent.CLOSED) {
                throw new IllegalStateException("closed: " + event);
            }
        }
    }
}
