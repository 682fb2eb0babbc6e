// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.flood;

import io.hongyan.protocol.rudp.RudpConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/** Random bytes as datagrams; three of four begin as a datagram of Hongyan does. */
final class GarbageDatagrams implements Flood {

    private static final int NATIVE_BIT = 0x80;

    private final UdpSockets sockets;
    private final SplittableRandom random = new SplittableRandom();
    private final byte[] bytes = new byte[RudpConfig.DATAGRAM_BYTES];

    GarbageDatagrams(UdpSockets sockets) {
        this.sockets = sockets;
    }

    @Override
    public void sendOne() throws IOException {
        random.nextBytes(bytes);
        if (random.nextInt(4) > 0) {
            bytes[0] |= (byte) NATIVE_BIT;
        }
        sockets.send(ByteBuffer.wrap(bytes, 0, random.nextInt(1, bytes.length + 1)));
    }

    @Override
    public void takeAnswers(long waitMillis) throws IOException {
        sockets.receive(waitMillis, answer -> {});
    }

    @Override
    public void close() throws IOException {
        sockets.close();
    }
}
