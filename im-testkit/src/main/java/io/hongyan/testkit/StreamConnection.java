// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.connection.Owner;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.packet.BinaryPacketCodec;
import io.hongyan.protocol.packet.PacketCodec;
import io.hongyan.simnet.Direction;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One end of a stream in memory, as TCP is one: frames in order, a window of 256 KiB that only the reader opens, a send
 * buffer that says when it is full, an end that the other side hears of unless the address behind it is gone.
 *
 * <pre>
 *   write ─► waiting ──flush, while the window is open──► link ─► unread ─► handler ──bytes read──► the window opens
 * </pre>
 */
@Confined("owner")
final class StreamConnection implements Connection {
    /** Bytes that were sent and not read yet. */
    private static final int WINDOW_BYTES = 256 << 10;

    /** Bytes that wait here: full from the first on, with room again from the second down, too many beyond the third. */
    private static final int FULL_BYTES = 64 << 10;

    private static final int ROOM_BYTES = 32 << 10;
    private static final int MOST_BYTES = 4 << 20;

    private static final long CLOSE_NANOS = 2_000_000_000L;
    private static final long USER_TIMEOUT_NANOS = 30_000_000_000L;

    private final MachineLoop loop;
    private final TestLink link;
    private final Direction outward;
    private final InetSocketAddress remote;
    private final int maxFrameBytes;
    private @Nullable StreamConnection peer;
    private @Nullable ConnectionHandler handler;

    private final List<Frame> pending = new ArrayList<>();
    private final Queue<Frame> waiting = new ArrayDeque<>();
    private final Queue<List<Frame>> unread = new ArrayDeque<>();
    private int waitingBytes;
    private int wireBytes;
    private long progressNanos;
    private boolean timing;
    private boolean full;
    private boolean paused;
    private boolean admitted;
    private boolean ended;
    private boolean severed;
    private boolean told;
    private State state = State.OPEN;
    private ReasonCode closeReason = ReasonCode.CLOSED_LOCALLY;
    private String closeText = "";

    /**
     * @param outward the direction of what this end sends
     * @param maxFrameBytes the longest frame taken from the other end
     */
    StreamConnection(MachineLoop loop, TestLink link, Direction outward, InetSocketAddress remote, int maxFrameBytes) {
        this.loop = loop;
        this.link = link;
        this.outward = outward;
        this.remote = remote;
        this.maxFrameBytes = maxFrameBytes;
        this.admitted = outward == Direction.UP;
    }

    /** Makes two ends one stream. */
    static void join(StreamConnection client, StreamConnection server) {
        client.peer = server;
        server.peer = client;
        client.link.opened(client);
        client.loop.machine().opened(client);
        server.loop.machine().opened(server);
    }

    /** Who hears of this end; what has come already is read. */
    void begin(ConnectionHandler whoHears) {
        handler = whoHears;
        readOn();
    }

    @Override
    public boolean write(Lane lane, Frame frame) {
        assert loop.inOwnerThread();
        if (state != State.OPEN) {
            return false;
        }
        pending.add(frame);
        waitingBytes += frame.length();
        full |= waitingBytes >= FULL_BYTES;
        if (waitingBytes > MOST_BYTES) {
            pending.clear();
            waiting.clear();
            close(ReasonCode.SLOW_CONSUMER, "more than " + MOST_BYTES + " bytes wait");
        }
        return isWritable(lane);
    }

    @Override
    public void flush() {
        assert loop.inOwnerThread();
        if (state != State.CLOSED) {
            waiting.addAll(pending);
            pending.clear();
            transmit();
        }
    }

    @Override
    public boolean isWritable(Lane lane) {
        assert loop.inOwnerThread();
        return state == State.OPEN && !full;
    }

    @Override
    public void admit() {
        admitted = true;
    }

    @Override
    public void pauseReading() {
        assert loop.inOwnerThread();
        paused = true;
    }

    @Override
    public void resumeReading() {
        assert loop.inOwnerThread();
        paused = false;
        loop.execute(this::readOn);
    }

    @Override
    public void close(ReasonCode code, String text) {
        assert loop.inOwnerThread();
        if (state != State.OPEN) {
            return;
        }
        state = State.CLOSING;
        closeReason = code;
        closeText = text;
        loop.schedule(CLOSE_NANOS, this::finishClose);
        flush();
    }

    @Override
    public Owner owner() {
        return loop;
    }

    @Override
    public String transport() {
        return "tcp";
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
        return false;
    }

    @Override
    public String toString() {
        return "stream to " + remote + " " + state;
    }

    /** Whether it is over, and its handler knows. */
    boolean isOver() {
        return told;
    }

    // ---- what the link and the machines do to it

    /** Something in between broke the stream: both ends hear of it. */
    void resetBoth() {
        StreamConnection other = peer();
        sever();
        other.loop.execute(() -> other.end("reset"));
    }

    /** This end hears that the stream is gone; the other end hears nothing, ever. */
    void sever() {
        severed = true;
        peer().severed = true;
        loop.execute(() -> end("the address is gone"));
    }

    /** The process of this end is gone: the other end hears of it. */
    void processDied() {
        state = State.CLOSED;
        link.closed(this);
        toPeer(0, StreamConnection::reset);
    }

    // ---- sending

