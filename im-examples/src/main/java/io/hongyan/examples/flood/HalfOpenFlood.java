// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.flood;

import io.hongyan.protocol.rudp.RudpConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * First datagrams of handshakes, each with keys and an id of its own, whose answers are counted and thrown away.
 *
 * @see <a href="../../../../../../../../docs/protocol/udp.md">docs/protocol/udp.md, Datagrams</a>
 */
final class HalfOpenFlood implements Flood {

    private static final byte INITIAL = (byte) 0xC0;
    private static final byte COOKIE = (byte) 0xC1;
    private static final int VERSION = 0x4859_0001;
    private static final byte CLEAR = 1;
    private static final int KEY_EXCHANGE_BYTES = 16;
    private static final int ID_LENGTHS = 9;

    private final UdpSockets sockets;
    private final FloodTally tally;
    private final SplittableRandom random = new SplittableRandom();
    private final ByteBuffer out = ByteBuffer.allocateDirect(RudpConfig.DATAGRAM_BYTES);

    HalfOpenFlood(UdpSockets sockets, FloodTally tally) {
        this.sockets = sockets;
        this.tally = tally;
    }

    @Override
    public void sendOne() throws IOException {
        byte[] id = random(random.nextInt(ID_LENGTHS));
        out.clear();
        out.put(INITIAL).putInt(VERSION).putLong(random.nextLong());
        out.put((byte) id.length).put(id);
        out.put(CLEAR).putShort((short) KEY_EXCHANGE_BYTES).put(random(KEY_EXCHANGE_BYTES));
        out.put(new byte[out.remaining()]);
        sockets.send(out.flip());
    }

    private byte[] random(int bytes) {
        byte[] all = new byte[bytes];
        random.nextBytes(all);
        return all;
    }

    @Override
    public void takeAnswers(long waitMillis) throws IOException {
        sockets.receive(waitMillis, answer -> {
            if (answer.get(0) != COOKIE) {
                tally.refused("NOT_A_COOKIE", 1);
            }
        });
    }

    @Override
    public void close() throws IOException {
        sockets.close();
    }
}
