// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.flood;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** TCP connections to one server over one selector. */
final class TcpLinks implements AutoCloseable {

    private static final int READ_BYTES = 64 << 10;

    private final InetSocketAddress server;
    private final Sources sources;
    private final FloodTally tally;
    private final Selector selector;
    private final ByteBuffer in = ByteBuffer.allocateDirect(READ_BYTES);

    TcpLinks(InetSocketAddress server, Sources sources, FloodTally tally) throws IOException {
        this.server = server;
        this.sources = sources;
        this.tally = tally;
        selector = Selector.open();
    }

    /** Begins a connection; false = none can be had, for want of ports or descriptors, and that is counted. */
    boolean open(TcpLink.Behaviour behaviour) throws IOException {
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open();
            channel.configureBlocking(false);
            InetSocketAddress source = sources.next();
            if (source != null) {
                channel.bind(source);
            }
            TcpLink link = new TcpLink(channel, behaviour, tally);
            boolean connected = channel.connect(server);
            link.registered(channel.register(selector, SelectionKey.OP_CONNECT, link));
            if (connected) {
                link.connected();
            }
            return true;
        } catch (IOException noSocket) {
            if (channel != null) {
                channel.close();
            }
            tally.connectFailed++;
            return false;
        }
    }

    /** Lets what is ready happen. */
    void turn(long waitMillis) throws IOException {
        selector.select(this::ready, Math.max(1, waitMillis));
    }

    private void ready(SelectionKey key) {
        TcpLink link = (TcpLink) key.attachment();
        try {
            if (key.isValid() && key.isConnectable()) {
                link.connected();
            }
            if (key.isValid() && key.isWritable()) {
                link.flush();
            }
            if (key.isValid() && key.isReadable()) {
                link.read(in);
            }
        } catch (IOException e) {
            link.lost();
        }
    }

    @Override
    public void close() throws IOException {
        List<SelectionKey> keys = new ArrayList<>(selector.keys());
        for (SelectionKey key : keys) {
            key.channel().close();
        }
        selector.close();
    }
}
