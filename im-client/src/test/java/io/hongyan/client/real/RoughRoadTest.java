// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hongyan.client.ClientRuntime;
import io.hongyan.core.listener.SessionInfo;
import io.hongyan.core.metrics.Metric;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.packet.UserId;
import io.hongyan.simnet.JitterShape;
import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.UdpRelay;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Links that are cut, servers that die, datagrams that are lost: nothing lost, doubled or out of order. */
@Timeout(120)
@Tag("once")
class RoughRoadTest {

    private static final Duration WITHIN = Duration.ofSeconds(60);

    private final RealServer server = new RealServer();
    private final ClientRuntime runtime = ClientRuntime.create();

    @AfterEach
    void close() {
        runtime.close();
        server.close();
    }

    @Test
    void linksCutWhileMessagesFly() throws Exception {
        try (TcpProxy proxy = new TcpProxy(server.port("tcp"));
                CheckedPair pair = new CheckedPair(runtime, proxy.url(), proxy.url())) {
            for (int round = 0; round < 15; round++) {
                int links = proxy.links();
                pair.exchange(200, round % 3 == 2 ? Lane.BULK : Lane.CHAT, round * 20);
                proxy.cut();
                await().until(() -> proxy.links() >= links + 2);
            }
            pair.settle(WITHIN);
            assertThat(proxy.links()).isGreaterThanOrEqualTo(32);
            assertThat(server.counted(Metric.SESSIONS_RESUMED)).isPositive();
        }
    }

    @Test
    void sessionGoesOnOverAnotherLink() throws Exception {
        try (TcpProxy proxy = new TcpProxy(server.port("tcp"));
                CheckedPair pair = new CheckedPair(runtime, proxy.url(), server.url("tcp"))) {
            SessionInfo before = server.get().sessions(new UserId("alice")).get(0);
            pair.exchange(100, Lane.CHAT, 20);
            proxy.cut();
            pair.exchange(100, Lane.CHAT, 20);
            pair.settle(WITHIN);
            SessionInfo now = server.get().sessions(new UserId("alice")).get(0);
            assertThat(now.id()).isEqualTo(before.id());
            assertThat(now.remoteAddress()).isNotEqualTo(before.remoteAddress());
            assertThat(server.counted(Metric.SESSIONS_RESUMED)).isEqualTo(1);
            assertThat(server.counted(Metric.SESSIONS_OPENED)).isEqualTo(2);
            assertThat(server.counted(Metric.SESSIONS_CLOSED)).isZero();
        }
    }

    @Test
    void udpChangesItsAddressWithoutAResume() throws Exception {
        try (UdpRelay relay = UdpRelay.to(new InetSocketAddress("127.0.0.1", server.port("udp")))
                        .seed(12)
                        .start();
                CheckedPair pair = new CheckedPair(
                        runtime, "udp://127.0.0.1:" + relay.address().getPort(), server.url("udp"))) {
            for (int round = 0; round < 5; round++) {
                pair.exchange(50, Lane.CHAT, 20);
                relay.changeAddresses();
            }
            pair.exchange(50, Lane.CHAT, 20);
            pair.settle(WITHIN);
            assertThat(server.counted(Metric.SESSIONS_OPENED)).isEqualTo(2);
            assertThat(server.counted(Metric.SESSIONS_DETACHED)).isZero();
        }
    }

    @Test
    void linksCutInTheMiddleOfLargeMessages() throws Exception {
        try (TcpProxy proxy = new TcpProxy(server.port("tcp"));
                CheckedPair pair = new CheckedPair(runtime, proxy.url(), server.url("udp"))) {
            for (int round = 0; round < 5; round++) {
                int links = proxy.links();
                pair.exchange(3, Lane.BULK, 200_000);
                pair.exchange(20, Lane.CHAT, 10);
                proxy.cut();
                await().until(() -> proxy.links() > links);
            }
            pair.settle(WITHIN);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void serverDiesAndComesBack(String transport) {
        try (CheckedPair pair = new CheckedPair(runtime, server.url(transport), server.url(transport))) {
            for (int round = 0; round < 2; round++) {
                pair.exchange(200, Lane.CHAT, 20);
                server.kill();
                pair.exchange(50, Lane.CHAT, 20);
                server.restart();
                await().atMost(WITHIN).until(() -> pair.alice.isConnected() && pair.bob.isConnected());
            }
            pair.settle(WITHIN);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.2, 0.3})
    void datagramsAreLost(double loss) throws Exception {
        LinkProfile profile = LinkProfile.builder("lossy")
                .delayMillis(5)
                .jitterMillis(3, JitterShape.UNIFORM)
                .loss(loss)
                .duplication(0.02)
                .build();
        try (UdpRelay relay = UdpRelay.to(new InetSocketAddress("127.0.0.1", server.port("udp")))
                        .profile(profile)
                        .seed(11)
                        .start();
                CheckedPair pair = new CheckedPair(
                        runtime,
                        "udp://127.0.0.1:" + relay.address().getPort(),
                        "udp://127.0.0.1:" + relay.address().getPort())) {
            pair.exchange(300, Lane.CHAT, 100);
            pair.exchange(20, Lane.BULK, 5_000);
            pair.settle(WITHIN);
        }
    }
}
