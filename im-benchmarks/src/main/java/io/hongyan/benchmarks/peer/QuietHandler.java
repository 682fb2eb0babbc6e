// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.peer;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.ConnectionHandler;
import java.nio.ByteBuffer;

/** Hears a connection and says nothing; who extends it says what it cares for. */
public class QuietHandler implements ConnectionHandler {
    /** One for any number of connections. */
    public QuietHandler() {}

    @Override
    public void onFrame(int type, ByteBuffer body, Lane lane) {}

    @Override
    public void onReadComplete() {}

    @Override
    public void onWritable(Lane lane) {}

    @Override
    public void onViolation(ProtocolException violation) {
        throw new IllegalStateException(violation);
    }

    @Override
    public void onClosed(ReasonCode reason, boolean byPeer, String text) {}
}
