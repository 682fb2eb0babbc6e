// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import io.hongyan.core.auth.Authenticator;
import io.hongyan.core.auth.TakeoverPolicy;
import io.hongyan.core.inbound.Reception;
import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.limit.SlowConsumerPolicy;
import io.hongyan.core.listener.DeliveryListener;
import io.hongyan.core.listener.MessageInterceptor;
import io.hongyan.core.listener.MessageListener;
import io.hongyan.core.listener.PresenceListener;
import io.hongyan.core.listener.PresenceVisibility;
import io.hongyan.core.listener.SessionInfo;
import io.hongyan.core.listener.SessionListener;
import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.presence.PresenceBoard;
import io.hongyan.core.routing.DeliveryEvents;
import io.hongyan.core.routing.InstanceWindows;
import io.hongyan.core.routing.Mailbox;
import io.hongyan.core.routing.Mailboxes;
import io.hongyan.core.routing.MessageRouter;
import io.hongyan.core.routing.ReadReceipts;
import io.hongyan.core.routing.Routed;
import io.hongyan.core.routing.Senders;
import io.hongyan.core.routing.ServerSends;
import io.hongyan.core.session.ListenerInvoker;
import io.hongyan.core.session.Loops;
import io.hongyan.core.session.Session;
import io.hongyan.core.session.SessionRegistry;
import io.hongyan.core.session.WorkerPool;
import io.hongyan.core.store.InMemoryMessageStore;
import io.hongyan.core.store.MessageStore;
import io.hongyan.core.time.Housekeeper;
import io.hongyan.core.time.NanoClock;
import io.hongyan.core.time.ThreadHousekeeper;
import io.hongyan.core.transport.Bound;
import io.hongyan.core.transport.Transport;
import io.hongyan.core.transport.TransportContext;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionAcceptor;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.UserId;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server: its sessions, its router and the application's listeners, without a socket of its own. Transports bring
 * connections; tests may, too. Many nodes live in one JVM and know nothing of each other.
 *
 * <pre>{@code
 * ImNode node = ImNode.builder()
 *         .listen(transport)
 *         .authenticator(login -> tokens.verify(login.token()))
 *         .onMessage((sender, message) -> log.info("{} -> {}", sender.user(), message.to()))
 *         .build();
 * node.start();
 * }</pre>
 *
 * <p>Life: built, {@linkplain #start() started} once, {@linkplain #stop stopped} once; both may be called again and then
 * return the same stage. A node that failed to start is stopped.
 */
@ThreadSafe
public final class ImNode implements ConnectionAcceptor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ImNode.class);
    private static final Duration LONGEST_KICK = Duration.ofHours(1);
    private static final Drain DEFAULT_DRAIN = Drain.within(Duration.ofSeconds(10));
    private static final long TICK_NANOS = 250_000_000L;
    private static final int TICKS_PER_EXPIRY = 4;
    private static final int EXPIRED_AT_ONCE = 1000;
    private static final int MOST_LOGIN_THREADS = 16;

    /** How long a stop waits for a transport that is still binding, in ns. */
    private static final long BINDING_NANOS = 2_000_000_000L;

    private final ServerLimits limits;
    private final MessageStore store;
    private final List<Transport> transports;
    private final NanoClock clock;
    private final InstantSource wallClock;
    private final Housekeeper housekeeper;
    private final List<ThreadPoolExecutor> ownPools = new ArrayList<>(2);
    private final ImMetrics metrics;
    private final WorkerPool workers;
    private final SessionRegistry<Mailbox> registry = new SessionRegistry<>();
    private final ServerSends sends;
    private final Mailboxes mailboxes;
    private final MessageRouter router;
    private final PresenceBoard board;
    private final Reception reception;
    private final TransportCounts transportCounts;
    private final HealthCheck health;
    private final AtomicBoolean expiring = new AtomicBoolean();

    private final CompletableFuture<List<Bound>> started = new CompletableFuture<>();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private volatile List<Bound> bound = List.of();
    private volatile @Nullable Throwable startFailure;
    private volatile boolean stopping;

    // Guarded by this.
    private boolean startCalled;
    private List<CompletableFuture<List<Bound>>> starts = List.of();
    private List<CompletableFuture<Void>> silenced = List.of();
    private int ticks;

    private ImNode(Builder builder) {
        long instance = builder.random.nextLong();
        this.limits = builder.allLimits();
        this.clock = builder.clock;
        this.wallClock = builder.wallClock;
        this.transports = List.copyOf(builder.transports);
        this.store = builder.store == null ? new InMemoryMessageStore() : builder.store;
        this.housekeeper =
                builder.housekeeper == null ? new ThreadHousekeeper("hongyan-housekeeper") : builder.housekeeper;
        this.metrics = builder.metrics;
        ListenerInvoker invoker = new ListenerInvoker(clock, builder.metrics);
        this.workers = new WorkerPool(
                executorOr(builder.executor, "hongyan-worker", limits.workerThreads()), housekeeper, invoker);
        WorkerPool loginWorkers = new WorkerPool(
                executorOr(builder.executor, "hongyan-login", Math.min(limits.concurrentLogins(), MOST_LOGIN_THREADS)),
                housekeeper,
                invoker);
        InstanceWindows windows = new InstanceWindows(limits.rememberedInstances(), limits.instancesPerUser());
        DeliveryEvents deliveryEvents = new DeliveryEvents(builder.deliveryListeners, workers, limits.laneTasks());
        this.sends = new ServerSends(instance, limits.outstandingSends(), limits.sendTimeoutMillis(), clock);
        Senders senders = new Senders(windows, sends);
        this.mailboxes = new Mailboxes(
                registry,
                store,
                limits,
                builder.takeover,
                senders,
                deliveryEvents,
                invoker,
                housekeeper,
                builder.metrics,
                wallClock);
        this.router = new MessageRouter(mailboxes, limits.maxFrameBytes());
        this.board = new PresenceBoard(limits, builder.presenceListeners, workers, clock, wallClock);
        this.reception = new Reception(new Reception.Parts(
                limits,
                new Loops(clock, wallClock, limits.loopPairBytes()),
                mailboxes,
                router,
                windows,
                registry,
                deliveryEvents,
                new ReadReceipts(senders, deliveryEvents, builder.metrics),
                board,
                builder.presenceVisibility,
                workers,
                loginWorkers,
                builder.metrics,
                builder.allAuthenticators(),
                builder.takeover,
                builder.interceptors,
                builder.messageListeners,
                builder.sessionListeners,
                instance,
                instance >>> 24,
                store.durable()));
        this.transportCounts = new TransportCounts(transports, invoker, builder.metrics);
        this.health = new HealthCheck(clock, housekeeper, limits, reception, mailboxes, sends);
    }

    /** A builder with safe defaults. */
    public static Builder builder() {
        return new Builder();
    }

    // ---- life

    /**
     * Starts the transports.
     *
     * @return complete when all are bound, with what they are bound to; failed with the first cause when one is not, and
     *     then the others are closed again
     */
    public CompletionStage<List<Bound>> start() {
        List<CompletableFuture<List<Bound>>> outcomes = new ArrayList<>(transports.size());
        synchronized (this) {
            if (startCalled) {
                return started;
            }
            health.begin();
            startCalled = true;
            transports.forEach(transport -> outcomes.add(new CompletableFuture<>()));
            starts = outcomes;
        }
        LOG.info("event=starting transports={} store=\"{}\"", transports.size(), store.description());
        tickLater();
        for (int i = 0; i < transports.size(); i++) {
            start(transports.get(i), outcomes.get(i));
        }
        CompletionStage<Void> all = CompletableFuture.allOf(outcomes.toArray(new CompletableFuture<?>[0]));
        all.whenComplete((done, failure) -> bound(outcomes, failure));
        return started;
    }

    /** What the transports are bound to; empty before they are. */
    public List<Bound> bound() {
        return bound;
    }

    /** As {@link #stop(Drain)}, with the defaults of {@link Drain#within}. */
    public CompletionStage<Void> stop(Duration drain) {
        return stop(Drain.within(drain));
    }

    /**
     * Stops: takes no connection and no login, tells sessions to go in their turn, ends each when it has counted what was
     * sent to it, waits for listeners and the store, closes. A node that was never started stops at once. A transport
     * that is still binding is closed when it has bound, which the stop waits for, but for 2 s at most.
     *
     * @param drain how long sessions may take, and where they go; what they have not counted then goes back to the store
     * @return complete when no connection, thread or socket of the node is left; the same when called again, whose drain
     *     does not count
     */
    public CompletionStage<Void> stop(Drain drain) {
        Objects.requireNonNull(drain, "drain");
        List<CompletableFuture<List<Bound>>> outcomes;
        synchronized (this) {
            if (stopping) {
                return stopped;
            }
            stopping = true;
            startCalled = true;
            outcomes = starts;
        }
        List<CompletableFuture<Void>> stops = new ArrayList<>(transports.size());
        for (int i = 0; i < transports.size(); i++) {
            CompletableFuture<List<Bound>> start =
                    outcomes.isEmpty() ? CompletableFuture.completedFuture(List.of()) : outcomes.get(i);
            stops.add(stopAcceptingAfter(start, transports.get(i)));
        }
        synchronized (this) {
            silenced = stops;
        }
        new Stopping(reception, mailboxes, workers, housekeeper, clock, metrics, drain, this::closeParts).begin();
        return stopped;
    }

    /** Complete when the node has stopped, whoever stopped it. */
    public CompletionStage<Void> whenStopped() {
        return stopped;
    }

    /** Stops with a drain of 10 s and waits for it. Never on an event loop or in a listener. */
    @Override
    public void close() {
        stop(DEFAULT_DRAIN).toCompletableFuture().join();
    }

    @Override
    public ConnectionHandler onConnection(Connection connection) {
        return reception.onConnection(connection);
    }

    // ---- messages from the application

    /** Sends bytes in the chat lane; see {@link #send(Address, Content, ReceiptLevel)}. */
    public CompletionStage<Receipt> send(Address to, Payload payload, ReceiptLevel level) {
        return send(to, Content.of(payload), level);
    }

    /**
     * Sends a message from the server. Messages that one thread sends to one recipient arrive in order, within each lane.
     * From any thread; does not block.
     *
     * @param to a user, or one device that is here
     * @param level what to await; {@code STORED} needs a durable store and a user
     * @return complete when that level is reached, or cannot be, or its time is up; never fails
     */
    public CompletionStage<Receipt> send(Address to, Content content, ReceiptLevel level) {
        MessageId id = sends.nextId();
        ReasonCode refusal = refusalOf(to, content, level);
        if (refusal != null) {
            return CompletableFuture.completedStage(Receipt.refused(id, refusal));
        }
        Message message = message(id, to, content);
        if (content.lane() == Lane.EPHEMERAL) {
            router.routeEphemeral(message, null);
            return CompletableFuture.completedStage(Receipt.reached(id, ReceiptLevel.ACCEPTED));
        }
        CompletableFuture<ServerSends.Outcome> outcome = sends.await(id, stageOf(level));
        if (outcome == null) {
            return CompletableFuture.completedStage(Receipt.refused(id, ReasonCode.BACKPRESSURED));
        }
        if (outcome.isDone()) {
            return outcome.thenApply(over -> receipt(id, over, level));
        }
        Routed routed = router.route(message, sends, null);
        if (routed instanceof Routed.Settled settled) {
            sends.settled(id.counter(), settled.code(), null);
        } else {
            ((Routed.Open) routed).code().thenAccept(code -> sends.settled(id.counter(), code, null));
        }
        return outcome.thenApply(reached -> receipt(id, reached, level));
    }

    /**
     * Sends a message to every user who is here now; its {@code to} is the server, and all share one encoded frame.
     * Nobody's receipt is awaited. From any thread; takes about a microsecond per user.
     *
     * @return the number of users it was sent to
     */
    public int broadcast(Content content) {
        ReasonCode refusal = refusalOf(Address.server(), content, ReceiptLevel.ACCEPTED);
        if (refusal != null) {
            throw new IllegalArgumentException("cannot be sent: " + refusal);
        }
        return router.broadcast(message(sends.nextId(), Address.server(), content), sends);
    }

    // ---- sessions

    /**
     * Ends all sessions of a user.
     *
     * @param code one that ends connections, such as {@link ReasonCode#KICKED}
     * @param text for people, sent to the clients
     * @return the number of sessions that end
     */
    public int kick(UserId user, ReasonCode code, String text) {
        requireEnding(code);
        Mailbox mailbox = registry.find(user);
        Session[] sessions = mailbox == null ? new Session[0] : mailbox.sessions();
        for (Session session : sessions) {
            session.endSoon(code, text);
        }
        return sessions.length;
    }

    /** Ends the session of one device. @return whether there is one */
    public boolean kick(UserId user, DeviceId device, ReasonCode code, String text) {
        requireEnding(code);
        Mailbox mailbox = registry.find(user);
        return end(mailbox == null ? null : mailbox.sessionOf(device), code, text);
    }

    /** Ends one session. @return whether there is one with this id */
    public boolean kick(long sessionId, ReasonCode code, String text) {
        requireEnding(code);
        return end(registry.byId(sessionId), code, text);
    }

    /** Ends every session of the node at once. @return the number of sessions that end */
    public int kickAll(ReasonCode code, String text) {
        return kickAll(code, text, Duration.ZERO);
    }

    /**
     * Ends every session that is here now, spread evenly over a time, so that their clients do not come back as one crowd.
     * Those that begin meanwhile stay.
     *
     * @param code one that ends connections; it tells the clients whether to come back
     * @param text for people, sent to the clients
     * @param over 0 to 1 h; 0 ends all at once
     * @return the number of sessions that end
     */
    public int kickAll(ReasonCode code, String text, Duration over) {
        requireEnding(code);
        if (over.isNegative() || over.compareTo(LONGEST_KICK) > 0) {
            throw new IllegalArgumentException("kicking all takes 0 to " + LONGEST_KICK + ", not " + over);
        }
        List<Session> all = List.copyOf(registry.sessions());
        new PacedKick(all, code, text, over.toNanos(), housekeeper, clock).step();
        return all.size();
    }

    /** The sessions of a user now, oldest first. */
    public List<SessionInfo> sessions(UserId user) {
        Mailbox mailbox = registry.find(user);
        return mailbox == null ? List.of() : Collections.unmodifiableList(mailbox.infos());
    }

    /** Number of sessions now. */
    public int sessionCount() {
        return registry.size();
    }

    /** Whether a user is here now. */
    public Presence presence(UserId user) {
        io.hongyan.protocol.packet.Presence now = board.of(user);
        Instant since = now.sinceMillis() == 0 ? null : Instant.ofEpochMilli(now.sinceMillis());
        return new Presence(user, now.online(), since, sessions(user));
    }

    // ---- how it is

    /** What the node holds now. Cheap enough for every second, from any thread. */
    public NodeStats stats() {
        return new NodeStats(
                reception.links(),
                reception.strangers(),
                registry.size(),
                reception.detached(),
                registry.homes().size(),
                reception.loginsWaiting(),
                workers.busyLanes(),
                reception.reassemblyBytes(),
                mailboxes.bulkBytes(),
                sends.outstanding(),
                mailboxes.storeOperations(),
                transportCounts.latest());
    }

    /**
     * Looks whether the node works and should be sent clients. Does not block.
     *
     * @return complete within about a second, at once when all is well; what hangs on it runs on no event loop
     */
    public CompletionStage<Health> health() {
        if (stopped.isDone()) {
            return CompletableFuture.completedStage(new Health(false, false, List.of("it has stopped")));
        }
        boolean hasBegun;
        synchronized (this) {
            hasBegun = startCalled;
        }
        if (!hasBegun) {
            return CompletableFuture.completedStage(new Health(true, false, List.of("it has not started")));
        }
        if (stopping) {
            return health.check(List.of("it is being stopped"));
        }
        return health.check(started.isDone() ? List.of() : List.of("not every listener is bound"));
    }

    // ---- inside

    /** What is held in memory now, for tests of leaks. */
    Holdings holdings() {
        return new Holdings(
                registry.homes().size(),
                registry.size(),
                reception.connections(),
                mailboxes.bulkBytes(),
                reception.reassemblyBytes(),
                sends.outstanding());
    }

    /** Who is there and who is told, for tests of leaks. */
    PresenceBoard presenceBoard() {
        return board;
    }

    /** @see #holdings() */
    record Holdings(
            int mailboxes, int sessions, int connections, long bulkBytes, long reassemblyBytes, int outstandingSends) {}

    /** Not when somebody has stopped the node meanwhile. */
    private void start(Transport transport, CompletableFuture<List<Bound>> outcome) {
        if (stopping) {
            outcome.cancel(false);
            return;
        }
        CompletionStage<List<Bound>> start = workers.invoker().stage(() -> transport.start(new Context()));
        start.thenApply(addresses -> List.copyOf(addresses)).whenComplete((addresses, failure) -> {
            if (failure == null) {
                outcome.complete(addresses);
            } else {
                outcome.completeExceptionally(failure);
            }
        });
    }

    /** All are bound, or one cannot be. The outcome of a start that was stopped meanwhile is the stop's to tell. */
    private void bound(List<CompletableFuture<List<Bound>>> outcomes, @Nullable Throwable failure) {
        List<Bound> all = new ArrayList<>();
        synchronized (this) {
            if (stopping) {
                return;
            }
            if (failure == null) {
                outcomes.forEach(outcome -> all.addAll(outcome.getNow(List.of())));
                bound = List.copyOf(all);
                LOG.info("event=started{}", addresses(bound));
            }
        }
        if (failure != null) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            LOG.info("event=start_failed reason=\"{}\"", cause.toString());
            startFailure = cause;
            stop(Duration.ZERO);
            return;
        }
        started.complete(bound);
    }

    /** As key=value, such as {@code tcp=127.0.0.1:7901}. */
    private static String addresses(List<Bound> bound) {
        StringBuilder text = new StringBuilder();
        for (Bound each : bound) {
            InetSocketAddress address = each.address();
            String host = address.isUnresolved()
                    ? address.getHostString()
                    : address.getAddress().getHostAddress();
            text.append(' ').append(each.transport()).append('=');
            text.append(host.indexOf(':') < 0 ? host : '[' + host + ']');
            text.append(':').append(address.getPort());
        }
        return text.toString();
    }

    /** In the order of a transport's life: not before its start is over, however it ended. */
    private CompletableFuture<Void> stopAcceptingAfter(CompletableFuture<List<Bound>> start, Transport transport) {
        return start.handle((addresses, failure) -> {
            workers.invoker().run(transport, transport::stopAccepting);
            return null;
        });
    }

    private CompletableFuture<Void> closeAfter(CompletableFuture<Void> silence, Transport transport) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        CompletionStage<Void> close = silence.thenCompose(silent -> closeOf(transport, transport::close));
        close.whenComplete((done, failure) -> over.complete(null));
        if (!silence.isDone()) {
            housekeeper.schedule(BINDING_NANOS, () -> {
                if (!silence.isDone()) {
                    LOG.warn(
                            "event=still_binding class={} detail=\"closed when it has bound\"",
                            transport.getClass().getName());
                    over.complete(null);
                }
            });
        }
        return over;
    }

    private void closeParts() {
        sends.close();
        transportCounts.ask();
        List<CompletableFuture<Void>> stops;
        synchronized (this) {
            stops = silenced;
        }
        List<CompletableFuture<?>> closes = new ArrayList<>();
        for (int i = 0; i < transports.size(); i++) {
            closes.add(closeAfter(stops.get(i), transports.get(i)));
        }
        closes.add(closeOf(store, store::close));
        CompletionStage<Void> all = CompletableFuture.allOf(closes.toArray(new CompletableFuture<?>[0]));
        all.whenComplete((done, failure) -> {
            ownPools.forEach(ThreadPoolExecutor::shutdown);
            housekeeper.close();
            LOG.info("event=stopped");
            Throwable cause = startFailure;
            if (cause == null) {
                started.cancel(false);
            } else {
                started.completeExceptionally(cause);
            }
            stopped.complete(null);
        });
    }

    private CompletableFuture<Void> closeOf(Object part, Supplier<CompletionStage<Void>> close) {
        ListenerInvoker invoker = workers.invoker();
        CompletionStage<Void> stage = invoker.stage(close);
        return stage.whenComplete((done, failure) -> {
                    if (failure != null) {
                        invoker.stageFailed(part, failure);
                    }
                })
                .toCompletableFuture();
    }

    private void tickLater() {
        housekeeper.schedule(TICK_NANOS, this::tick);
    }

    private void tick() {
        if (stopped.isDone()) {
            return;
        }
        long now = clock.nanoTime();
        health.ticked(now);
        reception.expireLogins(now);
        board.tick(now);
        if (isExpiryDue()) {
            sends.expire(now);
            expireInStore();
            transportCounts.ask();
        }
        tickLater();
    }

    /** Not again before the store has answered: one that does not would be asked for ever. */
    private void expireInStore() {
        if (!mailboxes.isClosed() && expiring.compareAndSet(false, true)) {
            mailboxes.expire(EXPIRED_AT_ONCE).whenComplete((done, failure) -> {
                if (failure == null) {
                    health.storeAnswered();
                }
                expiring.set(false);
            });
        }
    }

    private synchronized boolean isExpiryDue() {
        return ++ticks % TICKS_PER_EXPIRY == 0;
    }

    private @Nullable ReasonCode refusalOf(Address to, Content content, ReceiptLevel level) {
        if (mailboxes.isClosed()) {
            return ReasonCode.SERVER_STOPPING;
        }
        if (content.payload().size() > limits.maxMessageBytes()) {
            return ReasonCode.MESSAGE_TOO_LARGE;
        }
        boolean kept = store.durable() && to.kind() == Address.Kind.USER;
        boolean served = level == ReceiptLevel.ACCEPTED
                || content.lane() != Lane.EPHEMERAL && (level != ReceiptLevel.STORED || kept);
        return served ? null : ReasonCode.NOT_SUPPORTED;
    }

    private Message message(MessageId id, Address to, Content content) {
        return new Message(
                id,
                to,
                Address.server(),
                null,
                0,
                wallClock.millis(),
                content.type(),
                content.kind(),
                content.lane(),
                content.ttlSeconds(),
                content.payload());
    }

    private Receipt receipt(MessageId id, ServerSends.Outcome outcome, ReceiptLevel asked) {
        return switch (outcome.stage()) {
            case REFUSED -> Receipt.refused(id, outcome.code());
            case ACCEPTED ->
                Receipt.reached(id, asked == ReceiptLevel.STORED ? ReceiptLevel.STORED : ReceiptLevel.ACCEPTED);
            case DELIVERED -> Receipt.reached(id, ReceiptLevel.DELIVERED);
            case READ -> Receipt.reached(id, ReceiptLevel.READ);
        };
    }

    /** What to wait for: a durable store accepts what it has stored. */
    private static ServerSends.Stage stageOf(ReceiptLevel level) {
        return switch (level) {
            case ACCEPTED, STORED -> ServerSends.Stage.ACCEPTED;
            case DELIVERED -> ServerSends.Stage.DELIVERED;
            case READ -> ServerSends.Stage.READ;
        };
    }

    private Executor executorOr(@Nullable Executor given, String name, int threads) {
        if (given != null) {
            return given;
        }
        ThreadPoolExecutor pool = WorkerThreads.pool(name, threads);
        ownPools.add(pool);
        return pool;
    }

    private static boolean end(@Nullable Session session, ReasonCode code, String text) {
        if (session == null) {
            return false;
        }
        session.endSoon(code, text);
        return true;
    }

    private static void requireEnding(ReasonCode code) {
        if (!code.endsConnection()) {
            throw new IllegalArgumentException(code + " does not end a session");
        }
    }

    /** What transports are told. */
    private final class Context implements TransportContext {
        private static final int LEAST_IDLE_MILLIS = 120_000;
        private static final int MOST_IDLE_MILLIS = 3_600_000;

        @Override
        public ConnectionAcceptor acceptor() {
            return reception;
        }

        @Override
        public int maxFrameBytes() {
            return limits.maxFrameBytes();
        }

        @Override
        public int maxMessageBytes() {
            return limits.maxMessageBytes();
        }

        @Override
        public long loginTimeoutMillis() {
            return limits.loginTimeoutMillis();
        }

        @Override
        public int idleTimeoutMillis() {
            return Math.max(LEAST_IDLE_MILLIS, Math.min(MOST_IDLE_MILLIS, limits.keepAliveSeconds() * 2_500));
        }

        @Override
        public int minKeepAliveSeconds() {
            return limits.minKeepAliveSeconds();
        }
    }

    /** Gathers what a node is made of; all mistakes are reported together by {@link #build()}. Not thread-safe. */
    public static final class Builder {
        private final List<Transport> transports = new ArrayList<>();
        private final List<Authenticator> authenticators = new ArrayList<>();
        private final List<MessageListener> messageListeners = new ArrayList<>();
        private final List<MessageInterceptor> interceptors = new ArrayList<>();
        private final List<SessionListener> sessionListeners = new ArrayList<>();
        private final List<DeliveryListener> deliveryListeners = new ArrayList<>();
        private TakeoverPolicy takeover = TakeoverPolicy.manyDevices();
        private final List<PresenceListener> presenceListeners = new ArrayList<>();
        private PresenceVisibility presenceVisibility = PresenceVisibility.oneself();
        private boolean anyone;
        private boolean noRateLimits;
        private @Nullable SlowConsumerPolicy slowConsumer;
        private ServerLimits limits = ServerLimits.defaults();
        private @Nullable MessageStore store;
        private ImMetrics metrics = ImMetrics.NONE;
        private @Nullable Executor executor;
        private @Nullable Housekeeper housekeeper;
        private NanoClock clock = NanoClock.SYSTEM;
        private InstantSource wallClock = InstantSource.system();
        private RandomGenerator random = new SecureRandom();

        private Builder() {}

        /** Adds a way for clients to reach the node; none is needed when connections are brought by hand. */
        public Builder listen(Transport transport) {
            transports.add(Objects.requireNonNull(transport, "transport"));
            return this;
        }

        /** Adds who decides about logins. Several are asked in turn until one does not abstain. */
        public Builder authenticator(Authenticator authenticator) {
            authenticators.add(Objects.requireNonNull(authenticator, "authenticator"));
            return this;
        }

        /** Lets everybody in as whoever they say they are; instead of an authenticator. */
        public Builder allowAnyone() {
            anyone = true;
            return this;
        }

        /** How many devices of a user may be here at once, and who goes; {@link TakeoverPolicy#manyDevices()} by default. */
        public Builder takeover(TakeoverPolicy policy) {
            this.takeover = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /** Adds who hears messages to the server. */
        public Builder onMessage(MessageListener listener) {
            messageListeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /** Adds who judges every message. Several are asked in turn. */
        public Builder interceptor(MessageInterceptor interceptor) {
            interceptors.add(Objects.requireNonNull(interceptor, "interceptor"));
            return this;
        }

        /** Adds who hears of sessions. */
        public Builder sessionListener(SessionListener listener) {
            sessionListeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /** Adds who hears of deliveries. */
        public Builder deliveryListener(DeliveryListener listener) {
            deliveryListeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /** Adds who hears of users coming and going. */
        public Builder presenceListener(PresenceListener listener) {
            presenceListeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /** Whose presence clients may see; {@link PresenceVisibility#oneself()} by default. */
        public Builder presenceVisibility(PresenceVisibility visibility) {
            this.presenceVisibility = Objects.requireNonNull(visibility, "visibility");
            return this;
        }

        /** What keeps messages for who is not here; in memory and bounded by default. The node closes it. */
        public Builder messageStore(MessageStore store) {
            this.store = Objects.requireNonNull(store, "store");
            return this;
        }

        /** The bounds; {@link ServerLimits#defaults()} by default. */
        public Builder limits(ServerLimits limits) {
            this.limits = Objects.requireNonNull(limits, "limits");
            return this;
        }

        /** Switches the rates of messages, bytes, packets and logins off. */
        public Builder noRateLimits() {
            noRateLimits = true;
            return this;
        }

        /**
         * What becomes of a user who does not read what is written to him; {@link SlowConsumerPolicy#KEEP_FOR_LATER} by
         * default. Before what the limits say.
         */
        public Builder slowConsumer(SlowConsumerPolicy policy) {
            slowConsumer = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /** Where counts go; nowhere by default. */
        public Builder metrics(ImMetrics metrics) {
            this.metrics = Objects.requireNonNull(metrics, "metrics");
            return this;
        }

        /**
         * Runs listeners, interceptors and authenticators: virtual threads, for instance. By default the node has bounded
         * pools of its own. The node does not close it.
         */
        public Builder executor(Executor executor) {
            this.executor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /** The clock of time-outs and rates; the JVM's by default. */
        public Builder clock(NanoClock clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /** The clock of stamps that people see, and of times to live; the system's by default. */
        public Builder wallClock(InstantSource wallClock) {
            this.wallClock = Objects.requireNonNull(wallClock, "wallClock");
            return this;
        }

        /** Runs what belongs to no event loop; a thread of the node's own by default. For tests with a virtual clock. */
        public Builder housekeeper(Housekeeper housekeeper) {
            this.housekeeper = Objects.requireNonNull(housekeeper, "housekeeper");
            return this;
        }

        /** Draws the node's own ids; a cryptographic source by default. For tests that must take the same course again. */
        public Builder random(RandomGenerator random) {
            this.random = Objects.requireNonNull(random, "random");
            return this;
        }

        /** What is wrong as it stands, one sentence each; empty when nothing is. */
        public List<String> mistakes() {
            List<String> mistakes = new ArrayList<>();
            if (authenticators.isEmpty() && !anyone) {
                mistakes.add("no authenticator: give one, or say allowAnyone()");
            }
            if (!authenticators.isEmpty() && anyone) {
                mistakes.add("an authenticator and allowAnyone(): only one of them can be meant");
            }
            return mistakes;
        }

        /** @throws IllegalStateException naming every mistake */
        public ImNode build() {
            List<String> mistakes = mistakes();
            if (!mistakes.isEmpty()) {
                throw new IllegalStateException(String.join("; ", mistakes));
            }
            return new ImNode(this);
        }

        private List<Authenticator> allAuthenticators() {
            return anyone ? List.of(Authenticator.anyone()) : authenticators;
        }

        private ServerLimits allLimits() {
            ServerLimits.Builder all = limits.toBuilder();
            if (noRateLimits) {
                all.noRateLimits();
            }
            if (slowConsumer != null) {
                all.slowConsumer(slowConsumer);
            }
            return all.build();
        }
    }
}
