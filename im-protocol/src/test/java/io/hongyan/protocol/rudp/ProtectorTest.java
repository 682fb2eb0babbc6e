// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.simnet.LinkProfiles;
import io.hongyan.simnet.RandomStream;
import io.hongyan.simnet.SimAddress;
import io.hongyan.simnet.SimulatedNetwork;
import io.hongyan.simnet.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProtectorTest {
    private final RandomStream random = RandomStream.of(1, "protector");
    private final byte[] clientExchange = exchange();
    private final byte[] serverExchange = exchange();
    private final Protector client = ClearProtector.FACTORY.create(clientExchange, serverExchange, false);
    private final Protector server = ClearProtector.FACTORY.create(clientExchange, serverExchange, true);
    private final byte[] datagram = new byte[200];

    private byte[] exchange() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void opensWhatTheOtherEndSealedUnderTheSameNumberOnly() {
        int end = client.seal(77, datagram, 10, 100);
        assertThat(end).isEqualTo(108);
        assertThat(server.open(77, datagram, 10, end)).isEqualTo(100);
        assertThat(server.open(78, datagram, 10, end)).isEqualTo(-1);
        assertThat(server.open(77 + (1L << 32), datagram, 10, end)).isEqualTo(-1);
        assertThat(server.open(77, datagram, 10, 107)).isEqualTo(-1);
        assertThat(server.open(77, datagram, 10, 12)).isEqualTo(-1);
    }

    @Test
    void isNotFooledByItsOwnDatagramsComingBack() {
        int end = client.seal(1, datagram, 10, 100);
        assertThat(client.open(1, datagram, 10, end)).isEqualTo(-1);
    }

    @Test
    void hangsOnBothSidesBytes() {
        int end = client.seal(1, datagram, 10, 100);
        assertThat(ClearProtector.FACTORY
                        .create(exchange(), serverExchange, true)
                        .open(1, datagram, 10, end))
                .isEqualTo(-1);
        assertThat(ClearProtector.FACTORY
                        .create(clientExchange, exchange(), true)
                        .open(1, datagram, 10, end))
                .isEqualTo(-1);
    }

    /** No protection at all: for simulations, and to prove that the seam is one. */
    private static final class None implements Protector, Protector.Factory {
        @Override
        public int overheadBytes() {
            return 0;
        }

        @Override
        public int seal(long packetNumber, byte[] datagram, int headerEnd, int end) {
            return end;
        }

        @Override
        public int open(long packetNumber, byte[] datagram, int headerEnd, int end) {
            return end;
        }

        @Override
        public int protection() {
            return 0;
        }

        @Override
        public int keyExchangeBytes() {
            return 16;
        }

        @Override
        public byte[] resumptionSecret() {
            return new byte[Wire.RESUMPTION_SECRET_BYTES];
        }

        @Override
        public Protector resume(byte[] clientKeyExchange, byte[] resumptionSecret, boolean server) {
            return this;
        }

        @Override
        public Protector create(byte[] clientKeyExchange, byte[] serverKeyExchange, boolean server) {
            return this;
        }
    }

    @Test
    void theEngineRunsOnAnyProtectorButOnlyIfBothEndsHaveIt() {
        VirtualClock clock = new VirtualClock();
        SimulatedNetwork network = new SimulatedNetwork(clock, 1, LinkProfiles.LAN);
        RudpConfig config = RudpConfig.defaults();
        SimPeer bare = new SimPeer(
                network,
                "server",
                SimAddress.ipv4("10.0.0.1", 1),
                RudpEndpoint.server(config, ServerSecret.random(random), 0, random, RudpTracer.NONE, new None()));
        List<Integer> lengths = new ArrayList<>();
        bare.onEvent = event -> {
            if (event.kind() == RudpEvent.FRAME) {
                lengths.add(event.frame().remaining());
            }
        };
        SimPeer alike = new SimPeer(
                network,
                "alike",
                SimAddress.ipv4("10.0.0.2", 1),
                RudpEndpoint.client(config, random, RudpTracer.NONE, new None()));
        alike.send(alike.connect(bare), Lane.CHAT, new byte[1100]);
        SimPeer clear = new SimPeer(
                network, "clear", SimAddress.ipv4("10.0.0.3", 1), RudpEndpoint.client(config, random, RudpTracer.NONE));
        clear.connect(bare);
        clock.advanceBy(1_000_000_000L);
        assertThat(lengths).containsExactly(1100);
        assertThat(clear.lastCloseCode).isEqualTo(ReasonCode.PROTECTION_REQUIRED.number());
    }
}
