// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.connection.Owner;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.frame.FrameReader;
import io.hongyan.protocol.frame.FrameSink;
import io.hongyan.protocol.packet.BinaryPacketCodec;
import io.hongyan.protocol.packet.PacketCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A TCP link behind its preface, on either end. It is the last handler of its channel's pipeline and the
 * {@link Connection} at once, so that an idle link costs one object beside Netty's own.
 *
 * <p>What is written gathers in one buffer, which exists only while something waits; a flush hands it to Netty whole.
 * There is no write per frame through the pipeline.
 *
 * <pre>
 *            close, or the peer's FIN          all sent               the peer's FIN, or time out
 *   OPEN ------------------------------> CLOSING ------> FINISHING ------------------------------> CLOSED
 *     \_______________ reset, a bound passed, time out while sending ____________________________/
 * </pre>
 *
 * Input that arrives while closing is read and thrown away: unread input would turn the FIN into a reset, and the peer
 * might lose the last frames.
 */
@Confined("owner")
final class NettyTcpConnection extends ChannelInboundHandlerAdapter implements Connection, FrameSink, Flushable {
    private static final InternalLogger log = InternalLoggerFactory.getInstance(NettyTcpConnection.class);

    private static final int LARGEST_BATCH_BYTES = 64 << 10;
    private static final int SMALLEST_BATCH_BYTES = 256;
    private static final long MOST_DISCARDED_BYTES = 4 << 20;

    private static final Lane[] LANES = Lane.values();

    private final Channel channel;
    private final EventLoopOwner owner;
    private final StreamOptions options;
    private final @Nullable TcpLinks links;
    private final InetSocketAddress remoteAddress;
    private final @Nullable SslHandler tls;
    private final FrameReader reader;
    private final long beganNanos;
    private @Nullable ConnectionHandler handler;

    private State state = State.OPEN;
    private boolean paused;
    private boolean readSomething;
    private boolean inputEnded;
    private boolean flushScheduled;
    private boolean endMarked;

    private @Nullable ByteBuf batch;
    private int batchGuess = SMALLEST_BATCH_BYTES;
    private int lanesWithoutRoom;
    private @Nullable ArrayDeque<ByteBuf> held;
    private long discardedBytes;

    private @Nullable Closing closing;

    /** A client's, which begins now. @param tls null = plain text */
    NettyTcpConnection(Channel channel, EventLoopOwner owner, StreamOptions options, @Nullable SslHandler tls) {
        this(channel, owner, options, null, System.nanoTime(), Sockets.remoteAddress(channel), tls);
    }

    /**
     * @param links who wants to know of the end; null on a client
     * @param beganNanos when the link was accepted
     * @param remoteAddress of the peer, also when a proxy stands between
     * @param tls what protects it, its handshake done; null = plain text
     */
    NettyTcpConnection(
            Channel channel,
            EventLoopOwner owner,
            StreamOptions options,
            @Nullable TcpLinks links,
            long beganNanos,
            InetSocketAddress remoteAddress,
            @Nullable SslHandler tls) {
        this.beganNanos = beganNanos;
        this.channel = channel;
        this.owner = owner;
        this.options = options;
        this.links = links;
        this.remoteAddress = remoteAddress;
        this.tls = tls;
        this.reader = new FrameReader(Math.min(options.maxFrameBytes(), STRANGER_FRAME_BYTES));
    }

    /** Says who hears of everything from now on; once, before the first byte is read. */
    void handler(ConnectionHandler whoHears) {
        this.handler = Objects.requireNonNull(whoHears, "the handler of a new connection");
    }

    @Override
    public boolean write(Lane lane, Frame frame) {
        assert owner.inOwnerThread();
        if (state != State.OPEN) {
            return false;
        }
        if (pendingBytes() + frame.length() > options.maxPendingBytes()) {
            abort(ReasonCode.SLOW_CONSUMER, false, "more than " + options.maxPendingBytes() + " bytes wait");
            return false;
        }
        append(frame.array());
        boolean hasRoom = isWritable(lane);
        if (!hasRoom) {
            flush();
        }
        return hasRoom;
    }

    @Override
    public void flush() {
        assert owner.inOwnerThread();
        if (!flushScheduled && state != State.CLOSED) {
            flushScheduled = true;
            owner.flushSoon(this);
        }
    }

    @Override
    public boolean isWritable(Lane lane) {
        assert owner.inOwnerThread();
        int highWater = lane == Lane.BULK ? options.bulkHighWaterBytes() : options.chatHighWaterBytes();
        boolean hasRoom = state == State.OPEN && pendingBytes() < highWater;
        if (!hasRoom) {
            lanesWithoutRoom |= 1 << lane.ordinal();
        }
        return hasRoom;
    }

