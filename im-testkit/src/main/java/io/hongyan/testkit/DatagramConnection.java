// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionAcceptor;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.connection.Owner;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.frame.FrameReader;
import io.hongyan.protocol.frame.FrameSink;
import io.hongyan.protocol.packet.BinaryPacketCodec;
import io.hongyan.protocol.packet.PacketCodec;
import io.hongyan.protocol.rudp.PeerAddress;
import io.hongyan.protocol.rudp.RudpConnection;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection of the reliable-UDP engine in the world: each message of the engine is one whole frame. */
@Confined("owner")
final class DatagramConnection implements Connection, FrameSink {
    /** Frames that wait for room in the engine, in bytes. */
    private static final int MOST_BYTES = 4 << 20;

    private final DatagramDriver driver;
    private final RudpConnection engine;
    private final Map<Lane, Queue<byte[]>> waiting = new EnumMap<>(Lane.class);
    private @Nullable ConnectionHandler handler;
    private Runnable onConnected = () -> {};
    private Lane frameLane = Lane.CHAT;
    private int waitingBytes;
    private boolean stranger;
    private boolean paused;
    private boolean touched;
    private State state = State.OPEN;
    private ReasonCode closeReason = ReasonCode.CLOSED_LOCALLY;
    private String closeText = "";

    DatagramConnection(DatagramDriver driver, RudpConnection engine) {
        this.driver = driver;
        this.engine = engine;
        waiting.put(Lane.CHAT, new ArrayDeque<>());
        waiting.put(Lane.BULK, new ArrayDeque<>());
        waiting.put(Lane.EPHEMERAL, new ArrayDeque<>());
    }

    @Override
    public boolean write(Lane lane, Frame frame) {
        assert owner().inOwnerThread();
        if (state != State.OPEN) {
            return false;
        }
        byte[] bytes = frame.array();
        try {
            boolean taken = queue(lane).isEmpty() && engine.send(driver.now(), lane, bytes);
            if (!taken && lane != Lane.EPHEMERAL) {
                queue(lane).add(bytes);
                waitingBytes += bytes.length;
            }
        } catch (IllegalArgumentException tooLong) {
            close(ReasonCode.FRAME_TOO_LARGE, String.valueOf(tooLong.getMessage()));
        }
        if (waitingBytes > MOST_BYTES) {
            dropWaiting();
            close(ReasonCode.SLOW_CONSUMER, "more than " + MOST_BYTES + " bytes wait");
        }
        return isWritable(lane);
    }

    @Override
    public void flush() {
        assert owner().inOwnerThread();
        if (state != State.CLOSED) {
            engine.flush();
            driver.flushSoon();
        }
    }

    @Override
    public boolean isWritable(Lane lane) {
        return state == State.OPEN && queue(lane).isEmpty() && engine.isWritable(lane);
    }

    @Override
    public long retransmissions() {
        return engine.stats().messagesRetransmitted();
    }

    @Override
    public void networkChanged() {
        engine.networkChanged(driver.now());
        driver.flushSoon();
    }

    @Override
    public long idleTimeoutNanos() {
        return engine.idleTimeoutNanos();
    }

    @Override
    public long silentNanos() {
        return engine.silentNanos(driver.now());
    }

    @Override
    public void admit() {
        stranger = false;
        grantCredit();
    }

    @Override
    public void pauseReading() {
        assert owner().inOwnerThread();
        paused = true;
        if (state == State.OPEN) {
            engine.pauseReading();
        }
    }

    @Override
    public void resumeReading() {
        assert owner().inOwnerThread();
        paused = false;
        grantCredit();
    }

    @Override
    public void close(ReasonCode code, String text) {
        assert owner().inOwnerThread();
        if (state != State.OPEN) {
            return;
        }
        state = State.CLOSING;
        closeReason = code;
        closeText = text;
        if (waitingBytes == 0) {
            closeEngine();
        } else {
            owner().schedule(DatagramDriver.CLOSE_NANOS, this::closeEngine);
        }
    }

    @Override
    public Owner owner() {
        return driver.owner();
    }

