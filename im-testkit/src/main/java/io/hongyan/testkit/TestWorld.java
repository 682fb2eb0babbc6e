// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import io.hongyan.core.ImNode;
import io.hongyan.core.time.NanoClock;
import io.hongyan.protocol.Confined;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.connection.Owner;
import io.hongyan.simnet.RandomStream;
import io.hongyan.simnet.SimAddress;
import io.hongyan.simnet.SimNode;
import io.hongyan.simnet.SimulatedNetwork;
import io.hongyan.simnet.VirtualClock;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Servers, clients and what lies between them, on one clock and one thread. Nothing happens until time is let run; the same
 * seed and the same calls take the same course.
 *
 * <pre>{@code
 * TestWorld world = TestWorld.create();
 * TestServer server = world.server(node -> node.allowAnyone().sessionListener(greeter));
 * TestClient alice = server.client("alice");
 * world.run(Duration.ofSeconds(1));
 * assertThat(alice.texts()).containsExactly("welcome, alice");
 * }</pre>
 *
 * <p>Confined to the test's thread. Listeners and interceptors run on it, too: one that blocks for real blocks the world.
 * What a task of the world throws that nobody caught leaves {@link #run}.
 */
@Confined("world")
public final class TestWorld {
    private static final long START_NANOS = 1_000_000_000_000L;
    private static final long START_MILLIS = 1_767_225_600_000L;
    private static final int MOST_HOP_NANOS = 20_000;

    private final long seed;
    private final VirtualClock clock = new VirtualClock(START_NANOS);
    private final SimulatedNetwork network;
    private final RandomStream random;
    private final Map<InetSocketAddress, StreamTransport> listeners = new LinkedHashMap<>();
    private final Set<SimNode> datagramServers = new LinkedHashSet<>();
    private final List<TestLink> links = new ArrayList<>();
    private UnaryOperator<ConnectionHandler> tampering = UnaryOperator.identity();
    private @Nullable Owner running;
    private @Nullable Throwable failure;
    private int hosts;
    private int servers;
    private int clients;

    private TestWorld(long seed) {
        this.seed = seed;
        this.network = new SimulatedNetwork(clock, seed);
        this.random = RandomStream.of(seed, "world");
    }

    /** A world that is the same each time. */
    public static TestWorld create() {
        return seeded(1);
    }

    /** @param seed decides all that is random: which of several tasks is first, what a link loses, the ids of clients */
    public static TestWorld seeded(long seed) {
        return new TestWorld(seed);
    }

    /**
     * Starts a server with two loops.
     *
     * @param parts gives the node its listeners, authenticator, store, limits; called again by each
     *     {@link TestServer#restart}. Clocks, threads and transports are the world's.
     */
    public TestServer server(UnaryOperator<ImNode.Builder> parts) {
        return new TestServer(this, ++servers, parts);
    }

    /** Lets so much time pass, with all that happens in it. */
    public void run(Duration time) {
        runUntil(() -> false, time);
    }

    /**
     * Lets time pass until the condition holds.
     *
     * @return whether it holds; if not, so much time has passed
     */
    public boolean runUntil(BooleanSupplier condition, Duration atMost) {
        boolean holds = clock.runUntil(() -> failure != null || condition.getAsBoolean(), atMost.toNanos());
        Throwable thrown = failure;
        if (thrown != null) {
            failure = null;
            throw new AssertionError("a task of the world failed: " + thrown, thrown);
        }
        return holds;
    }

    /** The clock on the wall, as servers see it; it begins with the year 2026. */
    public Instant now() {
        return Instant.ofEpochMilli(millis());
    }

    /** A pool of threads that is nobody's process: each task by itself, soon. */
    public Executor executor() {
        return task -> clock.scheduleAfter(hopNanos(), () -> guard(task));
    }

    /** The seed. */
    public long seed() {
        return seed;
    }

    /** The clock that all hangs on, to schedule faults. */
    public VirtualClock clock() {
        return clock;
    }

    @Override
    public String toString() {
        return "world of seed " + seed + " at " + now();
    }

    // ---- for the parts of the world

    NanoClock nanoClock() {
        return clock::nowNanos;
    }

    InstantSource wallClock() {
        return this::now;
    }

    long nowNanos() {
        return clock.nowNanos();
    }

    /** How long it takes until a loop or a worker turns to a task. */
    long hopNanos() {
        return random.between(0, MOST_HOP_NANOS);
    }

    /** Runs a task of nobody's loop. */
    void guard(Runnable task) {
        try {
            task.run();
        } catch (Throwable thrown) { // whatever it is, it leaves the world's next step
            if (failure == null) {
                failure = thrown;
            }
        }
    }

    void runOn(MachineLoop loop, Runnable task) {
        Owner before = running;
        running = loop;
        try {
            guard(task);
        } finally {
            running = before;
        }
    }

    @Nullable
    Owner running() {
        return running;
    }

    /** Puts something in front of the handlers of clients, from now on: a test plants bugs so. */
    void tamper(UnaryOperator<ConnectionHandler> inFront) {
        tampering = inFront;
    }

    ConnectionHandler tampered(ConnectionHandler handler) {
        return tampering.apply(handler);
    }

    SimulatedNetwork network() {
        return network;
    }

    /** An address that nobody has. */
    SimAddress newHost() {
        hosts++;
        return SimAddress.of(new byte[] {10, 1, (byte) (hosts >> 8), (byte) hosts}, 0);
    }

    String newClientName(String user) {
        return user + "-" + ++clients;
    }

    TestLink newLink(String name) {
        TestLink link = new TestLink(this, name);
        links.add(link);
        return link;
    }

    @Nullable
    StreamTransport listener(InetSocketAddress address) {
        return listeners.get(address);
    }

    void listen(InetSocketAddress address, StreamTransport transport) {
        listeners.put(address, transport);
    }

    void listenNoMore(InetSocketAddress address, StreamTransport transport) {
        listeners.remove(address, transport);
    }

    Set<SimNode> datagramServers() {
        return datagramServers;
    }

    void appeared(SimNode server) {
        datagramServers.add(server);
        links.forEach(link -> link.appeared(server));
    }

    void disappeared(SimNode server) {
        datagramServers.remove(server);
    }

    private long millis() {
        return START_MILLIS + (clock.nowNanos() - START_NANOS) / 1_000_000;
    }
}
