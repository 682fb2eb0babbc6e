// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.hongyan.simnet.RandomStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Strangers' datagrams to a server: any bytes, first datagrams of any content, cookies that are genuine, harmed, of
 * another address, too old or used before. No address that has not brought back its own cookie gets more bytes than it
 * sent, and none makes the server keep anything.
 */
@Tag("once")
class ServerHandshakeFuzzTest {
    /** Datagrams one after the other: a byte that says what is made of it, two bytes of length, the bytes. */
    @MethodSource
    @FuzzTest
    void keepsNothingAndSendsNoMoreThanItGot(byte[] input) {
        Strangers strangers = new Strangers();
        ByteBuffer in = ByteBuffer.wrap(input);
        while (in.remaining() >= 3) {
            int how = in.get() & 0xFF;
            byte[] bytes = new byte[Math.min(in.getShort() & 0x7FF, in.remaining())];
            in.get(bytes);
            strangers.step(how, bytes);
        }
        strangers.end();
    }

    static Stream<byte[]> keepsNothingAndSendsNoMoreThanItGot() {
        Stream.Builder<byte[]> seeds = Stream.builder();
        ByteBuffer all = ByteBuffer.allocate(64_000);
        for (byte[] golden : GoldenDatagrams.all()) {
            // Padding need not be in the seeds.
            byte[] bytes = golden.length == RudpConfig.DATAGRAM_BYTES ? Arrays.copyOf(golden, 64) : golden;
            for (int how : new int[] {0, 1, 0x11, 2, 0x42, 3}) {
                all.put((byte) how).putShort((short) bytes.length).put(bytes);
            }
        }
        byte[] many = Arrays.copyOf(all.array(), all.position());
        for (int from = 0; from < many.length; from += 3_000) {
            seeds.add(Arrays.copyOfRange(many, from, Math.min(many.length, from + 3_000)));
        }
        for (byte[] segments : GoldenDatagrams.allSegments()) {
            // A genuine connect from two other addresses; from its own; the same again; from elsewhere; late.
            ByteBuffer one = ByteBuffer.allocate(6 * (3 + segments.length));
            for (int how : new int[] {0x14, 0x24, 4, 4, 0x14, 6}) {
                one.put((byte) how).putShort((short) segments.length).put(segments);
            }
            seeds.add(one.array());
        }
        return seeds.build();
    }

    /** Three addresses, of which one has the cookie; another has its host, and another its port. */
    private static final class Strangers {
        private static final Protector.Factory CLEAR = ClearProtector.FACTORY;

        private final RandomStream random = RandomStream.of(42, "strangers");
        private final RudpEndpoint server = RudpEndpoint.server(
                RudpConfig.builder().maxConnections(4).maxCookies(16).build(),
                ServerSecret.random(random),
                0,
                random,
                RudpTracer.NONE);
        private final PeerAddress[] addresses = {new PeerAddress(), new PeerAddress(), new PeerAddress()};
        /** Bytes of the present datagram that were not answered yet. */
        private final long[] owed = new long[3];

        private final PeerAddress to = new PeerAddress();
        private final ByteBuffer out = ByteBuffer.allocate(RudpConfig.DATAGRAM_BYTES);
        private final RudpEvent event = new RudpEvent();
        private final byte[] keyExchange = new byte[CLEAR.keyExchangeBytes()];
        private final byte[] cookie;
        private final Protector protector;
        private long now = 1_000_000_000L;
        private boolean broughtBack;

        Strangers() {
            addresses[0].setIpv4(0x0a000002, 5000);
            addresses[1].setIpv4(0x0a060606, 5000);
            addresses[2].setIpv4(0x0a000002, 666);
            byte[] initial = new byte[RudpConfig.DATAGRAM_BYTES];
            new ClientHandshake(new byte[4], CLEAR, random).writeInitial(now, initial);
            System.arraycopy(initial, 1 + 4 + 8 + 1 + 4 + 1 + 2, keyExchange, 0, keyExchange.length);
            byte[] answer = exchange(0, initial);
            WireReader in = new WireReader(answer).reset(1 + 1 + 4 + 8, answer.length);
            byte[] serverKeyExchange = in.readBytes(in.readShort());
            cookie = in.readBytes(in.readShort());
            assertThat(in.failed()).isFalse();
            protector = CLEAR.create(keyExchange, serverKeyExchange, false);
        }

