// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.limit.SlowConsumerPolicy;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A user whose every session is full. */
final class SlowConsumerTest {
    private static final int KIB = 1024;

    private final NodeFixture fixture = new NodeFixture();

    @Test
    void closesWithItsCodeAtOnceAndKeepsEveryMessage() {
        open(SlowConsumerPolicy.CLOSE);
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        TestClient carol = fixture.in("carol", 1);
        bob.connection().block(Lane.CHAT, true);
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            sent.add("m" + i);
            alice.text("bob", "m" + i);
            alice.text("carol", "m" + i);
            fixture.world.settle();
        }
        assertThat(bob.closes).containsExactly(ReasonCode.SLOW_CONSUMER);
        assertThat(carol.texts()).isEqualTo(sent);
        assertThat(alice.results.values()).hasSize(400).containsOnly(ReasonCode.OK);
        assertThat(fixture.counts.of(Metric.SESSIONS_CLOSED, ReasonCode.SLOW_CONSUMER))
                .isEqualTo(1);
        assertThat(fixture.counts.of(Metric.SPILLS)).isEqualTo(1);

        TestClient again = fixture.in("bob", 0);
        assertThat(again.texts()).isEqualTo(sent);
        assertThat(again.doubles()).isZero();
        alice.text("bob", "live");
        fixture.world.settle();
        assertThat(again.texts()).hasSize(201).endsWith("live");
        assertThat(again.closes).isEmpty();
    }

    @Test
    void closesEveryDeviceWhenNoneReads() {
        open(SlowConsumerPolicy.CLOSE);
        TestClient alice = fixture.in("alice", 0);
        TestClient phone = fixture.in("bob", "phone", 1);
        TestClient tablet = fixture.in("bob", "tablet", 0);
        phone.connection().block(Lane.CHAT, true);
        tablet.connection().block(Lane.CHAT, true);
        for (int i = 0; i < 100; i++) {
            alice.text("bob", "m" + i);
            fixture.world.settle();
        }
        assertThat(phone.closes).containsExactly(ReasonCode.SLOW_CONSUMER);
        assertThat(tablet.closes).containsExactly(ReasonCode.SLOW_CONSUMER);
        assertThat(fixture.in("bob", 1).texts()).hasSize(100);
    }

    @Test
    void keepsForLaterUnlessToldOtherwiseAndCountsWhatItKept() {
        fixture.open(limits -> limits.sessionBytes(16 * KIB));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.connection().block(Lane.CHAT, true);
        for (int i = 0; i < 100; i++) {
            alice.text("bob", "12345");
        }
        fixture.world.settle();
        long spilled = fixture.counts.of(Metric.MESSAGES_SPILLED);
        assertThat(spilled).isBetween(20L, 60L);
        assertThat(fixture.counts.of(Metric.BYTES_SPILLED)).isEqualTo(5 * spilled);
        assertThat(bob.closes).isEmpty();

        fixture.world.advanceMillis(32_000);
        assertThat(bob.closes).as("it does not go on at all").containsExactly(ReasonCode.NO_PROGRESS);
        assertThat(fixture.in("bob", 0).texts()).hasSize(100);
    }

    @Test
    void countsNothingAsSpilledForWhoIsAway() {
        open(SlowConsumerPolicy.CLOSE);
        fixture.in("alice", 0).text("bob", "hi");
        fixture.world.settle();
        assertThat(fixture.counts.of(Metric.MESSAGES_STORED)).isEqualTo(1);
        assertThat(fixture.counts.of(Metric.MESSAGES_SPILLED)).isZero();
    }

    @Test
    void dropsEphemeralMessagesFirst() {
        open(SlowConsumerPolicy.CLOSE);
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.connection().block(Lane.CHAT, true);
        for (int i = 0; i < 200; i++) {
            alice.send(Address.user("bob"), "typing", Lane.EPHEMERAL);
        }
        fixture.world.settle();
        assertThat(bob.closes).isEmpty();
        assertThat(fixture.counts.of(Metric.EPHEMERAL_DROPPED)).isGreaterThan(100);
    }

    @Test
    void isPartOfTheLimits() {
        ServerLimits limits =
                ServerLimits.builder().slowConsumer(SlowConsumerPolicy.CLOSE).build();
        assertThat(limits.toBuilder().build().slowConsumer()).isEqualTo(SlowConsumerPolicy.CLOSE);
        assertThat(limits).hasToString("ServerLimits[slowConsumer=CLOSE rateLimited]");
        assertThat(ServerLimits.defaults().slowConsumer()).isEqualTo(SlowConsumerPolicy.KEEP_FOR_LATER);
    }

    private void open(SlowConsumerPolicy policy) {
        fixture.start(builder -> builder.allowAnyone()
                .noRateLimits()
                .slowConsumer(policy)
                .limits(ServerLimits.builder().sessionBytes(16 * KIB).build()));
    }
}
