// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.hongyan.protocol.Lane;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two engines that talk, and a script that decides the fate of their datagrams: lost, doubled, late, harmed on the way,
 * or changed before they were sealed, which makes their sender a hostile peer. What a sender sent that never was hostile
 * arrives exactly once and in order, or the connection ends with a code; and then nothing is left of it.
 */
@Tag("once")
class RudpEndpointFuzzTest {
    /** In a step that replays: from a stranger's address, before the original too if that is under way still. */
    private static final int ELSEWHERE = 0x10;

    /** First byte: whether the handshake is over before the script begins. Then a step each two bytes and what it reads. */
    @MethodSource
    @FuzzTest
    void deliversExactlyOnceInOrderOrEndsWithACode(byte[] input) {
        if (input.length == 0) {
            return;
        }
        FuzzedPair pair = new FuzzedPair();
        ByteBuffer script = ByteBuffer.wrap(input);
        if ((script.get() & 1) == 0) {
            pair.exchange();
        }
        while (script.remaining() >= 2) {
            step(pair, script.get() & 0xFF, script.get() & 0xFF, script);
        }
        makePeace(pair);
        pair.end();
    }

    static Stream<byte[]> deliversExactlyOnceInOrderOrEndsWithACode() {
        return Stream.of(
                // Both send in all lanes; everything arrives.
                bytes(0, 0x00, 0, 0x01, 0, 0x02, 9, 0x80, 0, 0x81, 0, 0x82, 9, 0x0F, 0),
                // The handshake itself with a loss, a double and a harmed datagram.
                bytes(1, 0x00, 0, 0x05, 0, 0x0A, 20, 0x06, 0, 0x08, 3, 9, 0x55, 0x0F, 0, 0x8F, 0),
                // Late and out of order: five messages, delivered from the back; then probes.
                bytes(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x03, 4, 0x03, 3, 0x03, 0, 0x05, 0, 0x0A, 19, 0x0F, 0),
                // A replay, another address, a pause, a close.
                bytes(0, 0, 0, 0x04, 0, 0x07, 1, 0x0C, 7, 0x8B, 1, 0, 0, 0x0F, 0, 0x8B, 0, 0x0D, 0, 0x0F, 0),
                // Hostile: a byte changed, cut short, replaced by PING and CLOSE, garbage behind it.
                bytes(0, 0x09, 0, 2, 0xFF, 0, 0, 0x0F, 0, 0x80, 0, 0x8F, 0),
                bytes(0, 0x09, 1, 4, 0, 0, 0x0F, 0),
                bytes(0, 0x89, 2, 3, 1, 3, 9, 0x80, 0, 0x8F, 0),
                bytes(0, 0x09, 3, 6, 2, 0, 0, 0, 0, 0, 0, 0, 0x0F, 0),
                // A stranger is faster with a copy, and gets the answers until the client speaks again.
                bytes(0, 0x00, 0, 0x17, 0, 0x80, 9, 0x80, 9, 0x8F, 0, 0x0A, 20, 0x00, 0, 0x0F, 0, 0x0D, 0, 0x0F, 0),
                // Two moves at once, a pause across them, both close.
                bytes(
                        0, 0x0C, 1, 0x00, 0, 0x0C, 2, 0x8B, 1, 0x01, 9, 0x03, 1, 0x03, 0, 0x8B, 0, 0x0D, 0, 0x8D, 1,
                        0x0F, 0),
                // Strangers.
                bytes(0, 0x0E, 12, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 0x8E, 4, 0xC3, 1, 2, 3, 0x00, 0, 0x0F, 0));
    }

