// SPDX-License-Identifier: Apache-2.0
package io.hongyan.server.netty;

import io.hongyan.core.Content;
import io.hongyan.core.Drain;
import io.hongyan.core.Health;
import io.hongyan.core.ImNode;
import io.hongyan.core.NodeStats;
import io.hongyan.core.Presence;
import io.hongyan.core.Receipt;
import io.hongyan.core.ReceiptLevel;
import io.hongyan.core.auth.Authenticator;
import io.hongyan.core.auth.ConnectionFilter;
import io.hongyan.core.auth.TakeoverPolicy;
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
import io.hongyan.core.store.MessageStore;
import io.hongyan.core.time.NanoClock;
import io.hongyan.core.transport.Bound;
import io.hongyan.core.transport.Transport;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.UserId;
import io.hongyan.protocol.rudp.ServerSecret;
import io.hongyan.transport.netty.IoChoice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An IM server inside your process: the entry to everything on the server's side.
 *
 * <pre>{@code
 * try (ImServer server = ImServer.builder()
 *         .listen(Transports.tcp(7901))
 *         .listen(Transports.udp(7901))
 *         .authenticator(login -> tokens.verify(login.token()))
 *         .onMessage((sender, message) -> log.info("{} -> {}", sender.user(), message.to()))
 *         .start()) {
 *     server.awaitStop();
 * }
 * }</pre>
 *
 * <p>A server is started once and stopped once; both may be said again. Several live in one JVM side by side.
 *
 * <pre>
 *   built  -- start -->  running  -- stop(drain) -->  draining  -->  stopped
 *                \___ cannot bind: nothing stays behind ____________/
 * </pre>
 */
