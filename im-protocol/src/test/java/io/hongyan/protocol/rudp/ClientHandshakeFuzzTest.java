// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.simnet.RandomStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a client may be answered: by strangers, who do not know its first datagram, and by a server that knows it and lies.
 * The handshake completes at most once, and ends with a code in any case.
 */
@Tag("once")
class ClientHandshakeFuzzTest {
    /** Datagrams one after the other: a byte that says what is made of it, two bytes of length, the bytes. */
    @MethodSource
    @FuzzTest
    void completesAtMostOnceAndEndsWithACode(byte[] input) {
        Liar liar = new Liar();
        ByteBuffer in = ByteBuffer.wrap(input);
        while (in.remaining() >= 3) {
            int how = in.get() & 0xFF;
            byte[] bytes = new byte[Math.min(in.getShort() & 0x7FF, in.remaining())];
            in.get(bytes);
            liar.step(how, bytes);
        }
        liar.end();
    }

    static Stream<byte[]> completesAtMostOnceAndEndsWithACode() {
        Stream.Builder<byte[]> seeds = Stream.builder();
        ByteBuffer all = ByteBuffer.allocate(16_000);
        byte[] cookie = new byte[60];
        for (byte[] segments : GoldenDatagrams.allSegments()) {
            // A cookie, then segments behind it; the cookie again; time; more of them.
            ByteBuffer one = ByteBuffer.allocate(5 * 3 + 2 * cookie.length + 3 * segments.length);
            one.put((byte) 1).putShort((short) cookie.length).put(cookie);
            one.put((byte) 3).putShort((short) segments.length).put(segments);
            one.put((byte) 1).putShort((short) cookie.length).put(cookie);
            one.put((byte) 5).putShort((short) segments.length).put(segments);
            one.put((byte) 3).putShort((short) segments.length).put(segments);
            seeds.add(one.array());
        }
        for (byte[] golden : GoldenDatagrams.all()) {
            all.put((byte) 0).putShort((short) golden.length).put(golden);
        }
        seeds.add(Arrays.copyOf(all.array(), Math.min(all.position(), 4_000)));
        byte[] refusal = {0, (byte) 200, 1, 0x48, 0x59, 0, 2, 1, 1};
        seeds.add(ByteBuffer.allocate(3 + refusal.length)
                .put((byte) 2)
                .putShort((short) refusal.length)
                .put(refusal)
                .array());
        return seeds.build();
    }

    /** A server that has read what the client sent first. */
    private static final class Liar {
        private static final Protector.Factory CLEAR = ClearProtector.FACTORY;
        private static final int NONCE_AT = 1 + 4;
        private static final int KEY_EXCHANGE_AT = NONCE_AT + 8 + 1 + 1 + 2;

        private final RandomStream random = RandomStream.of(42, "liar");
        private final RudpEndpoint client = RudpEndpoint.client(RudpConfig.defaults(), random, RudpTracer.NONE);
        private final PeerAddress address = new PeerAddress();
        private final PeerAddress to = new PeerAddress();
        private final ByteBuffer out = ByteBuffer.allocate(RudpConfig.DATAGRAM_BYTES);
        private final RudpEvent event = new RudpEvent();
        private final List<String> events = new ArrayList<>();
        private final RudpConnection connection;
        private final byte[] serverKeyExchange = new byte[CLEAR.keyExchangeBytes()];
        private final byte[] initial;
        private final Protector protector;
        private long now = 1_000_000_000L;
        private long packetNumber;
        private int code = -1;

        Liar() {
            address.setIpv4(0x0a000001, 7901);
            connection = client.connect(now, address);
            connection.send(now, Lane.CHAT, new byte[100]);
            assertThat(client.pollDatagram(now, out.clear(), to)).isTrue();
            initial = Arrays.copyOf(out.array(), out.position());
            byte[] keyExchange =
                    Arrays.copyOfRange(initial, KEY_EXCHANGE_AT, KEY_EXCHANGE_AT + CLEAR.keyExchangeBytes());
            protector = CLEAR.create(keyExchange, serverKeyExchange, true);
        }

