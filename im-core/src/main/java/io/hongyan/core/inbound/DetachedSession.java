// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.inbound;

import io.hongyan.core.metrics.Metric;
import io.hongyan.core.session.Loop;
import io.hongyan.core.session.Session;
import io.hongyan.core.session.Swept;
import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ReasonCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session that has lost its link and waits for its client, in the place of a connection: it takes messages, writes none,
 * and belongs to the owner it had.
 *
 * <pre>
 *   link lost ──► waits ──RESUME──► handed over to the new connection
 *                   ├──the same device logs in──► makes way
 *                   └──time is up, too much for it, kicked, the node stops──► ends
 * </pre>
 */
@Confined("owner")
final class DetachedSession implements SessionHolder, Swept {
    private static final Logger LOG = LoggerFactory.getLogger(DetachedSession.class);

    private final Reception reception;
    private final PacketDispatcher dispatcher;
    private final Session session;
    private final int keepAliveSeconds;
    private final ReasonCode loss;
    private final Loop loop;
    private final long lostNanos;
    private int sweepPlace;
    private boolean over;

    private DetachedSession(
            Reception reception, PacketDispatcher dispatcher, int keepAliveSeconds, ReasonCode loss, Loop loop) {
        this.reception = reception;
        this.dispatcher = dispatcher;
        this.session = dispatcher.session();
        this.keepAliveSeconds = keepAliveSeconds;
        this.loss = loss;
        this.loop = loop;
        this.lostNanos = loop.nowNanos();
    }

    /**
     * Has a session wait whose link is lost, if there is room for it and the node goes on. On its owner.
     *
     * @param loss how the link was lost; the session ends so if its client does not come
     * @return whether it waits; else nothing has changed
     */
    static boolean begin(
            Reception reception, PacketDispatcher dispatcher, int keepAliveSeconds, ReasonCode loss, Loop loop) {
        DetachedSessions all = reception.detachedSessions();
        Session session = dispatcher.session();
        if (!all.isOn() || reception.isStopping() || !all.takePlace()) {
            return false;
        }
        if (!reception.mailboxes().linkLost(session, all.budget())) {
            all.giveBackPlace();
            return false;
        }
        session.suspend();
        dispatcher.close();
        DetachedSession waiting = new DetachedSession(reception, dispatcher, keepAliveSeconds, loss, loop);
        session.heldBy(waiting);
        loop.sweep().add(waiting);
        reception.presence().left(session, true);
        reception.metrics().add(Metric.SESSIONS_DETACHED, 1);
        LOG.debug(
                "session={} event=detached user={} code={}",
                session.id(),
                session.info().user(),
                loss);
        return true;
    }

    /** Ends it for good; the code of the loss stands for what is only the end of the wait. */
    @Override
    public void end(ReasonCode code, String text) {
        if (over) {
            return;
        }
        boolean inVain = code == ReasonCode.SLOW_CONSUMER || DetachedSessions.isLoss(code);
        if (inVain) {
            reception.metrics().add(Metric.SESSIONS_EXPIRED, 1);
        }
        leave();
        conclude(reception, dispatcher, inVain ? loss : code);
    }

    /** Ends a session that has no link, for good. */
    static void conclude(Reception reception, PacketDispatcher dispatcher, ReasonCode reason) {
        Session session = dispatcher.session();
        SessionEvents events = reception.sessionEvents();
        events.closing(session, reason);
        events.closed(session, reason);
        reception.forget(dispatcher, reason);
        reception.mailboxes().detach(session);
    }

    @Override
    public void giveWay(Session by) {
        if (over || by.turn() < session.turn()) {
            return;
        }
        leave();
        reception.makeWay(dispatcher, by);
        reception.mailboxes().frozen(session);
    }

    @Override
    public void handOver(ResumeAttempt by) {
        if (by.take(dispatcher, keepAliveSeconds)) {
            leave();
        }
    }

    @Override
    public void sweep(long nowNanos) {
        if (nowNanos - lostNanos >= reception.limits().detachedMillis() * 1_000_000) {
            end(loss, "did not come back");
        }
    }

    @Override
    public int sweepPlace() {
        return sweepPlace;
    }

    @Override
    public void sweepPlace(int place) {
        sweepPlace = place;
    }

    /** The session does not wait here any more. */
    private void leave() {
        over = true;
        loop.sweep().remove(this);
        reception.detachedSessions().giveBackPlace();
    }
}
