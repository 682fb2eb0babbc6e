// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.world;

import io.hongyan.core.ImNode;
import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.metrics.Metric;
import io.hongyan.protocol.ReasonCode;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A node with two loops in a deterministic world, its counts, and clients for it. */
public final class NodeFixture {
    public final TestWorld world = TestWorld.withLoops(2);
    public final Counts counts = new Counts();
    private ImNode node;
    private long instances;

    /** Counts as they were told. */
    public static final class Counts implements ImMetrics {
        private final Map<Metric, Long> all = new EnumMap<>(Metric.class);
        private final Map<Metric, Map<ReasonCode, Long>> byCode = new EnumMap<>(Metric.class);

        @Override
        public synchronized void add(Metric metric, long amount) {
            all.merge(metric, amount, Long::sum);
        }

        @Override
        public synchronized void add(Metric metric, ReasonCode code, long amount) {
            byCode.computeIfAbsent(metric, any -> new EnumMap<>(ReasonCode.class))
                    .merge(code, amount, Long::sum);
        }

        public synchronized long of(Metric metric) {
            return all.getOrDefault(metric, 0L);
        }

        public synchronized long of(Metric metric, ReasonCode code) {
            return byCode.getOrDefault(metric, Map.of()).getOrDefault(code, 0L);
        }
    }

    /** A node that lets anyone in. */
    public ImNode open() {
        return start(ImNode.Builder::allowAnyone);
    }

    /** A node that lets anyone in, and whose sessions outlive their links. */
    public ImNode openResumable(UnaryOperator<ServerLimits.Builder> limits) {
        return open(builder -> limits.apply(builder.detachedMillis(120_000)));
    }

    /** A node that lets anyone in, with bounds but without rates. */
    public ImNode open(UnaryOperator<ServerLimits.Builder> limits) {
        return openRated(limits.andThen(ServerLimits.Builder::noRateLimits)::apply);
    }

    /** A node that lets anyone in, with bounds and rates. */
    public ImNode openRated(UnaryOperator<ServerLimits.Builder> limits) {
        return start(builder -> builder.allowAnyone()
                .limits(limits.apply(ServerLimits.builder().detachedMillis(0)).build()));
    }

    public ImNode start(UnaryOperator<ImNode.Builder> parts) {
        build(parts).start();
        return node;
    }

    /** A node that is not started. */
    public ImNode build(UnaryOperator<ImNode.Builder> parts) {
        node = parts.apply(ImNode.builder()
                        .limits(ServerLimits.builder().detachedMillis(0).build())
                        .clock(world)
                        .wallClock(world)
                        .housekeeper(world)
                        .executor(world.workers())
                        .metrics(counts))
                .build();
        return node;
    }

    public ImNode node() {
        return node;
    }

    /** A client that is not connected. */
    public TestClient client(String user, String device) {
        return new TestClient(user, device, ++instances, world.queue());
    }

    /** A client that is connected, without a word yet. */
    public TestClient connected(String user, int loop) {
        return client(user, "phone").connect(node, world.owner(loop), false);
    }

    public TestClient connectedFrom(String user, String address) {
        return client(user, "phone").connect(node, world.owner(0), false, new InetSocketAddress(address, 1));
    }

    /** A client that is logged in. */
    public TestClient in(String user, int loop) {
        return in(user, "phone", loop);
    }

    public TestClient in(String user, String device, int loop) {
        TestClient client = client(user, device).connect(node, world.owner(loop), false);
        client.login();
        world.settle();
        return client;
    }
}