        void step(int how, byte[] bytes) {
            switch (how & 7) {
                case 0 -> receive(bytes);
                case 1 -> receive(cookie(bytes));
                case 2 -> receive(refusal(bytes));
                case 3, 4 -> receive(sealed(how, bytes));
                case 5 -> pass((bytes.length + 1L) * 20_000_000L);
                case 6 -> {
                    byte[] harmed = cookie(bytes);
                    harmed[(how >> 3) * harmed.length / 32] ^= (byte) Math.max(1, bytes.length);
                    receive(harmed);
                }
                default -> {
                    connection.send(now, Lane.values()[(how >> 3) % 3], new byte[1 + bytes.length % 1_000]);
                    connection.flush();
                    poll();
                }
            }
        }

        private byte[] cookie(byte[] bytes) {
            byte[] datagram = new byte[Wire.MAX_DATAGRAM_BYTES];
            WireWriter writer = new WireWriter(datagram);
            writer.writeByte(Wire.COOKIE);
            writer.writeByte(0);
            writer.writeBytes(initial, NONCE_AT, 8);
            writer.writeShort(serverKeyExchange.length);
            writer.writeBytes(serverKeyExchange, 0, serverKeyExchange.length);
            int length = Math.min(bytes.length, writer.remaining() - 2 - 8);
            writer.writeShort(length);
            writer.writeBytes(bytes, 0, length);
            byte[] keyExchange =
                    Arrays.copyOfRange(initial, KEY_EXCHANGE_AT, KEY_EXCHANGE_AT + CLEAR.keyExchangeBytes());
            writer.writeLong(ClientHandshake.cookieTag(keyExchange, datagram, writer.position));
            return Arrays.copyOf(datagram, writer.position);
        }

        private byte[] refusal(byte[] bytes) {
            byte[] datagram = new byte[1 + 1 + 8 + bytes.length];
            WireWriter writer = new WireWriter(datagram);
            writer.writeByte(Wire.REFUSAL);
            writer.writeByte(0);
            writer.writeBytes(initial, NONCE_AT, 8);
            writer.writeBytes(bytes, 0, bytes.length);
            return datagram;
        }

        private byte[] sealed(int how, byte[] segments) {
            byte[] datagram = new byte[Wire.MAX_DATAGRAM_BYTES];
            WireWriter writer = new WireWriter(datagram);
            packetNumber += how >> 4;
            writer.writeByte(Wire.SHORT | 3);
            writer.writeInt((int) packetNumber);
            int headerEnd = writer.position;
            writer.writeBytes(segments, 0, Math.min(segments.length, writer.remaining() - protector.overheadBytes()));
            return Arrays.copyOf(datagram, protector.seal(packetNumber++, datagram, headerEnd, writer.position));
        }

        private void receive(byte[] datagram) {
            client.input(now, ByteBuffer.wrap(datagram), address);
            poll();
        }

        private void pass(long nanos) {
            long until = now + nanos;
            while (client.nextDeadlineNanos() <= until) {
                now = Math.max(now, client.nextDeadlineNanos());
                client.onDeadline(now);
                poll();
            }
            now = until;
        }

        private void poll() {
            events();
            for (int datagrams = 0; client.pollDatagram(now, out.clear(), to); datagrams++) {
                assertThat(datagrams).isLessThan(1_000);
                assertThat(out.position()).isLessThanOrEqualTo(RudpConfig.DATAGRAM_BYTES);
                assertThat(to).isEqualTo(address);
                events();
            }
            events();
        }

        private void events() {
            while (client.pollEvent(event)) {
                assertThat(code).as("CLOSED is the last event").isNegative();
                if (event.kind() == RudpEvent.CONNECTED) {
                    events.add("CONNECTED");
                } else if (event.kind() == RudpEvent.CLOSED) {
                    code = event.code();
                } else {
                    assertThat(events).as("nothing before it is connected").contains("CONNECTED");
                }
            }
        }

        void end() {
            pass(130_000_000_000L);
            assertThat(events).hasSizeLessThanOrEqualTo(1);
            assertThat(code).as("silence is an end, too").isBetween(0, 0xffff);
            if (events.isEmpty()) {
                assertThat(ReasonCode.fromNumber(code)).isNotNull();
            }
            pass(60_000_000_000L);
            assertThat(client.connections()).isZero();
            assertThat(client.pool().inUse()).isZero();
        }
    }
}
