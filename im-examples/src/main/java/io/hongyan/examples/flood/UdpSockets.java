// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.flood;

import io.hongyan.protocol.rudp.RudpConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Sockets with a port each that speak to one server in turn. */
final class UdpSockets implements AutoCloseable {

    private static final int BUFFER_BYTES = 1 << 20;
    private static final int MOST_TURNS = 64;

    private final FloodTally tally;
    private final Selector selector;
    private final List<DatagramChannel> channels = new ArrayList<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(2 * RudpConfig.DATAGRAM_BYTES);
    private int next;

    UdpSockets(InetSocketAddress server, Sources sources, int ports, FloodTally tally) throws IOException {
        this.tally = tally;
        selector = Selector.open();
        try {
            for (int i = 0; i < ports; i++) {
                open(server, sources.next());
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private void open(InetSocketAddress server, @Nullable InetSocketAddress source) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        channels.add(channel);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
        if (source != null) {
            channel.bind(source);
        }
        channel.connect(server);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
    }

    /** Sends from the next port. */
    void send(ByteBuffer datagram) throws IOException {
        int bytes = datagram.remaining();
        next = (next + 1) % channels.size();
        try {
            if (channels.get(next).write(datagram) == bytes) {
                tally.sent++;
                tally.datagramsOut++;
                tally.bytesOut += bytes;
                return;
            }
        } catch (java.net.PortUnreachableException e) {
            tally.refused("PORT_UNREACHABLE", 1);
        }
        tally.heldBack++;
    }

    /** Reads all that is there. */
    void receive(long waitMillis, Consumer<ByteBuffer> answer) throws IOException {
        selector.select(key -> read((DatagramChannel) key.channel(), answer), Math.max(1, waitMillis));
    }

    private void read(DatagramChannel channel, Consumer<ByteBuffer> answer) {
        for (int turn = 0; turn < MOST_TURNS; turn++) {
            in.clear();
            try {
                int bytes = channel.read(in);
                if (bytes <= 0) {
                    return;
                }
                tally.datagramsIn++;
                tally.bytesIn += bytes;
                answer.accept(in.flip());
            } catch (IOException e) {
                tally.refused("PORT_UNREACHABLE", 1);
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (DatagramChannel channel : channels) {
            channel.close();
        }
        Objects.requireNonNull(selector).close();
    }
}
