// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.simnet.RandomStream;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** The judge is judged: who cheats a little is caught. */
class PathLedgerTest {
    private final DirectPair pair = new DirectPair(RudpConfig.defaults(), RudpConfig.defaults());
    private final PathLedger ledger = new PathLedger(pair.server);

    @Test
    void catchesAByteMoreThanCame() {
        ledger.received(pair.clientAddress, datagram(Wire.INITIAL, 100));
        ledger.sent(pair.clientAddress, datagram(Wire.COOKIE, 100));
        assertThatThrownBy(() -> ledger.sent(pair.clientAddress, datagram(Wire.COOKIE, 1)))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void countsNothingOfWhoBroughtACookieBack() {
        ledger.received(pair.clientAddress, datagram(Wire.INITIAL, 100));
        ledger.arrived(pair.clientAddress, datagram(Wire.COOKIE, 100));
        ledger.received(pair.clientAddress, datagram(Wire.CONNECT | Wire.ANSWER_NOW, 20));
        assertThatCode(() -> ledger.sent(pair.clientAddress, datagram(Wire.SHORT, 1000)))
                .doesNotThrowAnyException();
    }

    @Test
    void takesNoCookieForProofThatNeverArrived() {
        ledger.received(pair.clientAddress, datagram(Wire.INITIAL, 10));
        ledger.received(pair.clientAddress, datagram(Wire.CONNECT, 10));
        assertThatThrownBy(() -> ledger.sent(pair.clientAddress, datagram(Wire.SHORT, 21)))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void catchesAServerThatTakesAnAddressForProvedByItself() {
        pair.client.connect(pair.now, pair.serverAddress);
        pair.exchange();
        assertThatThrownBy(ledger::check).isInstanceOf(AssertionError.class);
    }

    private static ByteBuffer datagram(int first, int length) {
        byte[] bytes = new byte[length];
        RandomStream.of(first, "ledger").nextBytes(bytes);
        bytes[0] = (byte) first;
        return ByteBuffer.wrap(bytes);
    }
}
