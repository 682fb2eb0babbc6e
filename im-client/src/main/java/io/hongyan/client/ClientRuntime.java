// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.rudp.CongestionControl;
import io.hongyan.protocol.rudp.RudpConfig;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The threads that clients share: event loops, workers for listeners, a few for name look-ups and tokens, and a few for
 * the completion of stages, which no look-up may hold up. Thousands of clients share one.
 *
 * <pre>
 *   loops       1 by default     all of the network; never a listener, unless sameThread() was said
 *   workers     2 x processors   listeners, one lane a client
 *   background  at most 4        look-ups, token suppliers
 *   stages      at most 4        what hangs on stages
 * </pre>
 *
 * All but the loops begin when needed and end after 10 s without work. All are daemons. Whoever makes a
 * runtime closes it; a client's own runtime is closed with the client.
 */
@ThreadSafe
public final class ClientRuntime implements AutoCloseable {

    private static final long CLOSE_NANOS = 15_000_000_000L;
    private static final long LISTENERS_NANOS = 1_000_000_000L;
    private static final long END_CLIENTS_NANOS = 500_000_000L;
    private static final int BACKGROUND_THREADS = 4;
    private static final int STAGE_THREADS = 4;
    private static final long IDLE_SECONDS = 10;

    private final ClientNetwork network;
    private final LongSupplier nanoTime;
    private final SplittableRandom randoms;
    private final boolean seeded;
    private final Executor workers;
    private final Executor background;
    private final Executor completions;
    private final Set<ClientSession> sessions = ConcurrentHashMap.newKeySet();
    private final Set<ClientSession> sole = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    private ClientRuntime(Builder builder) {
        this(
                new NettyNetwork(builder.loops, builder.engine),
                System::nanoTime,
                new SecureRandom().nextLong(),
                false,
                new Threads("hongyan-client-worker", builder.workers),
                new Threads("hongyan-client-background", BACKGROUND_THREADS),
                new Threads("hongyan-client-stage", STAGE_THREADS));
    }

    /** For tests: another network, another clock, a seed, and executors that the test runs and ends itself. */
    ClientRuntime(ClientNetwork network, LongSupplier nanoTime, long seed, Executor workers, Executor background) {
        this(network, nanoTime, seed, false, workers, background, background);
    }

    private ClientRuntime(
            ClientNetwork network,
            LongSupplier nanoTime,
            long seed,
            boolean seeded,
            Executor workers,
            Executor background,
            Executor completions) {
        this.network = network;
        this.nanoTime = nanoTime;
        this.randoms = new SplittableRandom(seed);
        this.seeded = seeded;
        this.workers = workers;
        this.background = background;
        this.completions = completions;
    }

    /** A runtime with the defaults. */
    public static ClientRuntime create() {
        return builder().build();
    }

    /**
     * For test kits: a runtime over another network, with the time, the chance and the threads of whoever asks. The same
     * calls with the same seed take the same course.
     *
     * @param nanoTime a clock of nanoseconds that never goes back, the same as that of the network's owners
     * @param seed decides all that is random, the ids of clients and messages too: never in production
     * @param executor runs listeners, look-ups and what hangs on stages; must not run tasks on their caller; stays open
     */
    public static ClientRuntime over(ClientNetwork network, LongSupplier nanoTime, long seed, Executor executor) {
        return new ClientRuntime(network, nanoTime, seed, true, executor, executor, executor);
    }

    /** Collects what a runtime is made from. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Closes all clients as {@link ImClient#close} does, together, then ends the threads. When it returns no thread is
     * left, unless a listener neither returns nor heeds its interruption. Waits some seconds at most; called from a
     * listener it does not wait. Closing again does nothing.
     */
    @Override
    public void close() {
        if (isOwnThread()) {
            closeSoon();
            return;
        }
        if (closing.compareAndSet(false, true)) {
            closeAll();
        } else {
            awaitEnd(closed, CLOSE_NANOS);
        }
    }

    /** {@link ImClient#networkChanged()} of all clients of this runtime. */
    public void networkChanged() {
        sessions.forEach(session -> session.inOwner(() -> session.networkChanged(null)));
    }

    /** {@link ImClient#networkChanged(String)} of all clients of this runtime. */
    public void networkChanged(String name) {
        String known = ImClient.requireNetworkName(name);
        sessions.forEach(session -> session.inOwner(() -> session.networkChanged(known)));
    }

    ClientNetwork network() {
        return network;
    }

    LongSupplier nanoTime() {
        return nanoTime;
    }

    /** Random numbers for one client. */
    RandomGenerator random() {
        synchronized (randoms) {
            return randoms.split();
        }
    }

    /** Draws the names of a client: its instance, and its device if it was not told one. */
    RandomGenerator names() {
        return seeded ? random() : new SecureRandom();
    }

    Executor workers() {
        return workers;
    }

    Executor completions() {
        return completions;
    }

    /** Runs what may block. */
    void background(Runnable task, Runnable whenClosed) {
        try {
            background.execute(task);
        } catch (RejectedExecutionException closedAlready) {
            whenClosed.run();
        }
    }

    /** @param owns whether the runtime ends with this client */
    void add(ClientSession session, boolean owns) {
        if (closing.get()) {
            throw new IllegalStateException("the runtime is closed");
        }
        sessions.add(session);
        if (owns) {
            sole.add(session);
        }
    }

    /** A client has ended. */
    void ended(ClientSession session) {
        sessions.remove(session);
        if (sole.remove(session)) {
            closeSoon();
        }
    }

    boolean isOwnThread() {
        return network.inLoop() || Threads.runs(workers) || Threads.runs(background) || Threads.runs(completions);
    }

