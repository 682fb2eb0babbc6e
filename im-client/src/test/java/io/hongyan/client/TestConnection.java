// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.connection.Owner;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.packet.BinaryPacketCodec;
import io.hongyan.protocol.packet.Chunk;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.Packet;
import io.hongyan.protocol.packet.PacketCodec;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A connection in memory: the test is the server at its other end. */
final class TestConnection implements Connection {

    private final TestLoop loop;
    private final InetSocketAddress remote;
    private final String transport;
    private final List<Packet> pending = new ArrayList<>();
    /** What was flushed, in order. */
    final List<Packet> sent = new ArrayList<>();
    /** In which lanes, in the same order. */
    final List<Lane> lanes = new ArrayList<>();

    private final Set<Lane> blocked = EnumSet.noneOf(Lane.class);
    private int room = Integer.MAX_VALUE;
    int flushes;
    int networkChanges;
    long idleTimeoutNanos = Long.MAX_VALUE;
    boolean paused;

    @Nullable
    ReasonCode closed;

    @Nullable
    ConnectionHandler handler;

    TestConnection(TestLoop loop, InetSocketAddress remote, String transport) {
        this.loop = loop;
        this.remote = remote;
        this.transport = transport;
    }

    /** The server sends these, in one read batch. */
    void receive(Packet... packets) {
        Frame[] frames = new Frame[packets.length];
        for (int i = 0; i < packets.length; i++) {
            frames[i] = codec().encode(packets[i]);
        }
        receive(frames);
    }

    void receive(Frame... frames) {
        loop.call(() -> {
            ConnectionHandler whoHears = handler();
            for (Frame frame : frames) {
                try {
                    whoHears.onFrame(frame.type(), frame.body(), laneOf(frame));
                } catch (ProtocolException violation) {
                    whoHears.onViolation(violation);
                }
            }
            whoHears.onReadComplete();
        });
        loop.run();
    }

    /** The server has seen this side at another address; then it sends these. */
    void receiveAfterLoss(Packet... packets) {
        loop.call(() -> handler().onMappingLost());
        receive(packets);
    }

    /** The link breaks. */
    void lose() {
        lose(ReasonCode.CONNECTION_LOST);
    }

    void lose(ReasonCode code) {
        closed = code;
        loop.call(() -> handler().onClosed(code, true, "lost"));
        loop.run();
    }

    /** Frames written before the lane is full; until {@link #unblock}. */
    void blockAfter(int frames) {
        room = frames;
    }

    void block(Lane lane) {
        blocked.add(lane);
    }

    void unblock() {
        room = Integer.MAX_VALUE;
        blocked.clear();
        loop.call(() -> {
            handler().onWritable(Lane.CHAT);
            handler().onWritable(Lane.BULK);
        });
        loop.run();
    }

    /** The packets of this type that were sent. */
    <P extends Packet> List<P> sent(Class<P> type) {
        return sent.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** The counters of the messages that were sent, in order. */
    List<Long> sentCounters() {
        return sent(Message.class).stream()
                .map(message -> message.id().counter())
                .toList();
    }

    @Override
    public void networkChanged() {
        networkChanges++;
    }

    @Override
    public boolean write(Lane lane, Frame frame) {
        if (closed == null) {
            Packet packet = codec().decode(frame.type(), frame.body());
            pending.add(java.util.Objects.requireNonNull(packet));
            lanes.add(lane);
            if (packet instanceof Message || packet instanceof Chunk) {
                room--;
            }
        }
        return isWritable(lane);
    }

    @Override
    public void flush() {
        if (closed == null) {
            flushes++;
            sent.addAll(pending);
            pending.clear();
        }
    }

    @Override
    public boolean isWritable(Lane lane) {
        return closed == null && room > 0 && !blocked.contains(lane);
    }

    @Override
    public long idleTimeoutNanos() {
        return idleTimeoutNanos;
    }

    @Override
    public void pauseReading() {
        paused = true;
    }

    @Override
    public void resumeReading() {
        paused = false;
    }

    @Override
    public void close(ReasonCode code, String text) {
        if (closed == null) {
            flush();
            closed = code;
            loop.execute(() -> handler().onClosed(code, false, text));
        }
    }

    @Override
    public Owner owner() {
        return loop;
    }

    @Override
    public String transport() {
        return transport;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return remote;
    }

    @Override
    public PacketCodec codec() {
        return BinaryPacketCodec.V1;
    }

    @Override
    public boolean countsBulkApart() {
        return transport.equals("udp");
    }

    private ConnectionHandler handler() {
        return java.util.Objects.requireNonNull(handler);
    }

    private Lane laneOf(Frame frame) {
        if (!countsBulkApart()) {
            return Lane.CHAT;
        }
        Packet packet = codec().decode(frame.type(), frame.body());
        return packet instanceof Message message ? message.lane() : packet instanceof Chunk ? Lane.BULK : Lane.CHAT;
    }
}
