// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

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

/** A handler that remembers what it was told, and checks that it is told as the contract says. */
class RecordingHandler implements ConnectionHandler {
    final Connection connection;
    final LinkedBlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
    final AtomicLong frameCount = new AtomicLong();
    final AtomicInteger readCompletes = new AtomicInteger();
    final List<Lane> writable = new CopyOnWriteArrayList<>();
    final List<ProtocolException> violations = new CopyOnWriteArrayList<>();
    final List<String> broken = new CopyOnWriteArrayList<>();
    volatile @Nullable ReasonCode closedReason;
    volatile boolean closedByPeer;
    volatile String closedText = "";
    volatile boolean keepFrames = true;
    private boolean inCall;

    RecordingHandler(Connection connection) {
        this.connection = connection;
    }

    void onFrameHere(int type, ByteBuffer body, Lane lane) {}

    void onReadCompleteHere() {}

    void onWritableHere(Lane lane) {}

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

    boolean isClosed() {
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