@ThreadSafe
public final class ImServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ImServer.class);

    /** How long {@link #close()} lets sessions finish, unless the builder was told otherwise. */
    public static final Duration DEFAULT_DRAIN = Duration.ofSeconds(10);

    private final ImNode node;
    private final LoopsOfServer loops;
    private final boolean anyone;
    private final boolean newSecret;
    private final Drain drain;
    private final List<TcpTransport> tcp;
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    // Guarded by the loops.
    private boolean starting;
    private boolean stopping;

    private ImServer(ImNode node, List<TcpTransport> tcp, Builder builder) {
        this.node = node;
        this.tcp = tcp;
        this.loops = builder.loops;
        this.anyone = builder.anyone;
        this.drain = builder.drain;
        this.newSecret = builder.secret == null && builder.transports.stream().anyMatch(NettyTransport::isUdp);
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * Binds every transport and takes clients. Blocks until it does, also while another thread starts it. On a server
     * that runs it does nothing.
     *
     * @return this
     * @throws UncheckedIOException if an address cannot be had; the message names it and the cause, and nothing of the
     *     server stays behind
     * @throws IllegalStateException if the server was stopped before, or is while it starts
     */
    public ImServer start() {
        boolean first;
        synchronized (loops) {
            if (stopping) {
                throw new IllegalStateException("a server that was stopped does not start again: build another one");
            }
            first = !starting;
            starting = true;
        }
        if (first) {
            startParts();
        }
        awaitStart();
        return this;
    }

    /**
     * As {@link #stop(Drain)}, with the defaults of {@link Drain#within}.
     *
     * @param time 0 or more
     */
    public CompletionStage<Void> stop(Duration time) {
        return stop(Drain.within(time));
    }

    /**
     * Takes no new client, sends sessions away in their turn and lets each finish what is under way, ends them so that
     * their clients come back elsewhere or later, and gives back sockets and threads. Does not wait for it: may be called
     * in a listener.
     *
     * @return complete when nothing is left; the same outcome when called again, whose drain does not count
     */
    public CompletionStage<Void> stop(Drain drain) {
        Objects.requireNonNull(drain, "drain");
        boolean first;
        synchronized (loops) {
            first = !stopping;
            stopping = true;
        }
        if (first) {
            node.stop(drain).whenComplete((done, failure) -> finish(failure));
        }
        return stopped.copy();
    }

    /**
     * Waits until the server has stopped, whoever stops it. An interrupt ends the waiting, not the server.
     *
     * @throws IllegalStateException on one of its event loops, which would wait for itself; or if it did not stop in order
     */
    public void awaitStop() {
        if (loops.isOwnThread()) {
            throw new IllegalStateException("an event loop cannot wait for the server it belongs to");
        }
        try {
            stopped.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the server did not stop in order", e.getCause());
        }
    }

    /**
     * Stops with the drain of the builder and waits for it. In a listener {@link #stop} is better: the drain waits for
     * listeners, so this would wait for all of it. On one of its event loops it does not wait.
     */
    @Override
    public void close() {
        stop(drain);
        if (!loops.isOwnThread()) {
            awaitStop();
        }
    }

    /**
     * The port a carrier listens on; the first, where it listens on several.
     *
     * @param transport {@code "tcp"} or {@code "udp"}
     * @throws IllegalArgumentException if the server does not listen on it
     */
    public int port(String transport) {
        for (Bound bound : node.bound()) {
            if (bound.transport().equals(transport)) {
                return bound.port();
            }
        }
        throw new IllegalArgumentException("the server does not listen on " + transport);
    }

    /**
     * Reads certificates again at once, if their files have changed; else it happens within 10 s. Blocks while it reads.
     *
     * @return the number of listeners with a new certificate; one that cannot use its files says so in the log
     */
    public int reloadCertificates() {
        int reloaded = 0;
        for (TcpTransport transport : tcp) {
            reloaded += transport.reloadCertificates() ? 1 : 0;
        }
        return reloaded;
    }

    /** Where the server listens, with real ports; empty before it has started. */
    public List<Bound> addresses() {
        return node.bound();
    }

    /** As {@link #send(Address, Content, ReceiptLevel)}, for bytes in the chat lane. */
    public CompletionStage<Receipt> send(Address to, Payload payload, ReceiptLevel level) {
        return node.send(to, payload, level);
    }

    /**
     * Sends a message in the name of the server.
     *
     * @return completes when the message has come as far as asked for, or was refused
     */
    public CompletionStage<Receipt> send(Address to, Content content, ReceiptLevel level) {
        return node.send(to, content, level);
    }

    /**
     * Sends a message to everybody who is here.
     *
     * @return the number of users it was sent to
     */
    public int broadcast(Content content) {
        return node.broadcast(content);
    }

    /**
     * Ends all sessions of a user.
     *
     * @param code tells the client whether to come back
     * @param text for people; sent to the client
     * @return the number of sessions it ends
     */
    public int kick(UserId user, ReasonCode code, String text) {
        return node.kick(user, code, text);
    }

    /** Ends the session of one device; false if there is none. */
    public boolean kick(UserId user, DeviceId device, ReasonCode code, String text) {
        return node.kick(user, device, code, text);
    }

    /** Ends one session; false if there is none with this id. */
    public boolean kick(long sessionId, ReasonCode code, String text) {
        return node.kick(sessionId, code, text);
    }

    /** Ends every session at once; the number of them. */
    public int kickAll(ReasonCode code, String text) {
        return node.kickAll(code, text);
    }

    /**
     * Ends every session that is here now, spread evenly over a time, so that their clients do not come back as one crowd.
     *
     * @param code tells the clients whether to come back
     * @param text for people; sent to the clients
     * @param over 0 to 1 h
     * @return the number of sessions that end
     */
    public int kickAll(ReasonCode code, String text, Duration over) {
        return node.kickAll(code, text, over);
    }

    /** The sessions of a user now, oldest first. */
    public List<SessionInfo> sessions(UserId user) {
        return node.sessions(user);
    }

    /** The number of sessions now. */
    public int sessionCount() {
        return node.sessionCount();
    }

    /** Whether a user is here now. */
    public Presence presence(UserId user) {
        return node.presence(user);
    }

    /** What the server holds now. Cheap enough for every second. */
    public NodeStats stats() {
        return node.stats();
    }

    /**
     * Looks whether the server works and should be sent clients. Does not block.
     *
     * @return complete within about a second, at once when all is well; what hangs on it runs on no event loop
     */
    public CompletionStage<Health> health() {
        return node.health();
    }

    @Override
    public String toString() {
        return "ImServer" + addresses();
    }

    private void startParts() {
        Throwable failure;
        try {
            loops.open();
            logStart();
            node.start().toCompletableFuture().get();
            started.complete(null);
            return;
        } catch (ExecutionException e) {
            failure = e.getCause() == null ? e : e.getCause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = e;
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        try {
            stop(Duration.ZERO);
            awaitStop();
        } finally {
            started.completeExceptionally(failure);
        }
    }

    private void awaitStart() {
        try {
            started.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while another thread starts the server", e);
        } catch (ExecutionException e) {
            throw startFailure(e.getCause() == null ? e : e.getCause());
        } catch (CancellationException stoppedMeanwhile) {
            throw startFailure(stoppedMeanwhile);
        }
    }

    private void logStart() {
        LOG.info("event=io threads={} io={}", loops.get().size(), loops.get().io());
        if (anyone) {
            LOG.info("event=open detail=\"allowAnyone: everybody may log in as whoever they say they are\"");
        }
        if (newSecret) {
            LOG.info(
                    "event=new_secret detail=\"after a restart UDP clients notice by time-out; set serverSecret to tell them\"");
        }
    }

    /** The loops wait for their threads, so they are closed on a thread of their own. */
    private void finish(@Nullable Throwable failure) {
        Thread closer = new Thread(
                () -> {
                    try {
                        loops.close();
                    } catch (RuntimeException | Error e) {
                        stopped.completeExceptionally(e);
                    }
                    if (failure == null) {
                        stopped.complete(null);
                    } else {
                        stopped.completeExceptionally(failure);
                    }
                },
                "hongyan-stop");
        closer.start();
    }

    private static RuntimeException startFailure(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        IOException io = kernelsAnswer(cause);
        if (io != null) {
            return new UncheckedIOException(io.getMessage(), io);
        }
        if (cause instanceof CancellationException) {
            return new IllegalStateException("the server was stopped while it started", cause);
        }
        return new IllegalStateException("the server cannot start: " + cause.getMessage(), cause);
    }

    /** An address in use, no file descriptor left: also where it kept a class from being loaded. */
    private static @Nullable IOException kernelsAnswer(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException io) {
                return io;
            }
        }
        return null;
    }

    /**
     * Collects what a server is made of. Only a transport and an authenticator (or {@link #allowAnyone()}) are needed; all
     * else has safe defaults. Not thread-safe, and good for one server.
     */
    public static final class Builder {
        private final ImNode.Builder node = ImNode.builder();
        private final List<NettyTransport> transports = new ArrayList<>();
        private final List<String> mistakes = new ArrayList<>();
        private final LoopsOfServer loops = new LoopsOfServer();
        private boolean listens;
        private boolean built;
        private boolean anyone;
        private byte @Nullable [] secret;
        private Drain drain = Drain.within(DEFAULT_DRAIN);
        private ServerLimits limits = ServerLimits.defaults();
        private ImMetrics metrics = ImMetrics.NONE;
        private boolean noRateLimits;
        private @Nullable ConnectionFilter filter;

        private Builder() {}

        /** Listens there; several times for several. */
        public Builder listen(NettyTransport transport) {
            Objects.requireNonNull(transport, "transport");
            if (transports.stream().anyMatch(transport::clashesWith)) {
                mistakes.add(transport + " is listened on twice");
            }
            transport.mistake().ifPresent(mistakes::add);
            transports.add(transport);
            return this;
        }

        /** Takes clients from a transport of your own too. */
        public Builder listen(Transport transport) {
            listens = true;
            node.listen(transport);
            return this;
        }

        /** Judges logins; several are asked in turn until one does not abstain. */
        public Builder authenticator(Authenticator authenticator) {
            node.authenticator(authenticator);
            return this;
        }

        /** Lets everybody in as whoever they say they are; for tests and trusted networks. A log line says so. */
        public Builder allowAnyone() {
            anyone = true;
            node.allowAnyone();
            return this;
        }

        /** How many devices of a user may be here at once, and who goes; default: 8, the oldest goes. */
        public Builder takeover(TakeoverPolicy policy) {
            node.takeover(policy);
            return this;
        }

        /** Decides by its address who may connect at all; default: everybody. */
        public Builder connectionFilter(ConnectionFilter filter) {
            this.filter = Objects.requireNonNull(filter, "filter");
            return this;
        }

        /** Hears messages addressed to the server. */
        public Builder onMessage(MessageListener listener) {
            node.onMessage(listener);
            return this;
        }

        /** Sees every message before it is routed. */
        public Builder interceptor(MessageInterceptor interceptor) {
            node.interceptor(interceptor);
            return this;
        }

        /** Hears of the life of sessions. */
        public Builder sessionListener(SessionListener listener) {
            node.sessionListener(listener);
            return this;
        }

        /** Hears how far messages have come. */
        public Builder deliveryListener(DeliveryListener listener) {
            node.deliveryListener(listener);
            return this;
        }

        /** Hears of users coming and going. */
        public Builder presenceListener(PresenceListener listener) {
            node.presenceListener(listener);
            return this;
        }

        /** Whose presence clients may see; default: {@link PresenceVisibility#oneself() their own}. */
        public Builder presenceVisibility(PresenceVisibility visibility) {
            node.presenceVisibility(visibility);
            return this;
        }

        /** Keeps messages for who is not here; default: in memory, bounded. */
        public Builder store(MessageStore store) {
            node.messageStore(store);
            return this;
        }

        /** The bounds of everything; default: {@link ServerLimits#defaults()}. */
        public Builder limits(ServerLimits limits) {
            node.limits(limits);
            this.limits = limits;
            return this;
        }

        /** Takes messages, logins and connections at any rate, and any number of one address; all other bounds stay. */
        public Builder noRateLimits() {
            node.noRateLimits();
            noRateLimits = true;
            return this;
        }

        /** How {@link ImServer#close} sends sessions away; default: within {@link ImServer#DEFAULT_DRAIN}. */
        public Builder drain(Drain drain) {
            this.drain = Objects.requireNonNull(drain, "drain");
            return this;
        }

        /** What becomes of who does not read what is written to him; default: {@link SlowConsumerPolicy#KEEP_FOR_LATER}. */
        public Builder slowConsumer(SlowConsumerPolicy policy) {
            node.slowConsumer(policy);
            return this;
        }

        /** Where counts go; default: nowhere. */
        public Builder metrics(ImMetrics metrics) {
            node.metrics(metrics);
            this.metrics = metrics;
            return this;
        }

        /**
         * Runs listeners, interceptors and authenticators; default: a bounded pool of the server's own. The server does
         * not shut yours down.
         */
        public Builder executor(Executor executor) {
            node.executor(executor);
            return this;
        }

        /** The number of event loops, 1 to 255; default: the number of processors. */
        public Builder ioThreads(int count) {
            if (count < 1 || count > 255) {
                mistakes.add("ioThreads is 1 to 255, not " + count);
            } else {
                loops.threads(count);
            }
            return this;
        }

        /** How event loops wait for the kernel; default: {@link IoChoice#AUTO}. */
        public Builder io(IoChoice choice) {
            loops.io(Objects.requireNonNull(choice, "choice"));
            return this;
        }

        /**
         * The secret behind UDP cookies, ids and resets: {@value ServerSecret#LENGTH} random bytes that outlive a restart,
         * so that the clients of before are told at once that they must log in again; default: new ones at each start.
         */
        public Builder serverSecret(byte[] bytes) {
            if (bytes.length != ServerSecret.LENGTH) {
                mistakes.add("serverSecret has " + ServerSecret.LENGTH + " bytes, not " + bytes.length);
            }
            secret = bytes.clone();
            return this;
        }

        /**
         * A server that has not started.
         *
         * @throws IllegalStateException naming every mistake; or if it has built one before
         */
        public ImServer build() {
            NettyVersion.require();
            if (built) {
                throw new IllegalStateException("a builder builds one server: take another one for another server");
            }
            List<String> all = new ArrayList<>(mistakes);
            if (transports.isEmpty() && !listens) {
                all.add("nothing to listen on: say listen(Transports.tcp(7901))");
            }
            all.addAll(node.mistakes());
            if (!all.isEmpty()) {
                throw new IllegalStateException(String.join("; ", all));
            }
            built = true;
            ServerSecret serverSecret =
                    secret == null ? ServerSecret.random(new SecureRandom()) : new ServerSecret(secret);
            NettyTransport.Parts parts = parts(serverSecret);
            List<TcpTransport> tcp = new ArrayList<>();
            for (NettyTransport transport : transports) {
                Transport listener = transport.listener(parts);
                node.listen(listener);
                if (listener instanceof TcpTransport each) {
                    tcp.add(each);
                }
            }
            return new ImServer(node.build(), List.copyOf(tcp), this);
        }

        private NettyTransport.Parts parts(ServerSecret serverSecret) {
            ServerLimits all = noRateLimits ? limits.toBuilder().noRateLimits().build() : limits;
            return new NettyTransport.Parts(
                    loops,
                    serverSecret,
                    all,
                    new AddressGate(filter, all, metrics, NanoClock.SYSTEM),
                    new MeteredEvents(metrics),
                    metrics);
        }

        /** {@link #build()} and {@link ImServer#start()}. */
        public ImServer start() {
            return build().start();
        }
    }
}