    @Override
    public String transport() {
        return "udp";
    }

    @Override
    public InetSocketAddress remoteAddress() {
        PeerAddress peer = new PeerAddress();
        engine.remote(peer);
        return peer.toSocketAddress();
    }

    @Override
    public PacketCodec codec() {
        return BinaryPacketCodec.V1;
    }

    @Override
    public boolean countsBulkApart() {
        return true;
    }

    @Override
    public void onFrame(int type, ByteBuffer body) {
        ConnectionHandler hears = handler;
        if (state == State.OPEN && hears != null) {
            hears.onFrame(type, body, frameLane);
        }
    }

    @Override
    public String toString() {
        return "datagrams to " + remoteAddress() + " " + state;
    }

    // ---- what the driver tells

    void begin(ConnectionHandler whoHears) {
        handler = whoHears;
    }

    /** On a client: runs when the handshake is over. */
    void onConnected(Runnable task) {
        onConnected = task;
    }

    void accepted(ConnectionAcceptor acceptor) {
        stranger = true;
        engine.pauseReading();
        try {
            handler = acceptor.onConnection(this);
        } catch (RuntimeException | Error failure) {
            failed(failure);
        }
    }

    void connected() {
        onConnected.run();
    }

    void frame(Lane lane, ByteBuffer frame) {
        ConnectionHandler hears = handler;
        if (state != State.OPEN || hears == null) {
            return;
        }
        if (!touched) {
            touched = true;
            driver.touched(this);
        }
        frameLane = lane;
        int longest = driver.maxFrameBytes();
        try {
            FrameReader.readWhole(frame, stranger ? Math.min(longest, STRANGER_FRAME_BYTES) : longest, this);
        } catch (ProtocolException violation) {
            tell(whoHears -> whoHears.onViolation(violation));
            close(violation.code(), String.valueOf(violation.getMessage()));
        } catch (RuntimeException | Error failure) {
            failed(failure);
        }
    }

    void readComplete() {
        touched = false;
        tell(ConnectionHandler::onReadComplete);
    }

    void writable(Lane lane) {
        Queue<byte[]> frames = queue(lane);
        while (!frames.isEmpty() && engine.send(driver.now(), lane, frames.element())) {
            waitingBytes -= frames.remove().length;
        }
        flush();
        if (state == State.CLOSING && waitingBytes == 0) {
            closeEngine();
        } else if (isWritable(lane)) {
            tell(hears -> hears.onWritable(lane));
        }
    }

    void mappingLost() {
        tell(ConnectionHandler::onMappingLost);
    }

    /** The engine's last word. */
    void ended(int code, boolean byPeer) {
        if (state == State.CLOSING && !byPeer) {
            finish(closeReason, false, closeText);
        } else {
            finish(ReasonCode.fromNumber(code), byPeer, byPeer ? "the peer ended it" : "the link is lost");
        }
    }

    private void grantCredit() {
        if (state == State.OPEN && !stranger && !paused) {
            engine.resumeReading(driver.now());
            driver.flushSoon();
        }
    }

    private void closeEngine() {
        if (state == State.CLOSING) {
            engine.close(driver.now(), closeReason.number());
            driver.flushSoon();
        }
    }

    private void tell(Consumer<ConnectionHandler> news) {
        ConnectionHandler hears = handler;
        if (state == State.OPEN && hears != null) {
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

    private void finish(ReasonCode reason, boolean byPeer, String text) {
        if (state != State.CLOSED) {
            state = State.CLOSED;
            dropWaiting();
            ConnectionHandler hears = handler;
            if (hears != null) {
                hears.onClosed(reason, byPeer, text);
            }
        }
    }

    private void dropWaiting() {
        waiting.values().forEach(Queue::clear);
        waitingBytes = 0;
    }

    private Queue<byte[]> queue(Lane lane) {
        Queue<byte[]> frames = waiting.get(lane);
        if (frames == null) {
            throw new IllegalArgumentException("no lane " + lane);
        }
        return frames;
    }

    private enum State {
        OPEN,
        CLOSING,
        CLOSED
    }
}
