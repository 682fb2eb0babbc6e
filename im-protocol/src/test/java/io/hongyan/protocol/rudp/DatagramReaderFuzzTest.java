// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.hongyan.protocol.Lane;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.MethodSource;

/** Authentic datagrams whose segments are any bytes at all, to a server and to a client in the midst of a talk. */
@Tag("once")
class DatagramReaderFuzzTest {
    /**
     * Datagrams one after the other: a byte that says who sends it, how much time passes before it and whether all is
     * delivered behind it; two bytes of length; the segments.
     */
    @MethodSource
    @FuzzTest
    void anySegmentsAreTakenOrEndTheConnectionWithACode(byte[] input) {
        FuzzedPair pair = new FuzzedPair();
        pair.exchange();
        pair.client.send(Lane.CHAT, 0);
        pair.server.send(Lane.BULK, 0);
        pair.exchange();
        pair.server.send(Lane.CHAT, 0);
        ByteBuffer in = ByteBuffer.wrap(input);
        while (in.remaining() >= 3) {
            int where = in.get();
            byte[] segments = new byte[Math.min(in.getShort() & 0x7FF, in.remaining())];
            in.get(segments);
            pair.pass(FuzzedPair.MILLI * (where & 0x3F));
            FuzzedPair.Side from = where < 0 ? pair.server : pair.client;
            from.protection.editNext(payload -> segments);
            from.send(Lane.EPHEMERAL, 0);
            from.deliverAll();
            if ((where & 0x40) != 0) {
                pair.exchange();
            }
        }
        pair.end();
    }

    /** The segments of the golden datagrams, to both sides, and each alone. */
    static Stream<byte[]> anySegmentsAreTakenOrEndTheConnectionWithACode() {
        ByteBuffer all = ByteBuffer.allocate(64_000);
        Stream.Builder<byte[]> seeds = Stream.builder();
        for (byte[] segments : GoldenDatagrams.allSegments()) {
            ByteBuffer one = ByteBuffer.allocate(2 * (3 + segments.length));
            for (int to : new int[] {0x41, 0xC1}) {
                one.put((byte) to).putShort((short) segments.length).put(segments);
            }
            seeds.add(one.array());
            all.put(one.array());
        }
        seeds.add(Arrays.copyOf(all.array(), all.position()));
        return seeds.build();
    }
}
