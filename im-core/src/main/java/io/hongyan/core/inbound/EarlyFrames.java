// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.inbound;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Frames that a client sent behind its LOGIN, copied and kept until it is answered; bounded in bytes. */
final class EarlyFrames {
    /** Counted for a frame besides its body. */
    private static final int OVERHEAD_BYTES = 64;

    private final int limitBytes;
    private final List<Early> frames = new ArrayList<>();
    private int bytes;

    /** What takes the frames when their time has come. */
    @FunctionalInterface
    interface Sink {
        void onFrame(int type, ByteBuffer body, Lane lane);
    }

    EarlyFrames(int limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** @throws ProtocolException when the client sends too much before it knows whether it is let in */
    void add(int type, ByteBuffer body, Lane lane) {
        bytes += body.remaining() + OVERHEAD_BYTES;
        if (bytes > limitBytes) {
            throw new ProtocolException(ReasonCode.PROTOCOL_VIOLATION, "too much behind LOGIN");
        }
        byte[] copy = new byte[body.remaining()];
        body.get(copy);
        frames.add(new Early(type, ByteBuffer.wrap(copy), lane));
    }

    void replay(Sink sink) {
        for (Early frame : frames) {
            sink.onFrame(frame.type, frame.body, frame.lane);
        }
    }

    private record Early(int type, ByteBuffer body, Lane lane) {}
}
