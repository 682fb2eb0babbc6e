// SPDX-License-Identifier: Apache-2.0
package io.hongyan.contracts;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.frame.Frame;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A handler that remembers what it was told, and checks that it is told as the contract says. Its fields may be read from
 * any thread; subclasses add what happens at each call, on the connection's owner.
 */
public class RecordingHandler implements ConnectionHandler {
    /** Whose handler this is. */
    public final Connection connection;
    /** The frames that came in, in order, copied. */
    public final LinkedBlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
    /** How many came in. */
    public final AtomicLong frameCount = new AtomicLong();
    /** How many read batches ended. */
    public final AtomicInteger readCompletes = new AtomicInteger();
    /** The lanes that were said to have room again, in order. */
    public final List<Lane> writable = new CopyOnWriteArrayList<>();
    /** What the peer did wrong, as it was told. */
    public final List<ProtocolException> violations = new CopyOnWriteArrayList<>();
    /** What was told against the contract; empty in the end. */
    public final List<String> broken = new CopyOnWriteArrayList<>();
    /** Why the connection is over; null while it is not. */
    public volatile @Nullable ReasonCode closedReason;
    /** Whether the other side ended it. */
    public volatile boolean closedByPeer;
    /** What was said about its end. */
    public volatile String closedText = "";
    /** Whether frames are kept; they are always counted. */
    public volatile boolean keepFrames = true;

    private boolean inCall;

    /** A handler of this connection. */
    public RecordingHandler(Connection connection) {
        this.connection = connection;
    }

    /** A frame came in and was kept. */
    protected void onFrameHere(int type, ByteBuffer body, Lane lane) {}

    /** A read batch ended. */
    protected void onReadCompleteHere() {}

    /** A lane has room again. */
    protected void onWritableHere(Lane lane) {}

    @Override
    public final void onFrame(int type, ByteBuffer body, Lane lane) {
        called("onFrame", () -> {
            frameCount.incrementAndGet();
            if (keepFrames) {
                byte[] copy = new byte[body.remaining()];
                body.get(body.position(), copy);
                frames.add(Frame.of(type, copy));
            }
            onFrameHere(type, body, lane);
        });
    }

    @Override
    public final void onReadComplete() {
        called("onReadComplete", () -> {
            readCompletes.incrementAndGet();
            onReadCompleteHere();
        });
    }

    @Override
    public final void onWritable(Lane lane) {
        called("onWritable", () -> {
            writable.add(lane);
            onWritableHere(lane);
        });
    }

    @Override
    public final void onViolation(ProtocolException violation) {
        called("onViolation", () -> violations.add(violation));
    }

    @Override
    public final void onClosed(ReasonCode reason, boolean byPeer, String text) {
        called("onClosed", () -> {
            closedByPeer = byPeer;
            closedText = text;
            closedReason = reason;
        });
    }

    /** Whether the connection is over. */
    public boolean isClosed() {
        return closedReason != null;
    }

    private void called(String what, Runnable body) {
        if (!connection.owner().inOwnerThread()) {
            broken.add(what + " on " + Thread.currentThread().getName());
        }
        if (inCall) {
            broken.add(what + " within another call");
        }
        if (isClosed()) {
            broken.add(what + " after onClosed");
        }
        inCall = true;
        try {
            body.run();
        } finally {
            inCall = false;
        }
    }
}
