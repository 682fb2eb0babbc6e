// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.auth.AuthResult;
import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Chunk;
import io.hongyan.protocol.packet.ErrorPacket;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Packet;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.Ping;
import io.hongyan.protocol.packet.Pong;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Who sends more than he may: what it costs him, and that it costs nobody else. */
final class RatesTest {
    private static final int KIB = 1024;
    private static final int UNKNOWN_OPTIONAL = 0x3F | Frame.OPTIONAL;

    private final NodeFixture fixture = new NodeFixture();

    @Test
    void readsASenderOfManyBytesMoreSlowlyAndLosesNothing() {
        fixture.openRated(limits -> limits.bytesPerSecond(100 * KIB).byteBurst(200 * KIB));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        for (int i = 0; i < 10; i++) {
            alice.message(clip(100 * KIB));
        }
        fixture.world.settle();
        assertThat(alice.connection().isPaused()).isTrue();
        assertThat(bob.messages).hasSizeBetween(2, 3);

        fixture.world.advanceMillis(4_000);
        assertThat(bob.messages).as("a clip a second").hasSizeBetween(6, 7);
        fixture.world.advanceMillis(5_000);
        assertThat(bob.messages).hasSize(10);
        assertThat(alice.results.values()).hasSize(10).containsOnly(ReasonCode.OK);
        assertThat(alice.connection().isPaused()).isFalse();
        assertThat(fixture.counts.of(Metric.SESSIONS_SLOWED)).isPositive();
    }

