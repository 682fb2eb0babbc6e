// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.protocol.Lane;
import io.hongyan.simnet.RandomStream;
import java.nio.ByteBuffer;

/**
 * A client that sends a message of 200 bytes each millisecond, over 25 ms of wire each way that loses every twentieth
 * datagram or so. Allocates nothing itself.
 */
final class LossyFlow {
    private static final long MILLI = 1_000_000L;
    private static final long DELAY_NANOS = 25 * MILLI;
    private static final int LOST_OF_A_THOUSAND = 50;

    private final RandomStream random = RandomStream.of(5, "flow");
    private final RudpEndpoint server =
            RudpEndpoint.server(RudpConfig.defaults(), ServerSecret.random(random), 0, random, RudpTracer.NONE);
    private final RudpEndpoint client = RudpEndpoint.client(RudpConfig.defaults(), random, RudpTracer.NONE);
    private final PeerAddress serverAddress = new PeerAddress();
    private final PeerAddress clientAddress = new PeerAddress();
    private final PeerAddress to = new PeerAddress();
    private final RudpEvent event = new RudpEvent();
    private final byte[] message = new byte[200];
    private final Wire up = new Wire();
    private final Wire down = new Wire();
    private final RudpConnection connection;
    private long now = MILLI;
    private long delivered;

    LossyFlow() {
        serverAddress.setIpv4(0x0a000001, 7901);
        clientAddress.setIpv4(0x0a000002, 5000);
        connection = client.connect(now, serverAddress);
        rest();
    }

    /** Sends so many messages, and lets as many milliseconds pass. */
    void run(int messages) {
        for (int i = 0; i < messages; i++) {
            if (!connection.send(now, Lane.CHAT, message)) {
                throw new IllegalStateException("no room");
            }
            connection.flush();
            pass();
        }
    }

    /** Lets time pass until all has arrived and both ends are at rest. */
    void rest() {
        do {
            pass();
        } while (!connection.isOpen() || client.pool().inUse() + server.pool().inUse() > 0);
    }

    /** Messages that arrived so far. */
    long delivered() {
        return delivered;
    }

    private void pass() {
        now += MILLI;
        turn(client, serverAddress, down, up);
        turn(server, clientAddress, up, down);
    }

    private void turn(RudpEndpoint endpoint, PeerAddress peer, Wire in, Wire out) {
        while (in.hasArrived(now)) {
            endpoint.input(now, in.take(), peer);
            takeEvents(endpoint);
        }
        endpoint.onDeadline(now);
        while (endpoint.pollDatagram(now, out.room(), to)) {
            out.send(now, random.nextInt(1_000) < LOST_OF_A_THOUSAND);
        }
        takeEvents(endpoint);
    }

    private void takeEvents(RudpEndpoint endpoint) {
        while (endpoint.pollEvent(event)) {
            if (event.kind() == RudpEvent.FRAME) {
                delivered++;
            }
        }
    }

    /** Datagrams under way in one direction. */
    private static final class Wire {
        private static final int MOST = 1_024;

        private final ByteBuffer[] datagrams = new ByteBuffer[MOST];
        private final long[] arrivals = new long[MOST];
        private int first;
        private int next;

        Wire() {
            for (int i = 0; i < MOST; i++) {
                datagrams[i] = ByteBuffer.allocateDirect(RudpConfig.LONGEST_DATAGRAM_BYTES);
            }
        }

        ByteBuffer room() {
            if (next - first == MOST) {
                throw new IllegalStateException("the wire is full");
            }
            return datagrams[next % MOST].clear();
        }

        void send(long nowNanos, boolean isLost) {
            if (!isLost) {
                datagrams[next % MOST].flip();
                arrivals[next++ % MOST] = nowNanos + DELAY_NANOS;
            }
        }

        boolean hasArrived(long nowNanos) {
            return first < next && arrivals[first % MOST] <= nowNanos;
        }

        ByteBuffer take() {
            return datagrams[first++ % MOST];
        }
    }
}