    @Override
    public void admit() {
        assert owner.inOwnerThread();
        reader.maxFrameBytes(options.maxFrameBytes());
    }

    @Override
    public void pauseReading() {
        assert owner.inOwnerThread();
        if (state == State.OPEN && !paused) {
            paused = true;
            channel.config().setAutoRead(false);
        }
    }

    @Override
    public void resumeReading() {
        assert owner.inOwnerThread();
        if (state == State.OPEN && paused) {
            paused = false;
            if (held == null) {
                channel.config().setAutoRead(true);
            } else {
                owner.execute(this::feedHeld);
            }
        }
    }

    @Override
    public void close(ReasonCode code, String text) {
        assert owner.inOwnerThread();
        close(code, false, text);
    }

    @Override
    public Owner owner() {
        return owner;
    }

    @Override
    public String transport() {
        return tls == null ? "tcp" : "tls";
    }

    @Override
    public @Nullable X509Certificate peerCertificate() {
        return tls == null ? null : Sockets.peerCertificate(tls);
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    @Override
    public long ageNanos() {
        return System.nanoTime() - beganNanos;
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
        return transport() + " " + remoteAddress + " " + state;
    }

    /** Bytes that go before the first frame. */
    void writePreface(byte[] preface) {
        append(preface);
        flush();
    }

    /** Ends the link in order: what is pending leaves, then the FIN. */
    void close(ReasonCode code, boolean byPeer, String text) {
        if (state != State.OPEN) {
            return;
        }
        state = State.CLOSING;
        closing = new Closing(
                code, byPeer, text, owner.schedule(options.closeTimeoutMillis() * 1_000_000L, this::closeTimedOut));
        stopInput();
        if (paused) {
            channel.config().setAutoRead(true);
        }
        flush();
    }

    // ---- what Netty tells

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            if (state != State.OPEN) {
                discard(in);
            } else if (paused || held != null) {
                hold(in);
            } else {
                feed(in);
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (readSomething) {
            readSomething = false;
            if (state == State.OPEN) {
                heard().onReadComplete();
            }
        }
    }

    @Override
    public void onFrame(int type, ByteBuffer body) {
        heard().onFrame(type, body, Lane.CHAT);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        tellLanesWithRoom();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE || event == SslCloseCompletionEvent.SUCCESS) {
            inputEnded = true;
            if (state == State.FINISHING) {
                channel.close();
            } else if (held == null) {
                close(ReasonCode.CONNECTION_LOST, true, "the peer closed the link");
            }
        } else if (event instanceof SslHandshakeCompletionEvent && state == State.OPEN) {
            // The first one was before us. Who asks for another makes us calculate for nothing.
            abort(ReasonCode.PROTOCOL_VIOLATION, false, "TLS renegotiation");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (state != State.OPEN) {
            return;
        }
        Throwable network = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        if (network instanceof IOException) {
            log.debug("{}: {}", this, network.toString());
            abort(ReasonCode.CONNECTION_LOST, true, String.valueOf(network.getMessage()));
        } else {
            handlerFailed(cause);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        stopInput();
        releaseBatch();
        if (links != null) {
            links.ended(this);
        }
        Closing end = closing == null ? endWithoutWord() : closing;
        closing = end;
        end.cancelTimeout.run();
        if (handler != null) {
            handler.onClosed(end.code, end.byPeer, end.text);
        }
    }

    @Override
    public void flushNow() {
        flushScheduled = false;
        if (state == State.CLOSED) {
            return;
        }
        ByteBuf ready = batch;
        batch = null;
        if (ready != null) {
            batchGuess = ready.readableBytes();
            channel.write(ready, channel.voidPromise());
        }
        if (state == State.CLOSING && !endMarked) {
            endMarked = true;
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) this::allSent);
        } else if (ready != null) {
            channel.flush();
        }
        tellLanesWithRoom();
    }

    // ---- output

    private void append(byte[] bytes) {
        ByteBuf open = batch;
        if (open != null && open.readableBytes() + bytes.length > LARGEST_BATCH_BYTES) {
            channel.write(open, channel.voidPromise());
            open = null;
        }
        if (open == null) {
            int capacity = Math.max(bytes.length, Math.min(LARGEST_BATCH_BYTES, batchGuess));
            open = channel.alloc().directBuffer(Math.max(SMALLEST_BATCH_BYTES, capacity));
            batch = open;
        }
        open.writeBytes(bytes);
    }

    private long pendingBytes() {
        ChannelOutboundBuffer handedOver = channel.unsafe().outboundBuffer();
        long bytes = handedOver == null ? 0 : handedOver.totalPendingWriteBytes();
        return batch == null ? bytes : bytes + batch.readableBytes();
    }