    /** Waits at most so long; returns early when interrupted, still interrupted. */
    void awaitEnd(CompletableFuture<Void> future, long nanos) {
        try {
            future.get(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException late) {
            // The bound is the promise; what is late is ended by force or ends by itself.
            return;
        }
    }

    private void closeSoon() {
        if (closing.compareAndSet(false, true)) {
            Thread closer = new Thread(this::closeAll, "hongyan-client-close");
            closer.setDaemon(true);
            closer.start();
        }
    }

    private void closeAll() {
        try {
            List<ClientSession> open = List.copyOf(sessions);
            open.forEach(session -> session.inOwner(session::close));
            awaitEnd(allEnded(open), closeNanos(open));
            open.forEach(session -> session.inOwner(session::endNow));
            awaitEnd(allEnded(open), END_CLIENTS_NANOS);
            Threads.close(workers);
            Threads.close(background);
            Threads.close(completions);
            network.close();
        } finally {
            // A listener that never returned holds back the last call of its client, and there are no threads for it
            // now.
            sessions.forEach(session -> session.ended().complete(null));
            closed.complete(null);
        }
    }

    /** What the slowest client may take to close, and a second for its listeners. */
    private static long closeNanos(List<ClientSession> sessions) {
        long most = 0;
        for (ClientSession session : sessions) {
            most = Math.max(most, 2 * session.config().closeTimeoutNanos());
        }
        return most + LISTENERS_NANOS;
    }

    private static CompletableFuture<Void> allEnded(List<ClientSession> sessions) {
        return CompletableFuture.allOf(
                sessions.stream().map(ClientSession::ended).toArray(CompletableFuture<?>[]::new));
    }

    /** Collects what a runtime is made from. Not thread-safe. */
    public static final class Builder {

        private int loops = 1;
        private final RudpConfig.Builder engine = RudpConfig.builder();
        private int workers = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

        private Builder() {}

        /** Event loops, 1 to 255; default 1. Each client belongs to one of them. */
        public Builder loops(int count) {
            this.loops = count;
            return this;
        }

        /** The UDP connections of a loop share one socket: for tools with thousands. Default: each has its own. */
        public Builder sharedUdpSockets() {
            engine.clientIdBytes(4);
            return this;
        }

        /**
         * Whether small chat messages over UDP are sent twice while datagrams get lost, within a budget of bytes, so that a
         * loss need not be noticed first; default true. Without it lossy paths cost fewer bytes and more latency.
         */
        public Builder redundancy(boolean copies) {
            engine.redundancy(copies);
            return this;
        }

        /** How a UDP connection finds out how much its path takes; default {@link CongestionControl#BBR}. */
        public Builder congestionControl(CongestionControl algorithm) {
            engine.congestionControl(Objects.requireNonNull(algorithm, "algorithm"));
            return this;
        }

        /**
         * The longest datagram, 1,200 to 1,452 bytes of UDP payload; default 1,452. Longer ones than 1,200 carry bulk
         * alone, and only where the path was seen to carry them; with 1,200 it is never tried.
         */
        public Builder maxDatagramBytes(int bytes) {
            engine.maxDatagramBytes(bytes);
            return this;
        }

        /** Most worker threads, 1 to 1,024; default twice the processors, 4 at least. */
        public Builder workers(int count) {
            this.workers = count;
            return this;
        }

        /**
         * The runtime, with its loops running.
         *
         * @throws IllegalArgumentException naming every mistake
         */
        public ClientRuntime build() {
            List<String> mistakes = mistakes();
            if (!mistakes.isEmpty()) {
                throw new IllegalArgumentException(String.join("; ", mistakes));
            }
            return new ClientRuntime(this);
        }

        /** All that is out of its range, in words. */
        List<String> mistakes() {
            List<String> mistakes = new ArrayList<>();
            if (loops < 1 || loops > 255) {
                mistakes.add("loops must be 1 to 255: " + loops);
            }
            if (workers < 1 || workers > 1_024) {
                mistakes.add("workers must be 1 to 1024: " + workers);
            }
            try {
                engine.build();
            } catch (IllegalArgumentException outOfRange) {
                mistakes.add(String.valueOf(outOfRange.getMessage()));
            }
            return mistakes;
        }
    }

    /** A pool that knows its threads. Its queue holds at most one task for each lane, look-up or stage lane. */
    private static final class Threads implements Executor {

        private final ThreadPoolExecutor pool;
        private final ThreadGroup group;

        Threads(String name, int size) {
            AtomicInteger number = new AtomicInteger();
            this.group = new ThreadGroup(name);
            this.pool = new ThreadPoolExecutor(
                    size, size, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                        Thread thread = new Thread(group, task, name + "-" + number.getAndIncrement());
                        thread.setDaemon(true);
                        return thread;
                    });
            pool.allowCoreThreadTimeOut(true);
        }

        @Override
        public void execute(Runnable task) {
            pool.execute(task);
        }

        /** Whether the caller is on a thread of this executor. */
        static boolean runs(Executor executor) {
            return executor instanceof Threads threads && Thread.currentThread().getThreadGroup() == threads.group;
        }

        static void close(Executor executor) {
            if (executor instanceof Threads threads) {
                threads.close();
            }
        }

        private void close() {
            pool.shutdown();
            try {
                if (!pool.awaitTermination(1, TimeUnit.SECONDS)) {
                    pool.shutdownNow();
                    pool.awaitTermination(1, TimeUnit.SECONDS);
                }
            } catch (InterruptedException interrupted) {
                pool.shutdownNow();
                Thread.currentThread().interrupt();
            }
        }
    }
}
