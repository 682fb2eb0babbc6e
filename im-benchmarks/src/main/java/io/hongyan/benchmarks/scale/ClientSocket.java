// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.scale;

import io.hongyan.protocol.rudp.PeerAddress;
import io.hongyan.protocol.rudp.RudpConfig;
import io.hongyan.protocol.rudp.RudpEndpoint;
import io.hongyan.protocol.rudp.RudpEvent;
import io.hongyan.protocol.rudp.RudpTracer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.random.RandomGenerator;

/** Many sessions on one socket: a client's endpoint of the engine, whose ids of 4 bytes tell its sessions apart. */
final class ClientSocket implements AutoCloseable {
    private static final int SOCKET_BUFFER_BYTES = 4 << 20;

    private final DatagramChannel channel;
    private final RudpEndpoint endpoint;
    private final PeerAddress server;
    private final RudpEvent event = new RudpEvent();
    private final PeerAddress receiver = new PeerAddress();
    private final ByteBuffer datagram = ByteBuffer.allocateDirect(RudpConfig.DATAGRAM_BYTES);
    private boolean unsent;
    private int begun;
    private int connected;
    private int lost;

    ClientSocket(InetSocketAddress server, RudpConfig config, RandomGenerator random) throws IOException {
        this.server = PeerAddress.of(server);
        endpoint = RudpEndpoint.client(config, random, RudpTracer.NONE);
        channel = DatagramChannel.open();
        channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES);
        channel.connect(server);
        channel.configureBlocking(false);
    }

    DatagramChannel channel() {
        return channel;
    }

    void connect(long nowNanos) {
        endpoint.connect(nowNanos, server);
        begun++;
    }

    /** Takes what has arrived, does what is due, sends what may leave; answers whether there was anything. */
    boolean turn(long nowNanos) throws IOException {
        boolean any = false;
        while (receive(nowNanos)) {
            any = true;
        }
        if (endpoint.nextDeadlineNanos() - nowNanos <= 0) {
            endpoint.onDeadline(nowNanos);
        }
        while (unsent || endpoint.pollDatagram(nowNanos, datagram.clear(), receiver)) {
            if (!unsent) {
                datagram.flip();
            }
            unsent = channel.write(datagram) == 0;
            if (unsent) {
                break;
            }
            any = true;
        }
        takeEvents();
        return any;
    }

    private boolean receive(long nowNanos) throws IOException {
        if (unsent) {
            return false;
        }
        try {
            if (channel.read(datagram.clear()) <= 0) {
                return false;
            }
        } catch (PortUnreachableException serverGone) {
            return false;
        }
        endpoint.input(nowNanos, datagram.flip(), server);
        takeEvents();
        return true;
    }

    private void takeEvents() {
        while (endpoint.pollEvent(event)) {
            if (event.kind() == RudpEvent.CONNECTED) {
                connected++;
            } else if (event.kind() == RudpEvent.CLOSED) {
                lost++;
            }
        }
    }

    long nextDeadlineNanos() {
        return endpoint.nextDeadlineNanos();
    }

    int begun() {
        return begun;
    }

    int connected() {
        return connected;
    }

    int lost() {
        return lost;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
