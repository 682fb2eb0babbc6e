// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.client.Receipt;
import io.hongyan.client.ReceiptLevel;
import io.hongyan.client.SendOptions;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.simnet.LinkProfile;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A clip of 3 MiB that is taken back when the server has the first 300,000 bytes of it. */
final class CancelledClipTest {
    private static final int CLIP_BYTES = 3 << 20;
    private static final Receipt TAKEN_BACK = new Receipt(1, ReasonCode.CANCELLED, null);
    private static final LinkProfile UPLINK = LinkProfile.builder("2 Mbit/s")
            .delayMillis(25)
            .rate(2_000_000, 64 << 10)
            .build();

    private final TestWorld world = TestWorld.create();
    private final TestServer server = world.server(node -> node.allowAnyone().noRateLimits());
    private final TestClient bob = server.client("bob");

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void theServerForgetsItAndNothingElseIsLost(Carrier carrier) {
        TestClient alice = server.client("alice", carrier);
        world.run(Duration.ofSeconds(1));
        alice.link().profile(UPLINK);
        CompletionStage<Receipt> clip = clip(alice);
        untilHalfWay();
        alice.client().cancel(clip);
        world.run(Duration.ofMillis(1));
        assertThat(clip.toCompletableFuture()).isCompletedWithValue(TAKEN_BACK);
        assertThat(world.runUntil(() -> server.node().stats().reassemblyBytes() == 0, Duration.ofSeconds(8)))
                .as("what the network had has left, and the word after it")
                .isTrue();
        CompletableFuture<Receipt> next = alice.send("bob", "never mind", ReceiptLevel.DELIVERED);
        assertThat(world.runUntil(next::isDone, Duration.ofSeconds(1))).isTrue();
        assertThat(bob.texts()).containsExactly("never mind");
        assertThat(alice.losses()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void theSessionGoesOnOverANewLinkAfterwards(Carrier carrier) {
        TestClient alice = server.client("alice", carrier);
        world.run(Duration.ofSeconds(1));
        alice.link().profile(UPLINK);
        CompletionStage<Receipt> clip = clip(alice);
        untilHalfWay();
        CompletableFuture<Receipt> text = alice.send("bob", "before", ReceiptLevel.DELIVERED);
        alice.client().cancel(clip);
        alice.link().cut(Duration.ofSeconds(35));
        assertThat(world.runUntil(() -> alice.isOnline() && text.isDone(), Duration.ofMinutes(5)))
                .isTrue();
        CompletableFuture<Receipt> next = alice.send("bob", "after", ReceiptLevel.DELIVERED);
        assertThat(world.runUntil(next::isDone, Duration.ofMinutes(1))).isTrue();
        assertThat(text.join().succeeded() && next.join().succeeded()).isTrue();
        assertThat(clip.toCompletableFuture()).isCompletedWithValue(TAKEN_BACK);
        assertThat(bob.texts()).containsExactly("before", "after");
        assertThat(world.runUntil(() -> server.node().stats().reassemblyBytes() == 0, Duration.ofMinutes(1)))
                .isTrue();
    }

    private void untilHalfWay() {
        assertThat(world.runUntil(() -> server.node().stats().reassemblyBytes() > 300_000, Duration.ofSeconds(10)))
                .isTrue();
    }

    private static CompletionStage<Receipt> clip(TestClient from) {
        return from.client()
                .send(
                        Address.user("bob"),
                        Payload.of(new byte[CLIP_BYTES]),
                        SendOptions.binary().lane(Lane.BULK));
    }
}
