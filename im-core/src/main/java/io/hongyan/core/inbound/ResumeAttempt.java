// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.inbound;

import io.hongyan.core.limit.AddressRates;
import io.hongyan.core.listener.SessionInfo;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.session.Loop;
import io.hongyan.core.session.ReadGate;
import io.hongyan.core.session.Session;
import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.packet.Resume;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One RESUME on its way: from the new connection to the owner of the session and back with it.
 *
 * <pre>
 *   new connection's owner        │ the session's owner, wherever it has moved to
 *   rate, id, secret, carrier ────┼──► turn, counts ──no──┐
 *                                 │        │ yes          │
 *                                 │   lets go of its link, drops what is not counted,
 *                                 │   takes the client's counts, moves the session
 *   OK, COUNT, what is missing ◄──┼────────┘              │
 *   RESUME_REFUSED ◄──────────────┼───────────────────────┘   (the session stays as it is)
 * </pre>
 *
 * <p>Whoever does not know the secret learns nothing, not even whether there is such a session; each try counts as a login
 * of its address. Of several resumes and logins of a device the latest wins, by the turn each draws when it comes;
 * the others are told to come back, since the latest may be the one that its client has given up.
 */
@Confined("the new connection's owner, but for take")
final class ResumeAttempt {
    private static final Logger LOG = LoggerFactory.getLogger(ResumeAttempt.class);

    private final Reception reception;
    private final ConnectionInput input;
    private final Connection connection;
    private final ReadGate gate;
    private final Loop loop;
    private final Resume packet;
    private final InetSocketAddress remoteAddress;
    private final long turn;

    ResumeAttempt(
            Reception reception,
            ConnectionInput input,
            Connection connection,
            ReadGate gate,
            Loop loop,
            Resume packet) {
        this.reception = reception;
        this.input = input;
        this.connection = connection;
        this.gate = gate;
        this.loop = loop;
        this.packet = packet;
        this.remoteAddress = connection.remoteAddress();
        this.turn = reception.nextSessionId();
    }

    void begin() {
        AddressRates rates = reception.loginRates();
        if (reception.isStopping()) {
            DeparturePlan leaving = reception.departures();
            input.sayWhereElse(leaving);
            refuse(leaving.code(), leaving.text());
        } else if (rates != null && !rates.take(remoteAddress, loop.nowNanos())) {
            refuse(ReasonCode.RATE_LIMITED, "too many logins from this address");
        } else {
            Session session = reception.registry().byId(packet.sessionId());
            if (session == null
                    || !session.secret().matches(packet.secretHigh(), packet.secretLow())
                    || session.countsBulkApart() != connection.countsBulkApart()
                    || !session.execute(() -> ask(session))) {
                refuse(ReasonCode.RESUME_REFUSED, "log in afresh");
            }
        }
    }

    /** On the session's owner. */
    private void ask(Session session) {
        if (session.end() instanceof SessionHolder holder) {
            holder.handOver(this);
        } else {
            refuseSoon(ReasonCode.RESUME_REFUSED, "log in afresh");
        }
    }

    /**
     * Takes the session over, unless it must not be. On the session's owner, whose holder forgets it then.
     *
     * @return whether it is taken over
     */
    boolean take(PacketDispatcher dispatcher, int keepAliveSeconds) {
        Session session = dispatcher.session();
        if (turn < session.turn()) {
            refuseSoon(ReasonCode.CONNECTION_LOST, "a later connection goes first");
            return false;
        }
        if (session.outbox().coveredOnResume(Lane.CHAT, packet.chatCount()) < 0
                || session.outbox().coveredOnResume(Lane.BULK, packet.bulkCount()) < 0) {
            refuseSoon(ReasonCode.RESUME_REFUSED, "counts of frames that were not sent");
            return false;
        }
        if (!reception.mailboxes().resume(session, turn)) {
            refuseSoon(ReasonCode.RESUME_REFUSED, "log in afresh");
            return false;
        }
        Loop before = session.loop();
        session.suspend();
        dispatcher.close();
        reception
                .mailboxes()
                .rewind(session, connection, packet.chatCount(), packet.bulkCount(), before.batch(), before.nowNanos());
        SessionInfo was = session.info();
        SessionInfo now = new SessionInfo(
                was.id(),
                was.user(),
                was.device(),
                was.platform(),
                connection.transport(),
                remoteAddress,
                was.loginTime(),
                was.attributes());
        session.moveTo(now, loop, connection, gate, input);
        reception.detachedSessions().moving();
        if (!loop.execute(() -> arrived(dispatcher, keepAliveSeconds, was))) {
            DetachedSession.conclude(reception, dispatcher, ReasonCode.CONNECTION_LOST);
            reception.detachedSessions().giveBackPlace();
        }
        before.endBatch();
        return true;
    }

    /** The session has come; where its new connection is gone meanwhile it waits for another one. */
    private void arrived(PacketDispatcher dispatcher, int keepAliveSeconds, SessionInfo before) {
        Session session = dispatcher.session();
        if (input.isResuming()) {
            reception.presence().arrived(session);
            reception.metrics().add(Metric.SESSIONS_RESUMED, 1);
            LOG.debug(
                    "session={} event=resumed user={} transport={} remote={}",
                    session.id(),
                    session.info().user(),
                    session.info().transport(),
                    remoteAddress);
            reception.sessionEvents().resumed(session, before);
            input.takeUp(dispatcher, keepAliveSeconds);
        } else if (!DetachedSession.begin(reception, dispatcher, keepAliveSeconds, ReasonCode.CONNECTION_LOST, loop)) {
            DetachedSession.conclude(reception, dispatcher, ReasonCode.CONNECTION_LOST);
        }
        reception.detachedSessions().giveBackPlace();
    }

    /** As the answer, from the session's owner. */
    void refuseSoon(ReasonCode code, String text) {
        loop.execute(() -> refuse(code, text));
    }

    private void refuse(ReasonCode code, String text) {
        reception.metrics().add(Metric.RESUMES_REFUSED, code, 1);
        LOG.debug("session=- event=resume_refused code={} remote={}", code, remoteAddress);
        input.resumeRefused(code, text);
    }
}