    private static void step(FuzzedPair pair, int what, int how, ByteBuffer script) {
        FuzzedPair.Side side = what < 0x80 ? pair.client : pair.server;
        switch (what & 15) {
            case 0 -> side.send(Lane.CHAT, how);
            case 1 -> side.send(Lane.BULK, how);
            case 2 -> side.send(Lane.EPHEMERAL, how);
            case 3 -> withOneUnderWay(side, how, datagram -> side.arrive(side.underWay.remove(datagram)));
            case 4 -> side.deliverAll();
            case 5 -> withOneUnderWay(side, how, side.underWay::remove);
            case 6 -> withOneUnderWay(side, how, datagram -> side.arrive(side.underWay.get(datagram)));
            case 7 -> {
                byte[][] past = side.past.toArray(byte[][]::new);
                if (past.length > 0) {
                    byte[] datagram = past[past.length - 1 - how % past.length];
                    side.arrive(datagram, (what & ELSEWHERE) == 0 ? side.address : stranger());
                }
            }
            case 8 -> {
                int at = next(script);
                int xor = next(script);
                withOneUnderWay(side, how, datagram -> {
                    byte[] harmed = side.underWay.get(datagram).clone();
                    harmed[at % harmed.length] ^= (byte) xor;
                    side.underWay.set(datagram, harmed);
                });
            }
            case 9 -> side.protection.editNext(edit(how, script));
            case 10 -> pair.pass(1_000L << how % 24);
            case 11 -> {
                if ((how & 1) == 1) {
                    side.pause();
                } else {
                    side.resume();
                }
            }
            case 12 -> pair.client.address.setIpv4(0x0a000002 + (how & 1), 5000 + how);
            case 13 -> side.close(how);
            case 14 -> side.arrive(rest(script, how));
            default -> pair.exchange();
        }
    }

    private static FuzzedPair.EditingProtection.Edit edit(int how, ByteBuffer script) {
        int at = next(script);
        switch (how & 3) {
            case 0 -> {
                int value = next(script);
                return payload -> {
                    if (payload.length > 0) {
                        payload[at % payload.length] = (byte) value;
                    }
                    return payload;
                };
            }
            case 1 -> {
                return payload -> Arrays.copyOf(payload, Math.min(at, payload.length));
            }
            case 2 -> {
                byte[] instead = rest(script, at);
                return payload -> instead;
            }
            default -> {
                byte[] more = rest(script, at);
                return payload -> {
                    byte[] both = Arrays.copyOf(payload, payload.length + more.length);
                    System.arraycopy(more, 0, both, payload.length, more.length);
                    return both;
                };
            }
        }
    }

    /** The faults are over. Who was never hostile, to someone who was not either, has all arrive that he sent. */
    private static void makePeace(FuzzedPair pair) {
        pair.client.protection.editNext(null);
        pair.server.protection.editNext(null);
        pair.client.resume();
        pair.server.resume();
        pair.passInPeace(60 * FuzzedPair.SECOND);
        FuzzedPair.Ear client = pair.client.last();
        FuzzedPair.Ear server = pair.serverEnd();
        boolean honest = !pair.client.protection.edited && !pair.server.protection.edited;
        if (honest && client != null && server != null && !isEnded(client) && !isEnded(server)) {
            expectAll(client, server);
            expectAll(server, client);
        } else if (honest && client != null && server == null) {
            assertThat(client.closed)
                    .as("the client's handshake came to an end")
                    .isTrue();
        }
    }

    private static boolean isEnded(FuzzedPair.Ear ear) {
        return ear.closed || ear.closeCalled;
    }

    private static void expectAll(FuzzedPair.Ear from, FuzzedPair.Ear to) {
        for (int lane = 0; lane < 2; lane++) {
            assertThat(to.heard[lane]).as("messages of lane " + lane).isEqualTo(from.sent[lane]);
        }
        assertThat(from.connection.pendingBytes(Lane.CHAT)).isZero();
        assertThat(from.connection.pendingBytes(Lane.BULK)).isZero();
    }

    private interface OfOne {
        void accept(int datagram);
    }

    private static void withOneUnderWay(FuzzedPair.Side side, int which, OfOne action) {
        if (!side.underWay.isEmpty()) {
            action.accept(which % side.underWay.size());
        }
    }

    private static PeerAddress stranger() {
        PeerAddress stranger = new PeerAddress();
        stranger.setIpv4(0x0a060606, 666);
        return stranger;
    }

    private static int next(ByteBuffer script) {
        return script.hasRemaining() ? script.get() & 0xFF : 0;
    }

    private static byte[] rest(ByteBuffer script, int atMost) {
        byte[] bytes = new byte[Math.min(atMost, script.remaining())];
        script.get(bytes);
        return bytes;
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
