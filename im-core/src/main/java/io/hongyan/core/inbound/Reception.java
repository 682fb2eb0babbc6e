// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.inbound;

import io.hongyan.core.auth.Authenticator;
import io.hongyan.core.auth.TakeoverPolicy;
import io.hongyan.core.limit.AddressRates;
import io.hongyan.core.limit.ReturnPace;
import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.listener.MessageInterceptor;
import io.hongyan.core.listener.MessageListener;
import io.hongyan.core.listener.PresenceVisibility;
import io.hongyan.core.listener.SessionListener;
import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.presence.PresenceBoard;
import io.hongyan.core.routing.DeliveryEvents;
import io.hongyan.core.routing.InstanceWindows;
import io.hongyan.core.routing.Mailbox;
import io.hongyan.core.routing.Mailboxes;
import io.hongyan.core.routing.MessageRouter;
import io.hongyan.core.routing.ReadReceipts;
import io.hongyan.core.session.Loop;
import io.hongyan.core.session.Loops;
import io.hongyan.core.session.ResumeSecret;
import io.hongyan.core.session.Session;
import io.hongyan.core.session.SessionRegistry;
import io.hongyan.core.session.Swept;
import io.hongyan.core.session.WorkerPool;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionAcceptor;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.ReassemblyBudget;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Receives the connections of a node, and holds what they share. */
@ThreadSafe
public final class Reception implements ConnectionAcceptor {
    private static final Logger LOG = LoggerFactory.getLogger(Reception.class);

    private final ServerLimits limits;
    private final Loops loops;
    private final Mailboxes mailboxes;
    private final MessageRouter router;
    private final InstanceWindows windows;
    private final SessionRegistry<Mailbox> registry;
    private final DeliveryEvents deliveryEvents;
    private final ReadReceipts readReceipts;
    private final PresenceBoard presence;
    private final PresenceVisibility presenceVisibility;
    private final SessionEvents sessionEvents;
    private final LoginQueue logins;
    private final Interception interception;
    private final List<MessageListener> messageListeners;
    private final WorkerPool workers;
    private final ImMetrics metrics;
    private final ReassemblyBudget reassembly;
    private final @Nullable AddressRates loginRates;
    private final DetachedSessions detachedSessions;
    private final ResumeSecret.Source secrets = new ResumeSecret.Source();
    private final ReturnPace busyPace;
    private final long serverInstance;
    private final int capabilities;
    private final AtomicLong sessionIds;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger strangers = new AtomicInteger();
    private volatile @Nullable DeparturePlan departures;
    private volatile boolean lanesRanDry;
    private volatile long lanesDryNanos;

    /** What is given to a reception: the parts of the node and what the application plugs in. */
    public record Parts(
            ServerLimits limits,
            Loops loops,
            Mailboxes mailboxes,
            MessageRouter router,
            InstanceWindows windows,
            SessionRegistry<Mailbox> registry,
            DeliveryEvents deliveryEvents,
            ReadReceipts readReceipts,
            PresenceBoard presence,
            PresenceVisibility presenceVisibility,
            WorkerPool workers,
            WorkerPool loginWorkers,
            ImMetrics metrics,
            List<Authenticator> authenticators,
            TakeoverPolicy takeover,
            List<MessageInterceptor> interceptors,
            List<MessageListener> messageListeners,
            List<SessionListener> sessionListeners,
            long serverInstance,
            long firstSessionId,
            boolean durable) {}

    public Reception(Parts parts) {
        this.limits = parts.limits();
        this.loops = parts.loops();
        this.mailboxes = parts.mailboxes();
        this.router = parts.router();
        this.windows = parts.windows();
        this.registry = parts.registry();
        this.deliveryEvents = parts.deliveryEvents();
        this.readReceipts = parts.readReceipts();
        this.presence = parts.presence();
        this.presenceVisibility = parts.presenceVisibility();
        this.workers = parts.workers();
        this.metrics = parts.metrics();
        this.sessionEvents = new SessionEvents(parts.sessionListeners(), workers, limits.laneTasks());
        this.logins = new LoginQueue(parts.authenticators(), parts.takeover(), parts.loginWorkers(), limits);
        this.interception = new Interception(parts.interceptors(), workers.invoker(), limits.maxMessageBytes());
        this.messageListeners = List.copyOf(parts.messageListeners());
        this.reassembly = new ReassemblyBudget(limits.reassemblyBytes());
        this.loginRates = limits.rateLimited()
                ? new AddressRates(limits.loginsPerSecond(), limits.loginBurst(), limits.loginAddresses())
                : null;
        this.detachedSessions = new DetachedSessions(limits);
        this.busyPace = new ReturnPace(limits.concurrentLogins());
        this.serverInstance = parts.serverInstance();
        this.capabilities = parts.durable() ? LoginResult.DURABLE_STORE : 0;
        this.sessionIds = new AtomicLong(parts.firstSessionId());
    }

    @Override
    public ConnectionHandler onConnection(Connection connection) {
        Loop loop = loops.of(connection.owner());
        connections.incrementAndGet();
        metrics.add(Metric.CONNECTIONS_OPENED, 1);
        ConnectionInput input = new ConnectionInput(this, connection, loop);
        DeparturePlan leaving = departures;
        loop.sweep().add(input);
        if (strangers.incrementAndGet() > limits.strangers()) {
            input.end(ReasonCode.TOO_MANY_CONNECTIONS, "too many connections wait for a login");
        } else if (leaving != null) {
            input.turnAway(leaving);
        }
        return input;
    }

    /**
     * Takes no connection and no login from now on, and waits for no client to come back.
     *
     * @param plan what those hear who come too late
     */
    public void stop(DeparturePlan plan) {
        departures = plan;
        forEachSwept(member -> {
            if (member instanceof DetachedSession session) {
                session.end(plan.code(), plan.text());
            }
        });
    }

