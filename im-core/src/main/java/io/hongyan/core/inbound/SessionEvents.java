// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.inbound;

import io.hongyan.core.listener.SessionInfo;
import io.hongyan.core.listener.SessionListener;
import io.hongyan.core.session.ListenerInvoker;
import io.hongyan.core.session.Session;
import io.hongyan.core.session.WorkerLane;
import io.hongyan.core.session.WorkerPool;
import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ReasonCode;
import java.util.List;
import java.util.function.Consumer;

/** Tells listeners of the life of sessions, each on its session's lane, behind its messages. */
@Confined("the session's owner")
final class SessionEvents {
    private final List<SessionListener> listeners;
    private final WorkerPool pool;
    private final int laneTasks;

    SessionEvents(List<SessionListener> listeners, WorkerPool pool, int laneTasks) {
        this.listeners = List.copyOf(listeners);
        this.pool = pool;
        this.laneTasks = laneTasks;
    }

    void opened(Session session) {
        SessionInfo info = session.info();
        tell(session, invoker -> invoker.opened(listeners, info));
    }

    void resumed(Session session, SessionInfo before) {
        SessionInfo now = session.info();
        tell(session, invoker -> invoker.resumed(listeners, before, now));
    }

    void replaced(Session session, Session by) {
        SessionInfo info = session.info();
        SessionInfo next = by.info();
        tell(session, invoker -> invoker.replaced(listeners, info, next));
    }

    void closing(Session session, ReasonCode reason) {
        SessionInfo info = session.info();
        tell(session, invoker -> invoker.closing(listeners, info, reason));
    }

    void closed(Session session, ReasonCode reason) {
        SessionInfo info = session.info();
        tell(session, invoker -> invoker.closed(listeners, info, reason));
    }

    /** The session's lane, made with its first use. */
    WorkerLane laneOf(Session session) {
        WorkerLane lane = session.lane();
        if (lane == null) {
            lane = pool.newLane(laneTasks);
            session.lane(lane);
        }
        return lane;
    }

    private void tell(Session session, Consumer<ListenerInvoker> call) {
        if (!listeners.isEmpty()) {
            laneOf(session).submit(() -> call.accept(pool.invoker()));
        }
    }
}
