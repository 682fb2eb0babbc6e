// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.store.InMemoryMessageStore;
import io.hongyan.core.store.MessageStore;
import io.hongyan.core.transport.Bound;
import io.hongyan.core.transport.Transport;
import io.hongyan.core.transport.TransportContext;
import io.hongyan.core.transport.TransportStats;
import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.protocol.packet.Chunk;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class HealthTest {
    private final NodeFixture fixture = new NodeFixture();

    @Test
    void isReadyOnlyBetweenStartAndStop() {
        Listening transport = new Listening();
        ImNode node = fixture.build(builder -> builder.allowAnyone().listen(transport));
        assertThat(health()).isEqualTo(new Health(true, false, List.of("it has not started")));
        node.start();
        assertThat(health()).isEqualTo(new Health(true, false, List.of("not every listener is bound")));
        transport.bound.complete(List.of());
        fixture.in("alice", 0);
        assertThat(health()).isEqualTo(new Health(true, true, List.of()));

        node.stop(Duration.ofSeconds(5));
        assertThat(health()).isEqualTo(new Health(true, false, List.of("it is being stopped")));
        fixture.world.advanceMillis(10_000);
        assertThat(node.whenStopped()).isCompleted();
        assertThat(health()).isEqualTo(new Health(false, false, List.of("it has stopped")));
    }

    @Test
    void isNotAliveWhileALoopDoesNotAnswer() {
        fixture.open();
        fixture.in("alice", 0);
        fixture.in("bob", 1);
        fixture.world.owner(1).queue().hold();
        CompletionStage<Health> asked = fixture.node().health();
        fixture.world.advanceMillis(900);
        assertThat(asked).isNotCompleted();
        fixture.world.advanceMillis(200);
        Health health = join(asked);
        assertThat(health.alive()).isFalse();
        assertThat(health.ready()).isFalse();
        assertThat(health.problems()).containsExactly("event loop 1 does not answer");

        fixture.world.owner(1).queue().release();
        assertThat(health().ready()).isTrue();
    }

    @Test
    void saysAtOnceThatTheHousekeeperIsLate() {
        fixture.open();
        fixture.world.close();
        fixture.world.advanceMillis(4_000);
        CompletionStage<Health> asked = fixture.node().health();
        assertThat(asked.toCompletableFuture()).isCompleted();
        assertThat(join(asked).alive()).isFalse();
        assertThat(join(asked).problems()).contains("the housekeeper is late");
    }

    @Test
    void isAliveButNotReadyWhileTheStoreDoesNotAnswer() {
        CompletableFuture<?>[] hung = {null};
        AtomicInteger expiries = new AtomicInteger();
        InMemoryMessageStore memory = new InMemoryMessageStore();
        MessageStore store = (MessageStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {MessageStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("expire")) {
                        expiries.incrementAndGet();
                        return hung[0] == null ? method.invoke(memory, arguments) : hung[0];
                    }
                    return method.invoke(memory, arguments);
                });
        fixture.start(builder -> builder.allowAnyone().messageStore(store));
        fixture.world.advanceMillis(20_000);
        assertThat(health().ready()).isTrue();
        assertThat(expiries.get()).isBetween(15, 25);

        hung[0] = new CompletableFuture<>();
        fixture.world.advanceMillis(10_000);
        int asked = expiries.get();
        fixture.world.advanceMillis(10_000);
        assertThat(expiries).as("not asked again").hasValue(asked);
        assertThat(fixture.node().stats().storeOperations()).isEqualTo(1);
        assertThat(health()).isEqualTo(new Health(true, false, List.of("the store does not answer")));

        CompletableFuture<?> answer = hung[0];
        hung[0] = null;
        answer.complete(null);
        fixture.world.advanceMillis(2_000);
        assertThat(health().ready()).isTrue();
    }

    @Test
    void isNotReadyWhenABoundIsReached() {
        fixture.open(limits -> limits.strangers(2).reassemblyBytes(1024 * 1024));
        assertThat(health().ready()).isTrue();
        TestClient first = fixture.connected("first", 0);
        fixture.connected("second", 0);
        fixture.world.settle();
        assertThat(health().problems()).containsExactly("near its limit: strangers");
        first.login();
        fixture.world.settle();
        assertThat(health().ready()).isTrue();

        for (int i = 0; i < 20; i++) {
            first.send(new Chunk(new MessageId(first.instance(), 1), i * 50_000, false, Payload.of(new byte[50_000])));
        }
        fixture.world.settle();
        assertThat(health().problems()).containsExactly("near its limit: reassemblyBytes");
    }

    @Test
    void isNotReadyWhileLoginsAreRefused() {
        fixture.start(builder -> builder.authenticator(login -> new CompletableFuture<>())
                .limits(ServerLimits.builder()
                        .concurrentLogins(1)
                        .queuedLogins(1)
                        .build()));
        fixture.connected("a", 0).login();
        fixture.connected("b", 0).login();
        fixture.world.settle();
        assertThat(fixture.node().stats().loginsWaiting()).isEqualTo(1);
        assertThat(health().problems()).containsExactly("no room for logins");
    }

    @Test
    void tellsWhatItHolds() {
        fixture.open();
        fixture.in("alice", "phone", 0);
        fixture.in("alice", "tablet", 1);
        fixture.connected("stranger", 0);
        fixture.world.settle();
        NodeStats stats = fixture.node().stats();
        assertThat(stats.connections()).isEqualTo(3);
        assertThat(stats.strangers()).isEqualTo(1);
        assertThat(stats.sessions()).isEqualTo(2);
        assertThat(stats.users()).isEqualTo(1);
        assertThat(stats.lanesBusy()).isZero();
        assertThat(stats.transports()).isEmpty();
    }

    @Test
    void passesTheGrowthOfWhatTransportsCountOnToTheMetrics() {
        Listening transport = new Listening();
        transport.bound.complete(List.of());
        fixture.start(builder -> builder.allowAnyone().listen(transport));
        transport.counted = CompletableFuture.completedFuture(
                new TransportStats("test", 3, Map.of(Metric.PATH_MOVES, 5L), Map.of("FORGED_ID", 2L)));
        fixture.world.advanceMillis(3_000);
        assertThat(fixture.counts.of(Metric.PATH_MOVES)).isEqualTo(5);
        assertThat(fixture.node().stats().transports())
                .extracting(TransportStats::connections)
                .containsExactly(3);

        CompletableFuture<TransportStats> late = new CompletableFuture<>();
        transport.counted = late;
        transport.asked = 0;
        fixture.world.advanceMillis(5_000);
        assertThat(transport.asked).as("not again before it answers").isEqualTo(1);
        late.complete(new TransportStats("test", 3, Map.of(Metric.PATH_MOVES, 7L), Map.of()));
        assertThat(fixture.counts.of(Metric.PATH_MOVES)).isEqualTo(7);

        transport.counted = CompletableFuture.failedFuture(new IllegalStateException("planted"));
        fixture.world.advanceMillis(2_000);
        assertThat(fixture.counts.of(Metric.CALLBACKS_FAILED)).isPositive();
        assertThat(fixture.counts.of(Metric.PATH_MOVES)).isEqualTo(7);
    }

    private Health health() {
        CompletionStage<Health> asked = fixture.node().health();
        fixture.world.settle();
        return join(asked);
    }

    private static Health join(CompletionStage<Health> asked) {
        return asked.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }

    private static final class Listening implements Transport {
        private final CompletableFuture<List<Bound>> bound = new CompletableFuture<>();
        private CompletableFuture<TransportStats> counted =
                CompletableFuture.completedFuture(TransportStats.none("test"));
        private int asked;

        @Override
        public String name() {
            return "test";
        }

        @Override
        public CompletionStage<List<Bound>> start(TransportContext context) {
            return bound;
        }

        @Override
        public CompletionStage<TransportStats> stats() {
            asked++;
            return counted;
        }

        @Override
        public void stopAccepting() {}

        @Override
        public CompletionStage<Void> close() {
            return CompletableFuture.completedStage(null);
        }
    }
}
