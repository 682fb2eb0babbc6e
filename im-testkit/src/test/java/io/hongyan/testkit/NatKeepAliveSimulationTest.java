// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.client.ReceiptLevel;
import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.RandomStream;
import io.hongyan.simnet.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A phone that mostly listens, for hours behind a NAT that forgets after 12 s to 4 min: it stays logged in, hears what is
 * sent to it, and pings about as rarely as the NAT and the server allow.
 */
@Tag("once")
final class NatKeepAliveSimulationTest {
    private static final int SEEDS = 100;
    private static final int ALLOWED_SECONDS = 60;
    private static final Duration LEARNING = Duration.ofHours(2);
    private static final Duration WATCHED = Duration.ofHours(4);

    @Test
    void aSilentPhonePingsAsRarelyAsItsNatAllows() {
        Seeds.forEach(NatKeepAliveSimulationTest.class, "im-testkit", 1, SEEDS, seed -> {
            Night night = new Night(seed, false);
            night.world.run(LEARNING);
            int lostBefore = night.phone.link().mappingsLost();
            long sentBefore = night.phoneSent;
            night.world.run(WATCHED);
            double seconds = WATCHED.toSeconds() / ((night.phoneSent - sentBefore) / 2.0);
            String where = "one ping in %.0f s, where the NAT keeps %d s, and %s ports"
                    .formatted(seconds, night.keepsSeconds, night.keepsPort ? "preserves" : "changes");
            assertThat(night.phone.losses()).as(where).isEmpty();
            if (!night.keepsPort) {
                assertThat(seconds).as(where).isGreaterThan(0.65 * Math.min(night.keepsSeconds, ALLOWED_SECONDS));
                assertThat(night.phone.link().mappingsLost() - lostBefore)
                        .as(where)
                        .isLessThanOrEqualTo(10);
            }
        });
    }

    /** What others send is late by no more than a silence, and no silence is longer than what the server allows. */
    @Test
    void whatIsSentToAPhoneBehindANatIsHeard() {
        Seeds.forEach(NatKeepAliveSimulationTest.class, "im-testkit", 1, SEEDS, seed -> {
            Night night = new Night(seed, true);
            RandomStream random = RandomStream.of(seed, "talk");
            List<Long> sentNanos = new ArrayList<>();
            List<Long> lateNanos = new ArrayList<>();
            night.phone.onMessage(message -> lateNanos.add(night.world.nowNanos() - sentNanos.get(lateNanos.size())));
            int afterLearning = 0;
            for (long minutes = 0; minutes < 6 * 60; ) {
                long pause = random.between(1, 12);
                minutes += pause;
                night.world.run(Duration.ofMinutes(pause).plusMillis(random.between(0, 60_000)));
                if (minutes < LEARNING.toMinutes()) {
                    afterLearning++;
                }
                sentNanos.add(night.world.nowNanos());
                night.bob.send("alice", "m" + sentNanos.size(), ReceiptLevel.DELIVERED);
            }
            night.world.run(Duration.ofMinutes(2));
            String where = "where the NAT keeps %d s, and %s ports"
                    .formatted(night.keepsSeconds, night.keepsPort ? "preserves" : "changes");
            assertThat(night.phone.losses()).as(where).isEmpty();
            assertThat(lateNanos).as(where).hasSameSizeAs(sentNanos);
            assertThat(lateNanos)
                    .as(where)
                    .allSatisfy(late -> assertThat(late).isLessThan((ALLOWED_SECONDS + 10) * 1_000_000_000L));
            long late = lateNanos.subList(afterLearning, lateNanos.size()).stream()
                    .filter(nanos -> nanos > 3_000_000_000L)
                    .count();
            assertThat(late)
                    .as("late messages of %d, %s", lateNanos.size(), where)
                    .isLessThanOrEqualTo(4);
        });
    }

    /** A server, alice behind a NAT over UDP, and bob. */
    private static final class Night {
        final TestWorld world;
        final TestClient phone;
        final TestClient bob;
        final long keepsSeconds;
        final boolean keepsPort;
        long phoneSent;

        Night(long seed, boolean talks) {
            RandomStream random = RandomStream.of(seed, "night");
            world = TestWorld.seeded(seed);
            TestServer server = world.server(node -> node.allowAnyone());
            phone = server.client("alice", Carrier.UDP);
            bob = server.client("bob");
            keepsSeconds = random.between(12, 240);
            keepsPort = random.chance(0.5);
            phone.link()
                    .profile(LinkProfile.builder("phone")
                            .delayMillis(random.between(5, 150))
                            .loss(random.chance(0.5) ? 0.02 : 0)
                            .build());
            phone.link().nat(Duration.ofSeconds(keepsSeconds), keepsPort);
            assertThat(world.runUntil(() -> phone.isOnline() && bob.isOnline(), Duration.ofMinutes(1)))
                    .isTrue();
            if (!talks) {
                String servers = server.url(Carrier.UDP);
                world.network().observe((nowNanos, from, to, datagram) -> {
                    if (servers.endsWith(":" + to.port())) {
                        phoneSent++;
                    }
                });
            }
        }
    }
}
