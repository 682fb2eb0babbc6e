// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.store.InMemoryMessageStore;
import io.hongyan.core.world.LateStore;
import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.core.world.TestWorld;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Login;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.UserId;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens at bounds that no other test is about. */
final class LimitAnswersTest {
    private static final int KIB = 1024;

    private final NodeFixture fixture = new NodeFixture();

    @Test
    void tellsAClientTheLongestKeepAliveInsteadOfALongerOne() {
        fixture.open(limits -> limits.maxKeepAliveSeconds(90));
        TestClient alice = fixture.connected("alice", 0);
        alice.send(new Login(new UserId("alice"), new DeviceId("d"), "", "", 7, 3_600));
        fixture.world.settle();
        assertThat(alice.loginResult().keepAliveSeconds()).isEqualTo(90);
        fixture.world.advanceMillis(224_000);
        assertThat(alice.isOpen()).isTrue();
        fixture.world.advanceMillis(2_000);
        assertThat(alice.closes).containsExactly(ReasonCode.IDLE_TIMEOUT);
    }

    @Test
    void readsNoMoreThanAPageForWhoCountsNothing() {
        fixture.open(limits -> limits.catchUpMessages(10).sessionBytes(16 * KIB));
        TestClient alice = fixture.in("alice", 0);
        alice.texts("bob", 200);
        fixture.world.settle();
        TestClient bob = fixture.client("bob", "phone");
        bob.stopCounting();
        bob.connect(fixture.node(), fixture.world.owner(1), false).login();
        fixture.world.settle();
        assertThat(bob.texts().size())
                .as("pages of 10 until half of the room is used")
                .isBetween(30, 50);
        assertThat(bob.texts().size() % 10).isZero();

        bob.countNow();
        fixture.world.settle();
        assertThat(bob.texts()).hasSize(200).startsWith("m1").endsWith("m200");
    }

    @Test
    void endsAPageAtItsBytesButReadsOneMessageInAnyCase() {
        fixture.open(limits -> limits.catchUpBytes(KIB).sessionBytes(16 * KIB));
        TestClient alice = fixture.in("alice", 0);
        for (int i = 0; i < 10; i++) {
            alice.message(Message.of(new MessageId(1, 1), Address.user("bob"), Payload.of(new byte[3 * KIB])));
        }
        fixture.world.settle();
        TestClient bob = fixture.client("bob", "phone");
        bob.stopCounting();
        bob.connect(fixture.node(), fixture.world.owner(1), false).login();
        fixture.world.settle();
        assertThat(bob.messages)
                .as("one a page, until half of the room is used")
                .hasSize(3);
        bob.countNow();
        fixture.world.settle();
        assertThat(bob.messages).hasSize(10);
    }

    @Test
    void restsASenderWhoseMessagesTheStoreHasNotAnswered() {
        TestWorld.TaskQueue disk = fixture.world.queue();
        fixture.start(builder -> builder.allowAnyone()
                .noRateLimits()
                .messageStore(new LateStore(new InMemoryMessageStore(), disk).durably())
                .limits(ServerLimits.builder().openMessages(64).build()));
        TestClient alice = fixture.in("alice", 0);
        disk.hold();
        for (int i = 0; i < 20; i++) {
            alice.texts("bob", 10);
        }
        fixture.world.settle();
        assertThat(alice.connection().isPaused()).isTrue();
        assertThat(fixture.node().stats().storeOperations())
                .as("read until the bound was reached")
                .isBetween(64, 90);
        assertThat(alice.results).isEmpty();

        disk.release();
        fixture.world.settle();
        assertThat(alice.connection().isPaused()).isFalse();
        assertThat(alice.results.values()).hasSize(200).containsOnly(ReasonCode.OK);
        assertThat(fixture.node().stats().storeOperations()).isZero();
    }

    @Test
    @Timeout(60)
    void lanesWaitForAFreeThread() throws InterruptedException {
        ThreadPoolExecutor pool = WorkerThreads.pool("test-worker", 2);
        CountDownLatch both = new CountDownLatch(2);
        CountDownLatch over = new CountDownLatch(1);
        CountDownLatch all = new CountDownLatch(10);
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        for (int i = 0; i < 10; i++) {
            pool.execute(() -> {
                most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                both.countDown();
                try {
                    over.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                atOnce.decrementAndGet();
                all.countDown();
            });
        }
        assertThat(both.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.getQueue()).hasSize(8);
        over.countDown();
        assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(most).hasValue(2);
        pool.shutdown();
    }
}
