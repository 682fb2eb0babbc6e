// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.simnet.RandomStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ClientHandshakeTest {
    private static final int NONCE_AT = 1 + 4;
    private static final int KEY_EXCHANGE_AT = NONCE_AT + 8 + 1 + 1 + 2;
    private static final int KEY_EXCHANGE_BYTES = ClearProtector.FACTORY.keyExchangeBytes();

    private final RudpEndpoint client =
            RudpEndpoint.client(RudpConfig.defaults(), RandomStream.of(1, "handshake"), RudpTracer.NONE);
    private final PeerAddress server = new PeerAddress();
    private final ByteBuffer out = ByteBuffer.allocate(RudpConfig.DATAGRAM_BYTES);

    @Test
    void carriesTheLongestCookieInADatagramOfTheUsualLength() {
        assertThat(answerTo(Wire.MAX_COOKIE_BYTES)).isBetween(Wire.MAX_COOKIE_BYTES, RudpConfig.DATAGRAM_BYTES);
        assertThat(client.stats().dropped(DropReason.MALFORMED_HANDSHAKE)).isZero();
    }

    @Test
    void passesOverACookieLongerThanThat() {
        assertThat(answerTo(Wire.MAX_COOKIE_BYTES + 1)).isZero();
        assertThat(client.stats().dropped(DropReason.MALFORMED_HANDSHAKE)).isEqualTo(1);
        assertThat(client.connections()).isEqualTo(1);
    }

    /** How long a datagram the client sends to a server that gave it a cookie of this length; 0 = none. */
    private int answerTo(int cookieBytes) {
        server.setIpv4(0x0a000001, 7901);
        client.connect(0, server);
        assertThat(client.pollDatagram(0, out.clear(), new PeerAddress())).isTrue();
        byte[] initial = out.array().clone();
        WireWriter answer = new WireWriter(new byte[Wire.MAX_DATAGRAM_BYTES]);
        answer.writeByte(Wire.COOKIE);
        answer.writeByte(0);
        answer.writeBytes(initial, NONCE_AT, 8);
        answer.writeShort(KEY_EXCHANGE_BYTES);
        answer.writeBytes(new byte[KEY_EXCHANGE_BYTES], 0, KEY_EXCHANGE_BYTES);
        answer.writeShort(cookieBytes);
        answer.writeBytes(new byte[cookieBytes], 0, cookieBytes);
        byte[] keyExchange = Arrays.copyOfRange(initial, KEY_EXCHANGE_AT, KEY_EXCHANGE_AT + KEY_EXCHANGE_BYTES);
        answer.writeLong(ClientHandshake.cookieTag(keyExchange, answer.array, answer.position));
        client.input(0, ByteBuffer.wrap(answer.array, 0, answer.position), server);
        return client.pollDatagram(0, out.clear(), new PeerAddress()) ? out.position() : 0;
    }
}