    private void transmit() {
        List<Frame> batch = new ArrayList<>();
        int bytes = 0;
        for (Frame next = waiting.peek(); next != null; next = waiting.peek()) {
            if (wireBytes + bytes > 0 && wireBytes + bytes + next.length() > WINDOW_BYTES) {
                break;
            }
            batch.add(waiting.remove());
            bytes += next.length();
        }
        if (bytes > 0) {
            int sent = bytes;
            progressNanos = wireBytes == 0 ? now() : progressNanos;
            waitingBytes -= sent;
            wireBytes += sent;
            toPeer(sent, other -> other.arrive(batch));
            armUserTimeout();
        }
        if (state == State.CLOSING && waiting.isEmpty()) {
            finishClose();
        }
    }

    /** The other end has read so much. */
    private void read(int bytes) {
        if (state == State.CLOSED) {
            return;
        }
        wireBytes -= bytes;
        progressNanos = now();
        transmit();
        if (full && waitingBytes <= ROOM_BYTES && state == State.OPEN) {
            full = false;
            tell(hears -> hears.onWritable(Lane.CHAT));
            tell(hears -> hears.onWritable(Lane.BULK));
        }
    }

    /** An operating system gives up a stream whose bytes do not get through; one whose reader rests lives on. */
    private void armUserTimeout() {
        if (!timing) {
            timing = true;
            loop.schedule(progressNanos + USER_TIMEOUT_NANOS - now(), () -> {
                timing = false;
                if (wireBytes > 0 && state != State.CLOSED) {
                    if (now() - progressNanos >= USER_TIMEOUT_NANOS && (severed || link.isCut())) {
                        end("no bytes get through");
                    } else {
                        progressNanos = Math.max(progressNanos, now() - USER_TIMEOUT_NANOS + 1_000_000_000L);
                        armUserTimeout();
                    }
                }
            });
        }
    }

    private void finishClose() {
        if (state == State.CLOSING) {
            over();
            toPeer(0, StreamConnection::finish);
            loop.execute(() -> hear(closeReason, false, closeText));
        }
    }

    private void toPeer(int bytes, Consumer<StreamConnection> news) {
        StreamConnection other = peer();
        link.carry(outward, bytes, () -> {
            if (!severed) {
                other.loop.execute(() -> news.accept(other));
            }
        });
    }

    // ---- receiving

    private void arrive(List<Frame> batch) {
        if (state == State.OPEN) {
            unread.add(batch);
            readOn();
        }
    }

    private void readOn() {
        ConnectionHandler hears = handler;
        while (hears != null && !paused && state == State.OPEN && !unread.isEmpty()) {
            List<Frame> batch = unread.remove();
            int bytes = batch.stream().mapToInt(Frame::length).sum();
            readBatch(hears, batch);
            toPeer(0, other -> other.read(bytes));
        }
        if (ended && hears != null && unread.isEmpty()) {
            end("closed by the peer");
        }
    }

    private void readBatch(ConnectionHandler hears, List<Frame> batch) {
        try {
            for (Frame frame : batch) {
                if (state != State.OPEN) {
                    return;
                }
                int longest = admitted ? maxFrameBytes : Math.min(maxFrameBytes, STRANGER_FRAME_BYTES);
                if (frame.length() > longest) {
                    throw new ProtocolException(
                            ReasonCode.FRAME_TOO_LARGE, frame.length() + " bytes, at most " + longest);
                }
                hears.onFrame(frame.type(), frame.body(), Lane.CHAT);
            }
            if (state == State.OPEN) {
                hears.onReadComplete();
            }
        } catch (ProtocolException violation) {
            tell(whoHears -> whoHears.onViolation(violation));
            close(violation.code(), String.valueOf(violation.getMessage()));
        } catch (RuntimeException | Error failure) {
            failed(failure);
        }
    }

    /** The other end is closed; what it had sent is read before. */
    private void finish() {
        ended = true;
        readOn();
    }

    private void reset() {
        end("reset");
    }

    // ---- the end

    private void end(String text) {
        if (state == State.CLOSING) {
            over();
            hear(closeReason, false, closeText);
        } else if (state == State.OPEN) {
            over();
            hear(ReasonCode.CONNECTION_LOST, true, text);
        }
    }

    private void over() {
        state = State.CLOSED;
        pending.clear();
        waiting.clear();
        unread.clear();
        link.closed(this);
        loop.machine().closed(this);
    }

    private void hear(ReasonCode code, boolean byPeer, String text) {
        ConnectionHandler hears = handler;
        told = true;
        if (hears != null) {
            hears.onClosed(code, byPeer, text);
        }
    }

    private void tell(Consumer<ConnectionHandler> news) {
        ConnectionHandler hears = handler;
        if (hears != null && state == State.OPEN) {
            try {
                news.accept(hears);
            } catch (RuntimeException | Error failure) {
                failed(failure);
            }
        }
    }

    private void failed(Throwable failure) {
        close(ReasonCode.INTERNAL_ERROR, failure.toString());
    }

    private StreamConnection peer() {
        StreamConnection other = peer;
        if (other == null) {
            throw new IllegalStateException("not joined");
        }
        return other;
    }

    private long now() {
        return loop.machine().world().nowNanos();
    }

    private enum State {
        OPEN,
        CLOSING,
        CLOSED
    }
}
