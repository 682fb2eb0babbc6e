// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.jmh;

import io.hongyan.protocol.rudp.PeerAddress;
import io.hongyan.protocol.rudp.RudpConfig;
import io.hongyan.protocol.rudp.RudpEndpoint;
import io.hongyan.protocol.rudp.RudpEvent;
import io.hongyan.protocol.rudp.RudpTracer;
import io.hongyan.protocol.rudp.ServerSecret;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * Many idle sessions between one server's and one client's endpoint in memory, on a simulated clock, each with a
 * keepalive of 60 s. They come evenly over the first 60 s, and so do their keepalives.
 */
public final class Crowd {
    /** Between two keepalives of a session. */
    public static final int KEEP_ALIVE_MILLIS = 60_000;

    private static final long STEP_NANOS = 1_000_000;
    private static final int ARRIVALS_AT_ONCE = 256;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final RudpEvent event = new RudpEvent();
    private final PeerAddress receiver = new PeerAddress();
    private final PeerAddress serverAddress = new PeerAddress();
    private final PeerAddress clientAddress = new PeerAddress();
    private final DatagramPipe up = new DatagramPipe(0, 0, 1);
    private final DatagramPipe down = new DatagramPipe(0, 0, 2);
    private RudpEndpoint server;
    private RudpEndpoint client;
    private long nowNanos = 1_000_000_000L;
    private long serverCpuNanos;
    private int connected;

    /** Connects them all. */
    public Crowd(int sessions) {
        SplittableRandom random = new SplittableRandom(11);
        RudpConfig.Builder config = RudpConfig.builder()
                .clientIdBytes(4)
                .maxConnections(Math.max(sessions, 1))
                .maxCookies(1 << 19)
                .keepAliveMillis(KEEP_ALIVE_MILLIS)
                .idleTimeoutMillis(4 * KEEP_ALIVE_MILLIS);
        server = RudpEndpoint.server(config.build(), ServerSecret.random(random), 0, random, RudpTracer.NONE);
        client = RudpEndpoint.client(config.build(), random, RudpTracer.NONE);
        serverAddress.setIpv4(0x0a000001, 7901);
        clientAddress.setIpv4(0x0a000002, 5000);
        long arrived = 0;
        for (long step = 1; step <= KEEP_ALIVE_MILLIS; step++) {
            long due = sessions * step / KEEP_ALIVE_MILLIS;
            for (; arrived < due; arrived++) {
                client.connect(nowNanos, serverAddress);
                if (arrived % ARRIVALS_AT_ONCE == 0) {
                    exchange();
                }
            }
            step();
        }
        if (connected != sessions) {
            throw new IllegalStateException(connected + " of " + sessions + " connected");
        }
    }

    /** Lets 1 ms pass for all of them; answers how many datagrams the server took in it. */
    public long step() {
        nowNanos += STEP_NANOS;
        if (client.nextDeadlineNanos() - nowNanos <= 0) {
            client.onDeadline(nowNanos);
        }
        return exchange();
    }

    /** Processor time of the server's endpoint so far, in ns, with the clock readings around it. */
    public long serverCpuNanos() {
        return serverCpuNanos;
    }

    /** Sessions the server has now. */
    public int sessions() {
        return server.connections();
    }

    /** Forgets the clients, so that the server's memory is all that remains; the crowd is of no further use. */
    @SuppressWarnings("NullAway")
    public void dropClients() {
        client = null;
    }

    private long exchange() {
        long before = up.sent();
        boolean any = true;
        while (any) {
            send(client, up);
            any = take(client, down, serverAddress);
            long start = threads.getCurrentThreadCpuTime();
            any |= take(server, up, clientAddress);
            if (server.nextDeadlineNanos() - nowNanos <= 0) {
                server.onDeadline(nowNanos);
            }
            any |= send(server, down);
            serverCpuNanos += threads.getCurrentThreadCpuTime() - start;
        }
        return up.sent() - before;
    }

    private boolean send(RudpEndpoint endpoint, DatagramPipe out) {
        boolean any = false;
        while (!out.isFull() && endpoint.pollDatagram(nowNanos, out.room(), receiver)) {
            out.send(nowNanos);
            any = true;
        }
        takeEvents(endpoint);
        return any;
    }

    private boolean take(RudpEndpoint endpoint, DatagramPipe in, PeerAddress from) {
        boolean any = false;
        for (ByteBuffer datagram = in.receive(nowNanos); datagram != null; datagram = in.receive(nowNanos)) {
            endpoint.input(nowNanos, datagram, from);
            takeEvents(endpoint);
            any = true;
        }
        return any;
    }

    private void takeEvents(RudpEndpoint endpoint) {
        while (endpoint.pollEvent(event)) {
            if (event.kind() == RudpEvent.CLOSED) {
                throw new IllegalStateException("a session was lost: " + event);
            }
            if (event.kind() == RudpEvent.CONNECTED && endpoint == client) {
                connected++;
            }
        }
    }
}