    /**
     * Called when Netty's own mark was passed downwards and after each flush. Netty's marks are both the low one (see
     * {@link LinkSettings}): whenever more waits there than that, it will report.
     */
    private void tellLanesWithRoom() {
        if (lanesWithoutRoom == 0 || state != State.OPEN || pendingBytes() > options.lowWaterBytes()) {
            return;
        }
        int lanes = lanesWithoutRoom;
        lanesWithoutRoom = 0;
        for (Lane lane : LANES) {
            if ((lanes & 1 << lane.ordinal()) != 0) {
                tell(hears -> hears.onWritable(lane));
            }
        }
    }

    // ---- input

    private void feed(ByteBuf in) {
        readSomething = true;
        try {
            reader.read(in.internalNioBuffer(in.readerIndex(), in.readableBytes()), this);
        } catch (ProtocolException violation) {
            heard().onViolation(violation);
            close(violation.code(), false, String.valueOf(violation.getMessage()));
        }
    }

    /** A peer that closed while we did not read: Netty reads all that the kernel has, at most its receive buffer. */
    private void hold(ByteBuf in) {
        if (held == null) {
            held = new ArrayDeque<>();
        }
        held.add(in.retain());
    }

    /** A task of its own, so nobody but us hears of a handler that fails. */
    private void feedHeld() {
        try {
            while (held != null && !paused && state == State.OPEN) {
                feedOneHeld(held);
            }
        } catch (RuntimeException | Error e) {
            handlerFailed(e);
        }
        readSomething = false;
        tell(ConnectionHandler::onReadComplete);
        if (state == State.OPEN && !paused && held == null) {
            if (inputEnded) {
                close(ReasonCode.CONNECTION_LOST, true, "the peer closed the link");
            } else {
                channel.config().setAutoRead(true);
            }
        }
    }

    private void feedOneHeld(ArrayDeque<ByteBuf> waiting) {
        ByteBuf in = waiting.poll();
        if (in == null) {
            held = null;
            return;
        }
        try {
            feed(in);
        } finally {
            in.release();
        }
    }

    private void discard(ByteBuf in) {
        discardedBytes += in.readableBytes();
        if (discardedBytes > MOST_DISCARDED_BYTES) {
            reset();
        }
    }

    private void stopInput() {
        reader.stop();
        ArrayDeque<ByteBuf> dropped = held;
        held = null;
        if (dropped != null) {
            dropped.forEach(ByteBuf::release);
        }
    }

    // ---- the end

    private void allSent(ChannelFuture sent) {
        if (state != State.CLOSING) {
            return;
        }
        state = State.FINISHING;
        if (!sent.isSuccess() || inputEnded) {
            channel.close();
        } else {
            Sockets.finishOutput(channel, tls);
        }
    }

    private void closeTimedOut() {
        if (state == State.CLOSING) {
            reset();
        } else {
            channel.close();
        }
    }

    /** For calls to the handler that do not come through the pipeline, which would catch what it throws. */
    private void tell(Consumer<ConnectionHandler> news) {
        if (state != State.OPEN) {
            return;
        }
        try {
            news.accept(heard());
        } catch (RuntimeException | Error e) {
            handlerFailed(e);
        }
    }

    private void handlerFailed(Throwable e) {
        if (owner.mayLogFailure()) {
            log.warn("{}: closing, its handler failed", this, e);
        } else {
            log.debug("{}: closing, its handler failed", this, e);
        }
        close(ReasonCode.INTERNAL_ERROR, false, e.toString());
    }

    /** Ends the link without sending what is pending. */
    private void abort(ReasonCode code, boolean byPeer, String text) {
        state = State.CLOSING;
        closing = new Closing(code, byPeer, text, () -> {});
        stopInput();
        releaseBatch();
        reset();
    }

    /** The kernel drops what it holds and tells the peer at once. */
    private void reset() {
        try {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException closedAlready) {
            log.trace("{}: the kernel was first", this);
        }
        Sockets.closeNow(channel);
    }

    private Closing endWithoutWord() {
        return owner.loop().isShuttingDown()
                ? new Closing(ReasonCode.CLOSED_LOCALLY, false, "the event loops were closed", () -> {})
                : new Closing(ReasonCode.CONNECTION_LOST, true, "the link broke", () -> {});
    }

    private void releaseBatch() {
        if (batch != null) {
            batch.release();
            batch = null;
        }
    }

    private ConnectionHandler heard() {
        return Objects.requireNonNull(handler);
    }

    private enum State {
        OPEN,
        CLOSING,
        FINISHING,
        CLOSED
    }

    private record Closing(ReasonCode code, boolean byPeer, String text, Runnable cancelTimeout) {}
}
