// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

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
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the reliable-UDP engine, on either end, as a {@link Connection}. Each engine message is one whole
 * frame. Frames written while the engine's buffer is full wait here, bounded, until it says there is room.
 */
@Confined("owner")
final class UdpConnection implements Connection, FrameSink {
    private static final InternalLogger log = InternalLoggerFactory.getInstance(UdpConnection.class);

    private final UdpDriver driver;
    private final RudpConnection engine;
    private InetSocketAddress remoteAddress;
    private @Nullable ConnectionHandler handler;
    private Runnable onConnected = () -> {};
    private Runnable atEnd = () -> {};

    private State state = State.OPEN;
    private boolean touched;
    private boolean stranger;
    private boolean paused;
    private Lane frameLane = Lane.CHAT;
    private @Nullable ArrayDeque<byte[]> chatOverflow;
    private @Nullable ArrayDeque<byte[]> bulkOverflow;
    private int overflowBytes;

    private ReasonCode closeReason = ReasonCode.CLOSED_LOCALLY;
    private String closeText = "";

    UdpConnection(UdpDriver driver, RudpConnection engine) {
        this.driver = driver;
        this.engine = engine;
        this.remoteAddress = addressOfPeer();
    }

    /** What the peer said it does not take, or nobody does, ends the connection: the writer cannot know the limit. */
    @Override
    public boolean write(Lane lane, Frame frame) {
        assert driver.owner().inOwnerThread();
        if (state != State.OPEN) {
            return false;
        }
        byte[] bytes = frame.array();
        try {
            boolean taken = overflow(lane) == null && engine.send(driver.now(), lane, bytes);
            return taken ? engine.isWritable(lane) : writeLater(lane, bytes);
        } catch (IllegalArgumentException tooLong) {
            close(ReasonCode.FRAME_TOO_LARGE, String.valueOf(tooLong.getMessage()));
            return false;
        }
    }

    @Override
    public void flush() {
        assert driver.owner().inOwnerThread();
        if (state != State.CLOSED) {
            engine.flush();
            driver.flushSoon();
        }
    }

    @Override
    public boolean isWritable(Lane lane) {
        assert driver.owner().inOwnerThread();
        return state == State.OPEN && overflow(lane) == null && engine.isWritable(lane);
    }

    @Override
    public long retransmissions() {
        assert driver.owner().inOwnerThread();
        return engine.stats().messagesRetransmitted();
    }

    @Override
    public void networkChanged() {
        assert driver.owner().inOwnerThread();
        if (state == State.OPEN) {
            engine.networkChanged(driver.now());
            driver.flushSoon();
        }
    }

    @Override
    public long idleTimeoutNanos() {
        return engine.idleTimeoutNanos();
    }

    @Override
    public long silentNanos() {
        assert driver.owner().inOwnerThread();
        return engine.silentNanos(driver.now());
    }

    /** Until then the engine's first credit, 8 KiB a lane, is all the peer has. */
    @Override
    public void admit() {
        assert driver.owner().inOwnerThread();
        stranger = false;
        grantCredit();
    }

    @Override
    public void pauseReading() {
        assert driver.owner().inOwnerThread();
        paused = true;
        if (state == State.OPEN) {
            engine.pauseReading();
        }
    }

    @Override
    public void resumeReading() {
        assert driver.owner().inOwnerThread();
        paused = false;
        grantCredit();
    }

    private void grantCredit() {
        if (state == State.OPEN && !stranger && !paused) {
            engine.resumeReading(driver.now());
            driver.flushSoon();
        }
    }