    /** Sends every session away, in its turn. Behind {@link #stop}: from now on nobody may come. */
    public void sendAway() {
        DeparturePlan plan = departures();
        for (Loop loop : loops.all()) {
            loop.execute(() -> new Departures(this, loop, plan).begin());
        }
    }

    /** The worker lanes were seen without a task: who was told to go before need not wait for them. */
    public void lanesAreDry(long nowNanos) {
        lanesDryNanos = nowNanos;
        lanesRanDry = true;
    }

    /** Does something with every connection, on its owner, soon. */
    public void forEachConnection(Consumer<ConnectionInput> action) {
        forEachSwept(member -> {
            if (member instanceof ConnectionInput input) {
                action.accept(input);
            }
        });
    }

    private void forEachSwept(Consumer<Swept> action) {
        for (Loop loop : loops.all()) {
            loop.execute(() -> {
                for (Swept member : loop.sweep().members()) {
                    action.accept(member);
                }
                loop.endBatch();
            });
        }
    }

    /** Refuses logins whose deadline has passed. */
    public void expireLogins(long nowNanos) {
        logins.expire(nowNanos);
    }

    /** Connections that are not closed, and sessions that wait for another one. */
    public int connections() {
        return connections.get() + detachedSessions.count();
    }

    /** Connections that are not closed. */
    public int links() {
        return connections.get();
    }

    /** Sessions without a link, which wait for their client. */
    public int detached() {
        return detachedSessions.count();
    }

    /** Bytes of chunks held of messages not complete yet. */
    public long reassemblyBytes() {
        return reassembly.reservedBytes();
    }

    /** Connections that have not logged in. */
    public int strangers() {
        return strangers.get();
    }

    /** Logins that wait for an authentication. */
    public int loginsWaiting() {
        return logins.waiting();
    }

    /** Whether logins are refused because too many are being judged. */
    public boolean refusesLogins() {
        return logins.isFull();
    }

    /** The event loops that have had a connection. */
    public List<Loop> loops() {
        return loops.all();
    }

    void connectionClosed(ReasonCode reason) {
        connections.decrementAndGet();
        metrics.add(Metric.CONNECTIONS_CLOSED, reason, 1);
    }

    /** A connection has logged in, or ended without. */
    void strangerGone() {
        strangers.decrementAndGet();
    }

    /** A session makes way for the same device's new one, and has ended with that. On its owner. */
    void makeWay(PacketDispatcher dispatcher, Session by) {
        Session session = dispatcher.session();
        sessionEvents.replaced(session, by);
        sessionEvents.closing(session, ReasonCode.REPLACED);
        sessionEvents.closed(session, ReasonCode.REPLACED);
        forget(dispatcher, ReasonCode.REPLACED, true);
    }

    /** A session has ended. On its owner; routing is told apart. */
    void forget(PacketDispatcher dispatcher, ReasonCode code) {
        forget(dispatcher, code, code.retry() == ReasonCode.Retry.COME_BACK);
    }

    /** @param comesBack whether its device does, or is there already */
    private void forget(PacketDispatcher dispatcher, ReasonCode code, boolean comesBack) {
        Session session = dispatcher.session();
        LOG.debug(
                "session={} event=closed user={} code={}",
                session.id(),
                session.info().user(),
                code);
        windows.release(dispatcher.window(), session);
        dispatcher.close();
        registry.closed(session);
        presence.left(session, comesBack);
        presence.endSubscriptions(session);
        metrics.add(Metric.SESSIONS_CLOSED, code, 1);
    }

    boolean lanesRanDry() {
        return lanesRanDry;
    }

    long lanesDryNanos() {
        return lanesDryNanos;
    }

    boolean isStopping() {
        return departures != null;
    }

    /**
     * How sessions leave this node, which stops.
     *
     * @throws IllegalStateException while it does not
     */
    DeparturePlan departures() {
        DeparturePlan plan = departures;
        if (plan == null) {
            throw new IllegalStateException("the node does not stop");
        }
        return plan;
    }

    ServerLimits limits() {
        return limits;
    }

    Mailboxes mailboxes() {
        return mailboxes;
    }

    MessageRouter router() {
        return router;
    }

    InstanceWindows windows() {
        return windows;
    }

    SessionRegistry<Mailbox> registry() {
        return registry;
    }

    DeliveryEvents deliveryEvents() {
        return deliveryEvents;
    }

    ReadReceipts readReceipts() {
        return readReceipts;
    }

    PresenceBoard presence() {
        return presence;
    }

    PresenceVisibility presenceVisibility() {
        return presenceVisibility;
    }

    SessionEvents sessionEvents() {
        return sessionEvents;
    }

    LoginQueue logins() {
        return logins;
    }

    Interception interception() {
        return interception;
    }

    List<MessageListener> messageListeners() {
        return messageListeners;
    }

    WorkerPool workers() {
        return workers;
    }

    ImMetrics metrics() {
        return metrics;
    }

    ReassemblyBudget reassembly() {
        return reassembly;
    }

    DetachedSessions detachedSessions() {
        return detachedSessions;
    }

    /** A secret for a new session; nothing where none can be resumed. */
    ResumeSecret nextSecret() {
        return detachedSessions.isOn() ? secrets.next() : ResumeSecret.NONE;
    }

    @Nullable
    AddressRates loginRates() {
        return loginRates;
    }

    /** When logins come back that found the queue full. */
    ReturnPace busyPace() {
        return busyPace;
    }

    long serverInstance() {
        return serverInstance;
    }

    int capabilities() {
        return capabilities;
    }

    long nextSessionId() {
        return sessionIds.incrementAndGet();
    }
}