    @Test
    void takesAClipOfTheLargestSizeWithTheDefaults() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        alice.message(clip(ServerLimits.defaults().maxMessageBytes()));
        fixture.world.settle();
        assertThat(bob.messages).hasSize(1);
        alice.message(clip(ServerLimits.defaults().maxMessageBytes()));
        fixture.world.advanceMillis(6_000);
        assertThat(bob.messages).hasSize(2);
        assertThat(alice.results.values()).containsOnly(ReasonCode.OK);
    }

    /** A hundred times the rate, a batch of 100 at a time: what we read is the rate, and the rest waits with the sender. */
    @Test
    void readsAFloodOfControlPacketsAtTheRate() {
        fixture.openRated(limits -> limits.packetsPerSecond(100).packetBurst(200));
        TestClient rude = fixture.in("rude", 0);
        TestClient bob = fixture.in("bob", 0);
        TestClient carol = fixture.in("carol", 1);
        for (int i = 0; i < 1_000; i++) {
            rude.send(many(100, Ping::new));
        }
        for (int second = 0; second < 10; second++) {
            fixture.world.advanceMillis(1_000);
            bob.text("carol", "hi");
            fixture.world.settle();
        }
        assertThat(rude.connection().isPaused()).isTrue();
        assertThat(rude.isOpen()).isTrue();
        assertThat(rude.heard(Pong.class)).as("one a batch of 100").hasSizeBetween(10, 14);
        assertThat(carol.texts()).hasSize(10);
    }

    @Test
    void chargesWhateverNothingElsePaysFor() {
        fixture.openRated(limits -> limits.packetsPerSecond(10).packetBurst(100).messageBurst(100));
        TestClient bob = fixture.in("bob", 1);
        List<TestClient> floods = new ArrayList<>();
        for (int kind = 0; kind < 4; kind++) {
            TestClient rude = fixture.in("rude" + kind, 0);
            floods.add(rude);
            for (int i = 0; i < 250; i++) {
                switch (kind) {
                    case 0 -> rude.sendFrame(Frame.of(UNKNOWN_OPTIONAL, new byte[0]));
                    case 1 ->
                        rude.send(new Chunk(new MessageId(rude.instance(), 1), 0, false, Payload.of(new byte[1])));
                    case 2 -> rude.text("bob", "beyond messageBurst");
                    default -> rude.send(Address.user("bob"), "beyond messageBurst", Lane.EPHEMERAL);
                }
            }
        }
        fixture.world.settle();
        assertThat(floods).allMatch(rude -> rude.connection().isPaused() && rude.isOpen());
        assertThat(bob.messages).hasSize(200);
    }

    @Test
    void endsASessionThatIsFarBeyondItsPackets() {
        fixture.openRated(limits -> limits.packetsPerSecond(100).packetBurst(100));
        TestClient rude = fixture.in("rude", 0);
        rude.send(many(100 + 4 * 100, Ping::new));
        fixture.world.settle();
        assertThat(rude.isOpen()).as("at the bound").isTrue();
        fixture.world.advanceMillis(6_000);
        rude.send(many(2_000, Ping::new));
        fixture.world.settle();
        assertThat(rude.heard(ErrorPacket.class))
                .extracting(ErrorPacket::code)
                .containsExactly(ReasonCode.RATE_LIMITED);
        assertThat(rude.closes).containsExactly(ReasonCode.RATE_LIMITED);
        assertThat(fixture.node().sessionCount()).isZero();
    }

    /** How many counts a client owes is its senders' doing. */
    @Test
    void chargesNothingForCountsThatCoverMessagesAndForWholeChunks() {
        fixture.openRated(limits -> limits.packetsPerSecond(10)
                .packetBurst(100)
                .messagesPerSecond(10_000)
                .messageBurst(10_000));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        for (int i = 0; i < 2_000; i++) {
            alice.text("bob", "m");
            fixture.world.settle();
        }
        alice.message(clip(2_000 * KIB));
        fixture.world.settle();
        assertThat(bob.messages).hasSize(2_001);
        assertThat(alice.delivered).hasSize(2_001);
        assertThat(fixture.counts.of(Metric.SESSIONS_SLOWED)).isZero();
    }

    /** Its own flood is no reason to be spared: it could count if it sent less. */
    @Test
    void closesAFlooderThatCountsNothing() {
        fixture.openRated(limits -> limits.packetsPerSecond(100).packetBurst(100));
        TestClient alice = fixture.in("alice", 0);
        TestClient rude = fixture.in("rude", 0);
        rude.stopCounting();
        alice.text("rude", "hi");
        fixture.world.settle();
        for (int i = 0; i < 500; i++) {
            rude.send(many(100, Ping::new));
        }
        fixture.world.advanceMillis(29_000);
        assertThat(rude.connection().isPaused()).isTrue();
        assertThat(rude.closes).isEmpty();
        fixture.world.advanceMillis(3_000);
        assertThat(rude.closes).containsExactly(ReasonCode.NO_PROGRESS);
    }

    @Test
    void limitsNothingWithoutRates() {
        fixture.open(limits -> limits.packetsPerSecond(10).packetBurst(100).bytesPerSecond(1024));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        alice.send(many(10_000, Ping::new));
        alice.message(clip(500 * KIB));
        fixture.world.settle();
        assertThat(alice.connection().isPaused()).isFalse();
        assertThat(bob.messages).hasSize(1);
    }

    @Test
    void endsAPeerThatSendsMuchBeforeLogin() {
        fixture.open();
        TestClient newer = fixture.connected("newer", 0);
        for (int i = 0; i < 16; i++) {
            newer.sendFrame(Frame.of(UNKNOWN_OPTIONAL, new byte[0]));
        }
        newer.login();
        TestClient rude = fixture.connected("rude", 0);
        for (int i = 0; i < 17; i++) {
            rude.sendFrame(Frame.of(UNKNOWN_OPTIONAL, new byte[0]));
        }
        fixture.world.settle();
        assertThat(newer.isOpen()).isTrue();
        assertThat(rude.closes).containsExactly(ReasonCode.PROTOCOL_VIOLATION);
    }

    @Test
    void refusesLoginsInExcessWithoutAskingAnybodyAndSpreadsTheirReturn() {
        AtomicInteger asked = new AtomicInteger();
        fixture.start(builder -> builder.authenticator(login -> {
            asked.incrementAndGet();
            return CompletableFuture.completedStage(AuthResult.accept());
        }));
        List<Integer> delays = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            TestClient client = fixture.connectedFrom("u" + i, "192.0.2.1").login();
            fixture.world.settle();
            LoginResult result = client.loginResult();
            if (!result.isAccepted()) {
                assertThat(result.code()).isEqualTo(ReasonCode.RATE_LIMITED);
                assertThat(client.closes).containsExactly(ReasonCode.RATE_LIMITED);
                delays.add(result.retryAfterMillis());
            }
        }
        assertThat(asked).hasValue(40);
        assertThat(delays).hasSize(960);
        assertThat(fixture.node().sessionCount()).isEqualTo(40);
        assertThat(fixture.node().holdings().connections()).isEqualTo(40);
        assertThat(fixture.counts.of(Metric.LOGINS_REFUSED, ReasonCode.RATE_LIMITED))
                .isEqualTo(960);

        assertThat(delays.get(0)).isBetween(10_000, 20_100);
        assertThat(delays.get(959)).as("960 at 20 a second, behind the hint").isBetween(57_000, 68_100);
        Set<Integer> seconds = new HashSet<>();
        delays.forEach(delay -> seconds.add(delay / 1_000));
        assertThat(seconds).as("spread over the time it takes to let them in").hasSizeGreaterThan(45);
        int[] inSecond = new int[70];
        delays.forEach(delay -> inSecond[delay / 1_000]++);
        assertThat(Arrays.stream(inSecond).max().orElseThrow())
                .as("never a crowd")
                .isLessThanOrEqualTo(40);
    }

    @Test
    void sendsACrowdThatFindsTheQueueFullAwayForLongerAndLonger() {
        fixture.start(builder -> builder.authenticator(login -> new CompletableFuture<>())
                .limits(ServerLimits.builder()
                        .concurrentLogins(10)
                        .queuedLogins(0)
                        .loginsPerSecond(1_000)
                        .loginBurst(10_000)
                        .build()));
        List<Integer> delays = new ArrayList<>();
        for (int i = 0; i < 1_010; i++) {
            TestClient client = fixture.connected("u" + i, 0).login();
            fixture.world.settle();
            if (i >= 10) {
                assertThat(client.loginResult().code()).isEqualTo(ReasonCode.SERVER_BUSY);
                delays.add(client.loginResult().retryAfterMillis());
            }
        }
        assertThat(Collections.min(delays)).isGreaterThanOrEqualTo(10_000);
        assertThat(delays.get(999)).as("1,000 at 10 a second").isBetween(110_000, 120_100);
        assertThat(Collections.max(delays)).isLessThanOrEqualTo(120_100);
    }

    private static Message clip(int bytes) {
        return Message.of(new MessageId(1, 1), Address.user("bob"), Payload.of(new byte[bytes]))
                .withLane(Lane.BULK);
    }

    private static Packet[] many(int count, IntFunction<Packet> packet) {
        Packet[] packets = new Packet[count];
        for (int i = 0; i < count; i++) {
            packets[i] = packet.apply(i);
        }
        return packets;
    }
}