    @Override
    public void close(ReasonCode code, String text) {
        assert driver.owner().inOwnerThread();
        if (state != State.OPEN) {
            return;
        }
        state = State.CLOSING;
        closeReason = code;
        closeText = text;
        if (overflowBytes == 0) {
            closeEngine();
        } else {
            driver.owner().schedule(driver.options().closeTimeoutMillis() * 1_000_000L, this::closeEngine);
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
        return remoteAddress;
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
    public String toString() {
        return "udp " + remoteAddress + " " + state;
    }

    // ---- what the driver tells

    void handler(ConnectionHandler whoHears) {
        this.handler = Objects.requireNonNull(whoHears, "the handler of a new connection");
    }

    private int maxFrameBytes() {
        int longest = driver.options().maxFrameBytes();
        return stranger ? Math.min(longest, STRANGER_FRAME_BYTES) : longest;
    }

    /** On a client: runs when the handshake is complete. */
    void onConnected(Runnable task) {
        this.onConnected = task;
    }

    /** On a server: runs when the connection is over, once. */
    void atEnd(Runnable task) {
        this.atEnd = task;
    }

    void accepted(ConnectionAcceptor acceptor) {
        stranger = true;
        engine.pauseReading();
        try {
            handler(acceptor.onConnection(this));
        } catch (RuntimeException | Error e) {
            failed(e);
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
        try {
            FrameReader.readWhole(frame, maxFrameBytes(), this);
        } catch (ProtocolException violation) {
            violated(hears, violation);
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    @Override
    public void onFrame(int type, ByteBuffer body) {
        if (state == State.OPEN) {
            Objects.requireNonNull(handler).onFrame(type, body, frameLane);
        }
    }

    void readComplete() {
        touched = false;
        tell(ConnectionHandler::onReadComplete);
    }

    /** The engine has room in this lane: first for what waited here, then for more. */
    void writable(Lane lane) {
        drainOverflow(lane);
        if (state == State.CLOSING && overflowBytes == 0) {
            closeEngine();
        } else if (state == State.OPEN && overflow(lane) == null && engine.isWritable(lane)) {
            tell(hears -> hears.onWritable(lane));
        }
    }

    void moved() {
        remoteAddress = addressOfPeer();
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

    void socketClosed(ReasonCode code, String text) {
        if (state == State.CLOSING) {
            finish(closeReason, false, closeText);
        } else {
            finish(code, code != ReasonCode.CLOSED_LOCALLY, text);
        }
    }

    // ---- within

    /** Ephemeral frames never wait: the engine takes them, or is at its end. */
    private boolean writeLater(Lane lane, byte[] bytes) {
        if (lane == Lane.EPHEMERAL) {
            return false;
        }
        if (overflowBytes + bytes.length > driver.options().maxOverflowBytes()) {
            dropOverflow();
            close(ReasonCode.SLOW_CONSUMER, "more than " + driver.options().maxOverflowBytes() + " bytes wait");
            return false;
        }
        ArrayDeque<byte[]> waiting = overflow(lane);
        if (waiting == null) {
            waiting = new ArrayDeque<>();
            overflow(lane, waiting);
        }
        waiting.add(bytes);
        overflowBytes += bytes.length;
        return false;
    }

    private void drainOverflow(Lane lane) {
        ArrayDeque<byte[]> waiting = overflow(lane);
        if (waiting == null) {
            return;
        }
        long now = driver.now();
        try {
            for (byte[] bytes = waiting.peek(); bytes != null; bytes = waiting.peek()) {
                if (!engine.send(now, lane, bytes)) {
                    break;
                }
                waiting.remove();
                overflowBytes -= bytes.length;
            }
        } catch (IllegalArgumentException tooLong) {
            dropOverflow();
            close(ReasonCode.FRAME_TOO_LARGE, String.valueOf(tooLong.getMessage()));
        }
        if (waiting.isEmpty()) {
            overflow(lane, null);
        }
        flush();
    }

    private void dropOverflow() {
        chatOverflow = null;
        bulkOverflow = null;
        overflowBytes = 0;
    }

    private @Nullable ArrayDeque<byte[]> overflow(Lane lane) {
        return switch (lane) {
            case CHAT -> chatOverflow;
            case BULK -> bulkOverflow;
            case EPHEMERAL -> null;
        };
    }

    private void overflow(Lane lane, @Nullable ArrayDeque<byte[]> waiting) {
        if (lane == Lane.BULK) {
            bulkOverflow = waiting;
        } else {
            chatOverflow = waiting;
        }
    }

    private void closeEngine() {
        if (state == State.CLOSING) {
            engine.close(driver.now(), closeReason.number());
            driver.flushSoon();
        }
    }

    private void violated(ConnectionHandler hears, ProtocolException violation) {
        try {
            hears.onViolation(violation);
        } catch (RuntimeException | Error e) {
            failed(e);
        }
        close(violation.code(), String.valueOf(violation.getMessage()));
    }

    private void tell(Consumer<ConnectionHandler> news) {
        ConnectionHandler hears = handler;
        if (state != State.OPEN || hears == null) {
            return;
        }
        try {
            news.accept(hears);
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private void failed(Throwable e) {
        if (driver.owner().mayLogFailure()) {
            log.warn("{}: closing, its handler failed", this, e);
        } else {
            log.debug("{}: closing, its handler failed", this, e);
        }
        close(ReasonCode.INTERNAL_ERROR, e.toString());
    }

    private void finish(ReasonCode reason, boolean byPeer, String text) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        atEnd.run();
        dropOverflow();
        ConnectionHandler hears = handler;
        if (hears != null) {
            try {
                hears.onClosed(reason, byPeer, text);
            } catch (RuntimeException | Error e) {
                log.debug("{}: its handler failed at the end", this, e);
            }
        }
    }

    private InetSocketAddress addressOfPeer() {
        PeerAddress peer = new PeerAddress();
        engine.remote(peer);
        return driver.addressOf(peer);
    }

    private enum State {
        OPEN,
        CLOSING,
        CLOSED
    }
}