        void step(int how, byte[] bytes) {
            int from = (how >> 4 & 3) % 3;
            switch (how & 7) {
                case 0 -> send(from, bytes);
                case 1 -> send(from, Arrays.copyOf(bytes, RudpConfig.DATAGRAM_BYTES));
                case 2 -> send(from, first((how & 0x40) == 0 ? Wire.INITIAL : Wire.RESUME, bytes));
                case 3 -> send(from, connect(harmed(bytes), bytes));
                case 4 -> {
                    broughtBack |= from == 0;
                    send(from, connect(cookie, bytes));
                }
                case 5 -> {
                    byte[] datagram = connect(cookie, bytes);
                    datagram[bytes.length == 0 ? 0 : (bytes[0] & 0xFF) % datagram.length] ^= (byte) (1 << (how >> 5));
                    send(from, datagram);
                }
                case 6 -> {
                    now += (bytes.length + 1L) * 100_000_000L;
                    server.onDeadline(now);
                    poll();
                }
                default -> send(from, Arrays.copyOf(connect(cookie, bytes), bytes.length));
            }
        }

        /** A first datagram whose head is right. */
        private static byte[] first(int kind, byte[] bytes) {
            byte[] datagram = new byte[RudpConfig.DATAGRAM_BYTES];
            WireWriter writer = new WireWriter(datagram);
            writer.writeByte(kind);
            writer.writeInt(Wire.VERSION);
            writer.writeBytes(bytes, 0, Math.min(bytes.length, writer.remaining()));
            return datagram;
        }

        private byte[] harmed(byte[] bytes) {
            byte[] harmed = cookie.clone();
            for (int i = 0; i + 1 < bytes.length && i < 8; i += 2) {
                harmed[(bytes[i] & 0xFF) % harmed.length] ^= bytes[i + 1];
            }
            if (Arrays.equals(harmed, cookie)) {
                harmed[0] ^= 1;
            }
            return harmed;
        }

        /** Sealed under the keys of the handshake. */
        private byte[] connect(byte[] withCookie, byte[] segments) {
            byte[] datagram = new byte[Wire.MAX_DATAGRAM_BYTES];
            WireWriter writer = new WireWriter(datagram);
            writer.writeByte(Wire.CONNECT);
            writer.writeInt(Wire.VERSION);
            writer.writeShort(withCookie.length);
            writer.writeBytes(withCookie, 0, withCookie.length);
            writer.writeInt(0);
            int headerEnd = writer.position;
            writer.writeBytes(segments, 0, Math.min(segments.length, writer.remaining() - protector.overheadBytes()));
            return Arrays.copyOf(datagram, protector.seal(0, datagram, headerEnd, writer.position));
        }

        private byte[] exchange(int from, byte[] datagram) {
            server.input(now, ByteBuffer.wrap(datagram), addresses[from]);
            assertThat(server.pollDatagram(now, out.clear(), to)).isTrue();
            byte[] answer = new byte[out.flip().remaining()];
            out.get(answer);
            assertThat(answer.length).isLessThan(datagram.length);
            return answer;
        }

        private void send(int from, byte[] datagram) {
            owed[from] = datagram.length;
            server.input(now, ByteBuffer.wrap(datagram), addresses[from]);
            poll();
            if (!broughtBack) {
                assertThat(server.connections()).isZero();
            }
            assertThat(server.connections())
                    .as("one cookie makes one connection")
                    .isLessThanOrEqualTo(1);
        }

        private void poll() {
            while (server.pollEvent(event)) {}
            for (int datagrams = 0; server.pollDatagram(now, out.clear(), to); datagrams++) {
                assertThat(datagrams).isLessThan(1_000);
                owed[List.of(addresses).indexOf(to)] -= out.position();
                while (server.pollEvent(event)) {}
            }
            for (int address = broughtBack ? 1 : 0; address < owed.length; address++) {
                assertThat(owed[address])
                        .as("bytes out to whom has proven nothing")
                        .isNotNegative();
            }
        }

        void end() {
            for (int seconds = 0; seconds < 300; seconds++) {
                now += 1_000_000_000L;
                server.onDeadline(now);
                poll();
            }
            assertThat(server.connections()).isZero();
            assertThat(server.pool().inUse()).isZero();
        }
    }
}
