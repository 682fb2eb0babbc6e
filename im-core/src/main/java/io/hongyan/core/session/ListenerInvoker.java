// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.core.auth.AuthResult;
import io.hongyan.core.auth.Authenticator;
import io.hongyan.core.auth.ConnectionFilter;
import io.hongyan.core.auth.LoginRequest;
import io.hongyan.core.listener.DeliveryListener;
import io.hongyan.core.listener.MessageInterceptor;
import io.hongyan.core.listener.MessageListener;
import io.hongyan.core.listener.PresenceListener;
import io.hongyan.core.listener.PresenceVisibility;
import io.hongyan.core.listener.SessionInfo;
import io.hongyan.core.listener.SessionListener;
import io.hongyan.core.listener.Verdict;
import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.time.NanoClock;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.UserId;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only place that calls foreign code and survives what it throws: listeners, interceptors, authenticators, stores.
 * A failure is counted each time, and logged once a minute per class.
 */
@ThreadSafe
public final class ListenerInvoker {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerInvoker.class);
    private static final long LOG_EVERY_NANOS = 60_000_000_000L;

    private final NanoClock clock;
    private final ImMetrics metrics;
    private final ConcurrentHashMap<Class<?>, LastLog> lastLogs = new ConcurrentHashMap<>();

    public ListenerInvoker(NanoClock clock, ImMetrics metrics) {
        this.clock = clock;
        this.metrics = metrics;
    }

    /** Gives the message to the application. */
    public void message(MessageListener listener, SessionInfo sender, Message message) {
        try {
            listener.onMessage(sender, message);
        } catch (Throwable e) {
            failed(listener.getClass(), e);
        }
    }

    /** A session began. */
    public void opened(List<SessionListener> listeners, SessionInfo session) {
        each(listeners, listener -> listener.onOpened(session));
    }

    /** A session goes on over another connection. */
    public void resumed(List<SessionListener> listeners, SessionInfo before, SessionInfo now) {
        each(listeners, listener -> listener.onResumed(before, now));
    }

    /** A session makes way for another one. */
    public void replaced(List<SessionListener> listeners, SessionInfo session, SessionInfo by) {
        each(listeners, listener -> listener.onReplaced(session, by));
    }

    /** A session is to end. */
    public void closing(List<SessionListener> listeners, SessionInfo session, ReasonCode reason) {
        each(listeners, listener -> listener.onClosing(session, reason));
    }

    /** A session has ended. */
    public void closed(List<SessionListener> listeners, SessionInfo session, ReasonCode reason) {
        each(listeners, listener -> listener.onClosed(session, reason));
    }

    /** The store has taken a message. */
    public void stored(List<DeliveryListener> listeners, UserId recipient, Message message) {
        each(listeners, listener -> listener.onStored(recipient, message));
    }

    /** A device has counted a message. */
    public void delivered(List<DeliveryListener> listeners, UserId recipient, Message message) {
        each(listeners, listener -> listener.onDelivered(recipient, message));
    }

    /** A recipient said that he has read a message. */
    public void read(List<DeliveryListener> listeners, UserId reader, Address from, MessageId id) {
        each(listeners, listener -> listener.onRead(reader, from, id));
    }

    /** A message's time has run out. */
    public void expired(List<DeliveryListener> listeners, UserId recipient, Message message) {
        each(listeners, listener -> listener.onExpired(recipient, message));
    }

    /** A message's recipient is not here. */
    public void recipientOffline(List<DeliveryListener> listeners, UserId recipient, Message message) {
        each(listeners, listener -> listener.onRecipientOffline(recipient, message));
    }

    /** A user came or went. */
    public void presence(List<PresenceListener> listeners, UserId user, boolean online) {
        each(listeners, listener -> listener.onPresence(user, online));
    }

    /** Whom the session may see; nobody when the decision failed. */
    public List<UserId> visible(PresenceVisibility visibility, SessionInfo watcher, List<UserId> users) {
        try {
            List<UserId> seen = visibility.visible(watcher, users);
            if (seen != null) {
                return seen.stream().filter(users::contains).distinct().toList();
            }
            failed(visibility.getClass(), new NullPointerException("a visibility answered null"));
        } catch (Throwable e) {
            failed(visibility.getClass(), e);
        }
        return List.of();
    }

    /** What the interceptor says; null when it failed. */
    public @Nullable Verdict intercept(MessageInterceptor interceptor, SessionInfo sender, Message message) {
        try {
            Verdict verdict = interceptor.intercept(sender, message);
            if (verdict == null) {
                failed(interceptor.getClass(), new NullPointerException("an interceptor answered null"));
            }
            return verdict;
        } catch (Throwable e) {
            failed(interceptor.getClass(), e);
            return null;
        }
    }

    /** What the authenticator says; a failed stage when it threw. Its failure is counted with {@link #stageFailed}. */
    public CompletionStage<AuthResult> authenticate(Authenticator authenticator, LoginRequest login) {
        return stage(() -> authenticator.authenticate(login));
    }

    /**
     * The stage that a store or another SPI returns; a failed stage when it threw or returned null. Whoever uses the stage
     * counts its failure with {@link #stageFailed}.
     */
    public <T> CompletionStage<T> stage(Supplier<CompletionStage<T>> call) {
        try {
            CompletionStage<T> stage = call.get();
            return stage == null
                    ? CompletableFuture.failedStage(new NullPointerException("null instead of a stage"))
                    : stage;
        } catch (Throwable e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /** Whether the filter lets the address connect; one that throws does not. On the caller's thread. */
    public boolean allows(ConnectionFilter filter, InetAddress address) {
        try {
            return filter.allows(address);
        } catch (Throwable e) {
            failed(filter.getClass(), e);
            return false;
        }
    }

    /** Calls a method of an SPI that answers nothing. @return whether it returned in order */
    public boolean run(Object foreign, Runnable call) {
        try {
            call.run();
            return true;
        } catch (Throwable e) {
            failed(foreign.getClass(), e);
            return false;
        }
    }

    /** Counts a failure that a stage brought, and logs it now and then. */
    public void stageFailed(Object foreign, Throwable failure) {
        failed(foreign.getClass(), failure);
    }

    /** Runs a task of a lane. Tasks are ours and call foreign code through this class; a bug in one must not end a lane. */
    void run(Runnable task) {
        run(task, task);
    }

    private <L> void each(List<L> listeners, Consumer<L> call) {
        for (L listener : listeners) {
            try {
                call.accept(listener);
            } catch (Throwable e) {
                failed(listener.getClass(), e);
            }
        }
    }

    private void failed(Class<?> where, Throwable failure) {
        metrics.add(Metric.CALLBACKS_FAILED, 1);
        long now = clock.nanoTime();
        int unlogged = lastLogs.computeIfAbsent(where, type -> new LastLog()).unloggedIfDue(now);
        if (unlogged >= 0) {
            LOG.warn("event=callback_failed class={} failures_not_logged={}", where.getName(), unlogged, failure);
        }
    }

    /** When failures of a class were logged, and how many were not since. */
    private static final class LastLog {
        private boolean logged;
        private long lastNanos;
        private int unlogged;

        synchronized int unloggedIfDue(long now) {
            if (logged && now - lastNanos < LOG_EVERY_NANOS) {
                unlogged++;
                return -1;
            }
            logged = true;
            lastNanos = now;
            int before = unlogged;
            unlogged = 0;
            return before;
        }
    }
}
