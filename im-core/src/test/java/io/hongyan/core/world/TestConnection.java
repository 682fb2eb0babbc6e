// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.world;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionAcceptor;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.connection.Owner;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.packet.BinaryPacketCodec;
import io.hongyan.protocol.packet.PacketCodec;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * A link in memory. The server's side is confined to its owner, the peer's to an executor of its own; what is flushed
 * crosses as one batch, and nothing is ever called back from within a call.
 */
public final class TestConnection implements Connection {
    private final Owner owner;
    private final boolean apart;
    private final Executor peerThread;
    private final Peer peer;
    private final InetSocketAddress remoteAddress;

    private ConnectionHandler handler;
    private List<Travelling> pending = new ArrayList<>();
    private final Set<Lane> blocked = EnumSet.noneOf(Lane.class);
    private final Queue<List<Travelling>> unread = new ArrayDeque<>();
    private boolean paused;
    private boolean admitted;
    private boolean silent;
    private long ageNanos;
    private boolean closed;
    private int flushes;
    private final Map<Lane, Integer> roomBytes = new EnumMap<>(Lane.class);

    /** The client's end. */
    public interface Peer {
        void onFrames(List<Travelling> frames);

        void onClosed(ReasonCode code);
    }

    /** A frame and its lane. */
    public record Travelling(Lane lane, Frame frame) {}

    public TestConnection(Owner owner, boolean apart, Executor peerThread, Peer peer, InetSocketAddress remoteAddress) {
        this.owner = owner;
        this.apart = apart;
        this.peerThread = peerThread;
        this.peer = peer;
        this.remoteAddress = remoteAddress;
    }

    // ---- the peer's end, from any thread

    /** Connects; what is sent afterwards arrives afterwards. */
    public void open(ConnectionAcceptor acceptor) {
        owner.execute(() -> handler = acceptor.onConnection(this));
    }

    /** Sends one batch. */
    public void send(List<Travelling> frames) {
        owner.execute(() -> arrive(frames));
    }

    /** The link breaks. */
    public void cut() {
        owner.execute(() -> end(ReasonCode.CONNECTION_LOST, true));
    }

    /** The peer reads nothing in this lane from now on, or again. */
    public void block(Lane lane, boolean isBlocked) {
        owner.execute(() -> {
            if (isBlocked) {
                blocked.add(lane);
            } else if (blocked.remove(lane) && !closed && roomOf(lane) > 0) {
                handler.onWritable(lane);
            }
        });
    }

    /** So many bytes fit in a lane until this is called again. */
    public void room(Lane lane, int bytes) {
        owner.execute(() -> {
            boolean wasFull = roomOf(lane) <= 0;
            roomBytes.put(lane, bytes);
            if (wasFull && bytes > 0 && !closed && !blocked.contains(lane)) {
                handler.onWritable(lane);
            }
        });
    }

    /** Nothing more comes from the peer, and no carrier says so. */
    public void fallSilent() {
        silent = true;
    }

    /** What comes of the peer is heard again. */
    public void speakAgain() {
        silent = false;
    }

    /** It began so long before it was handed over. */
    public void aged(long nanos) {
        ageNanos = nanos;
    }

    public boolean isAdmitted() {
        return admitted;
    }

    public boolean isPaused() {
        return paused;
    }

    public boolean isClosed() {
        return closed;
    }

    public int flushes() {
        return flushes;
    }

    // ---- the server's end

    @Override
    public Owner owner() {
        return owner;
    }

    @Override
    public String transport() {
        return apart ? "udp" : "tcp";
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    @Override
    public PacketCodec codec() {
        return BinaryPacketCodec.V1;
    }

    @Override
    public boolean countsBulkApart() {
        return apart;
    }

    @Override
    public void admit() {
        requireOwner();
        admitted = true;
    }

    @Override
    public long ageNanos() {
        return ageNanos;
    }

    @Override
    public long silentNanos() {
        return silent ? Long.MAX_VALUE : 0;
    }

    @Override
    public boolean write(Lane lane, Frame frame) {
        requireOwner();
        if (!closed) {
            pending.add(new Travelling(lane, frame));
            if (roomBytes.containsKey(lane)) {
                roomBytes.merge(lane, -frame.length(), Integer::sum);
            }
        }
        return isWritable(lane);
    }

    @Override
    public void flush() {
        requireOwner();
        if (pending.isEmpty()) {
            return;
        }
        flushes++;
        List<Travelling> batch = pending;
        pending = new ArrayList<>();
        peerThread.execute(() -> peer.onFrames(batch));
    }

    @Override
    public boolean isWritable(Lane lane) {
        requireOwner();
        return !closed && !blocked.contains(lane) && roomOf(lane) > 0;
    }

    @Override
    public void pauseReading() {
        requireOwner();
        paused = true;
    }

    @Override
    public void resumeReading() {
        requireOwner();
        paused = false;
        owner.execute(this::readOn);
    }

    @Override
    public void close(ReasonCode code, String text) {
        requireOwner();
        if (!closed) {
            flush();
            closed = true;
            owner.execute(() -> handler.onClosed(code, false, text));
            peerThread.execute(() -> peer.onClosed(code));
        }
    }

    private void arrive(List<Travelling> frames) {
        if (closed) {
            return;
        }
        unread.add(frames);
        readOn();
    }

    private void readOn() {
        while (!paused && !closed && !unread.isEmpty()) {
            readBatch(unread.remove());
        }
    }

    private void readBatch(List<Travelling> frames) {
        try {
            for (Travelling frame : frames) {
                if (closed) {
                    return;
                }
                Lane lane = apart ? frame.lane() : Lane.CHAT;
                handler.onFrame(frame.frame().type(), frame.frame().body(), lane);
            }
        } catch (ProtocolException violation) {
            handler.onViolation(violation);
            return;
        }
        handler.onReadComplete();
    }

    private void end(ReasonCode code, boolean byPeer) {
        if (!closed) {
            closed = true;
            handler.onClosed(code, byPeer, "cut");
            peerThread.execute(() -> peer.onClosed(code));
        }
    }

    private int roomOf(Lane lane) {
        return roomBytes.getOrDefault(lane, Integer.MAX_VALUE);
    }

    private void requireOwner() {
        if (!owner.inOwnerThread()) {
            throw new AssertionError("not on the owner's thread");
        }
    }
}
