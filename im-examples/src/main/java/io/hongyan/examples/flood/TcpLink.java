// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.flood;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.frame.FrameReader;
import io.hongyan.protocol.frame.Preface;
import io.hongyan.protocol.packet.BinaryPacketCodec;
import io.hongyan.protocol.packet.Count;
import io.hongyan.protocol.packet.Packet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection: packets in, bytes out through a buffer of {@value #PENDING_BYTES} bytes. It confirms the frames it
 * got, or a server would keep them for it.
 */
final class TcpLink {

    private static final int PENDING_BYTES = 64 << 10;
    private static final int MAX_FRAME_BYTES = 1 << 20;

    /** What a link does. */
    interface Behaviour {
        void connected(TcpLink link) throws IOException;

        default void packet(TcpLink link, Packet packet) throws IOException {}

        default void closed(TcpLink link) {}
    }

    private final SocketChannel channel;
    private final Behaviour behaviour;
    private final FloodTally tally;
    private final FrameReader frames = new FrameReader(MAX_FRAME_BYTES);
    private final ByteBuffer preface = ByteBuffer.allocate(Preface.BYTES);
    private @Nullable ByteBuffer pending;
    private @Nullable SelectionKey key;
    private boolean connected;
    private boolean over;
    private int counted;
    private int countedTold;

    TcpLink(SocketChannel channel, Behaviour behaviour, FloodTally tally) {
        this.channel = channel;
        this.behaviour = behaviour;
        this.tally = tally;
    }

    void registered(SelectionKey key) {
        this.key = key;
    }

    void connected() throws IOException {
        if (connected) {
            return;
        }
        channel.finishConnect();
        connected = true;
        tally.connected++;
        tally.open++;
        interest();
        behaviour.connected(this);
    }

    /** Sends a packet; false = the server takes no more at present. */
    boolean send(Packet packet) throws IOException {
        return send(BinaryPacketCodec.V1.encode(packet).array());
    }

    /** Sends bytes; false = the server takes no more at present. */
    boolean send(byte[] bytes) throws IOException {
        if (over) {
            return false;
        }
        ByteBuffer waiting = pending;
        if (waiting != null) {
            if (waiting.remaining() < bytes.length) {
                return false;
            }
            waiting.put(bytes);
            return true;
        }
        ByteBuffer out = ByteBuffer.wrap(bytes);
        tally.bytesOut += channel.write(out);
        if (out.hasRemaining()) {
            pending = ByteBuffer.allocate(PENDING_BYTES).put(out);
            interest();
        }
        return true;
    }

    void flush() throws IOException {
        ByteBuffer waiting = pending;
        if (waiting != null) {
            tally.bytesOut += channel.write(waiting.flip());
            waiting.compact();
            if (waiting.position() == 0) {
                pending = null;
                interest();
            }
        }
    }

    private void interest() {
        Objects.requireNonNull(key).interestOps(SelectionKey.OP_READ | (pending == null ? 0 : SelectionKey.OP_WRITE));
    }

    void read(ByteBuffer in) throws IOException {
        in.clear();
        int bytes = channel.read(in);
        if (bytes < 0) {
            lost();
            return;
        }
        tally.bytesIn += bytes;
        in.flip();
        while (preface.hasRemaining() && in.hasRemaining()) {
            preface.put(in.get());
        }
        try {
            frames.read(in, this::frame);
        } catch (ProtocolException e) {
            tally.refused("UNREADABLE", 1);
            close();
        }
        if (counted != countedTold && !over) {
            countedTold = counted;
            send(new Count(Lane.CHAT, counted));
        }
    }

    private void frame(int type, ByteBuffer body) {
        if (Frame.isCounted(type)) {
            counted++;
        }
        Packet packet = BinaryPacketCodec.V1.decode(type, body);
        if (packet != null) {
            try {
                behaviour.packet(this, packet);
            } catch (IOException e) {
                lost();
            }
        }
    }

    /** The server, or the road, ended it. */
    void lost() {
        if (!over) {
            if (connected) {
                tally.closedByServer++;
            } else {
                tally.connectFailed++;
            }
            close();
        }
    }

    /** Ends it. */
    void close() {
        if (over) {
            return;
        }
        over = true;
        frames.stop();
        if (connected) {
            tally.open--;
        }
        try {
            channel.close();
        } catch (IOException e) {
            tally.refused("CLOSE_FAILED", 1);
        }
        behaviour.closed(this);
    }
}
