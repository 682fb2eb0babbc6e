// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.inbound;

import io.hongyan.core.auth.AuthResult;
import io.hongyan.core.auth.LoginRequest;
import io.hongyan.core.limit.AddressRates;
import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.listener.SessionInfo;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.routing.InstanceWindow;
import io.hongyan.core.routing.Mailbox;
import io.hongyan.core.session.Loop;
import io.hongyan.core.session.LoopPair;
import io.hongyan.core.session.PauseReason;
import io.hongyan.core.session.ReadGate;
import io.hongyan.core.session.Replacement;
import io.hongyan.core.session.Session;
import io.hongyan.core.session.Swept;
import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.packet.ErrorPacket;
import io.hongyan.protocol.packet.GoAway;
import io.hongyan.protocol.packet.Kick;
import io.hongyan.protocol.packet.Login;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.Packet;
import io.hongyan.protocol.packet.Resume;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's side of one connection, from its first frame to its end: it logs the client in, passes frames on to the
 * session, looks after time-outs, and sees to it that whatever begins also ends, once.
 *
 * <pre>
 *   LOGIN ──LOGIN packet──► JUDGED ──accepted──► ATTACHING ──way is free──► OPEN
 *    │ ▲ └───────────────────┼───────────────────┼──── refused, late, superseded ──┼──► ENDED
 *    │ └─refused─ RESUMING ──┼── handed over ────┼─────────────────────────────► OPEN
 *    └───RESUME──────┘       └── time-out, mistake, lost, kick, logout, idle, handed on ──► ENDED
 * </pre>
 *
 * <p>Between LOGIN and OPEN the connection is not read; frames that were read with LOGIN are held and handled when it is
 * open.
 */
@Confined("owner")
public final class ConnectionInput implements ConnectionHandler, Swept, SessionHolder, Replacement {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionInput.class);

    /** Frames that a peer may send before LOGIN: optional ones of a later version, which are skipped. */
    private static final int MOST_SKIPPED_FRAMES = 16;

    /** Shortest and longest wait for a debt to be paid, in ns; a longer one is waited for in turns. */
    private static final long LEAST_REST_NANOS = 1_000_000;

    private static final long MOST_REST_NANOS = 1_000_000_000;

    private final Reception reception;
    private final Connection connection;
    private final Loop loop;
    private final ReadGate gate;
    private final long openedNanos;

    private Phase phase = Phase.LOGIN;
    private long heardNanos;
    private long restedNanos;
    private long readNanos;
    private int sweepPlace;
    private int skippedFrames;
    private boolean stranger = true;
    private @Nullable Departure departure;
    private @Nullable Login login;
    private @Nullable LoginAttempt attempt;
    private long loginNumber;
    private @Nullable EarlyFrames early;
    private @Nullable Session session;
    private @Nullable Mailbox waitingAt;
    private @Nullable PacketDispatcher dispatcher;
    private boolean resumeRefused;
    private @Nullable ReasonCode closedEventDue;
    private int keepAliveSeconds;

    /** Where the connection stands. */
    enum Phase {
        /** LOGIN is awaited. */
        LOGIN,
        /** The session to resume is asked for. */
        RESUMING,
        /** The authenticators are asked. */
        JUDGED,
        /** A session of the same device makes way. */
        ATTACHING,
        /** There is a session. */
        OPEN,
        /** What was to be said is said; the connection closes. */
        ENDED
    }

    ConnectionInput(Reception reception, Connection connection, Loop loop) {
        this.reception = reception;
        this.connection = connection;
        this.loop = loop;
        this.gate = new ReadGate(connection, reception.metrics());
        long now = loop.nowNanos();
        this.openedNanos = now - connection.ageNanos();
        this.heardNanos = now;
        this.restedNanos = now;
        this.readNanos = now;
    }

    // ---- from the connection

    @Override
    public void onFrame(int type, ByteBuffer body, Lane lane) {
        loop.beginBatch();
        switch (phase) {
            case LOGIN -> loginFrame(type, body);
            case RESUMING, JUDGED, ATTACHING -> hold(type, body, lane);
            case OPEN -> dispatcher().onFrame(type, body, lane);
            case ENDED -> {}
        }
    }

    @Override
    public void onReadComplete() {
        heardNanos = loop.nowNanos();
        Session current = session;
        if (phase == Phase.OPEN && current != null) {
            current.wake(loop.batch(), 0);
        }
        loop.endBatch();
        if (phase == Phase.OPEN) {
            restIfPairIsFull();
        }
    }

    @Override
    public void onWritable(Lane lane) {
        if (phase == Phase.OPEN && session != null) {
            readNanos = loop.nowNanos();
            session.pump();
        }
    }

    @Override
    public void onViolation(ProtocolException violation) {
        if (phase != Phase.ENDED) {
            LOG.debug(
                    "session={} event=violation code={} remote={} detail=\"{}\"",
                    sessionId(),
                    violation.code(),
                    connection.remoteAddress(),
                    violation.getMessage());
            leave(violation.code(), new ErrorPacket(violation.code(), messageOf(violation)));
        }
        loop.endBatch();
    }

    @Override
    public void onClosed(ReasonCode told, boolean byPeer, String text) {
        ReasonCode reason = departure == null ? told : departure.code();
        loop.sweep().remove(this);
        known();
        Phase before = phase;
        phase = Phase.ENDED;
        Session current = session;
        if (before == Phase.ATTACHING && waitingAt != null) {
            waitingAt.withdraw(this);
        }
        if (before == Phase.OPEN && current != null) {
            endSession(current, reason);
        }
        countIfLoginEnds(before, reason);
        if (current != null && closedEventDue != null) {
            reception.sessionEvents().closed(current, closedEventDue);
            closedEventDue = null;
        }
        early = null;
        reception.connectionClosed(told);
        loop.endBatch();
    }

    // ---- time-outs

    @Override
    public void sweep(long nowNanos) {
        ServerLimits limits = reception.limits();
        switch (phase) {
            case LOGIN -> {
                if (nowNanos - openedNanos >= limits.loginTimeoutMillis() * 1_000_000) {
                    leave(ReasonCode.LOGIN_TIMEOUT, new ErrorPacket(ReasonCode.LOGIN_TIMEOUT, "no LOGIN in time"));
                }
            }
            case RESUMING, JUDGED, ATTACHING -> {
                long most = (limits.loginTimeoutMillis() + limits.authenticatorTimeoutMillis()) * 1_000_000;
                if (nowNanos - openedNanos >= most) {
                    refuse(ReasonCode.SERVER_BUSY, "the login took too long");
                }
            }
            case OPEN -> sweepSession(nowNanos);
            case ENDED -> {}
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

    // ---- how it ends

    @Override
    public void end(ReasonCode code, String text) {
        if (phase == Phase.OPEN) {
            leave(code, new Kick(code, text));
        } else if (phase == Phase.LOGIN) {
            leave(code, new ErrorPacket(code, text));
        } else if (phase != Phase.ENDED) {
            refuse(code, text);
        }
    }

    /**
     * The client logged out. What it sent just before goes on now: no carrier tells the end of a closed link's batch. One
     * that was told to go says so that it is ready, and is ended when nothing is under way to it either.
     */
    void logout() {
        if (departure != null) {
            departure.ready();
            return;
        }
        leave(ReasonCode.LOGGED_OUT, null);
        loop.endBatch();
    }

    @Override
    public void giveWay(Session by) {
        Session current = session;
        if (current == null || by.turn() < current.turn()) {
            return;
        }
        if (phase == Phase.OPEN) {
            phase = Phase.ENDED;
            sayLast(current, new Kick(ReasonCode.REPLACED, "the same device logged in again"));
            connection.close(ReasonCode.REPLACED, "replaced");
            reception.makeWay(dispatcher(), by);
        }
        reception.mailboxes().frozen(current);
    }

    @Override
    public void handOver(ResumeAttempt by) {
        if (phase != Phase.OPEN) {
            by.refuseSoon(ReasonCode.RESUME_REFUSED, "log in afresh");
        } else if (by.take(dispatcher(), keepAliveSeconds)) {
            phase = Phase.ENDED;
            session = null;
            write(new Kick(ReasonCode.CONNECTION_LOST, "the session goes on over another connection"));
            connection.flush();
            connection.close(ReasonCode.CONNECTION_LOST, "resumed elsewhere");
        }
    }

    /** The node stops: who has no session yet is turned away. */
    void turnAwayUnlessOpen(DeparturePlan plan) {
        if (phase != Phase.OPEN) {
            turnAway(plan);
        }
    }

    /** The node stops, and this client came too late to leave in its turn: it hears where else to go, and that is the end. */
    void turnAway(DeparturePlan plan) {
        if (phase != Phase.ENDED) {
            sayWhereElse(plan);
            end(plan.code(), plan.text());
        }
    }

    /** Before the answer that ends the connection. */
    void sayWhereElse(DeparturePlan plan) {
        write(plan.goAway(loop.nowNanos()));
    }

    /**
     * It is the session's turn to go.
     *
     * @return whether there is one
     */
    boolean goAway(GoAway told, long nowNanos) {
        if (phase != Phase.OPEN) {
            return false;
        }
        departure = new Departure(told.code(), told.text(), nowNanos);
        write(told);
        connection.flush();
        return true;
    }

    /**
     * Ends a session that was told to go as soon as nothing is under way from or to it.
     *
     * @return whether it is over
     */
    boolean leaveIfIdle(long nowNanos, boolean lanesRanDry, long dryNanos) {
        Departure leaves = departure;
        if (phase != Phase.OPEN || leaves == null) {
            return true;
        }
        if (leaves.takesMessages(nowNanos, dispatcher().isReceiving())
                || !leaves.isBehindLanes(nowNanos, lanesRanDry, dryNanos)) {
            return false;
        }
        Session current = session();
        current.leave();
        if (!current.isIdle()) {
            return false;
        }
        end(leaves.code(), leaves.text());
        return true;
    }

    /** Why a message that comes now is not taken: the client was told to go. Null if it is. */
    @Nullable
    ReasonCode departedFor(long nowNanos, boolean receiving) {
        Departure leaves = departure;
        return leaves == null || leaves.takesMessages(nowNanos, receiving) ? null : leaves.code();
    }

    // ---- the login

    /** A login under way is over with the connection, without an answer of its own. */
    private void countIfLoginEnds(Phase before, ReasonCode code) {
        if (before == Phase.JUDGED || before == Phase.ATTACHING) {
            reception.metrics().add(Metric.LOGINS_REFUSED, code, 1);
        }
    }

    /** No stranger any more, once. */
    private void known() {
        if (stranger) {
            stranger = false;
            reception.strangerGone();
        }
    }

    private void loginFrame(int type, ByteBuffer body) {
        Packet packet = connection.codec().decode(type, body);
        if (packet == null) {
            if (++skippedFrames > MOST_SKIPPED_FRAMES) {
                throw new ProtocolException(ReasonCode.PROTOCOL_VIOLATION, "too much before LOGIN");
            }
            return;
        }
        if (packet instanceof Login login) {
            begin(login);
        } else if (packet instanceof Resume resume && !resumeRefused) {
            phase = Phase.RESUMING;
            gate.pause(PauseReason.LOGIN);
            new ResumeAttempt(reception, this, connection, gate, loop, resume).begin();
        } else {
            throw new ProtocolException(ReasonCode.UNEXPECTED_PACKET, packet.packetType() + " before LOGIN");
        }
    }

    private void begin(Login packet) {
        reception.metrics().add(Metric.LOGINS, 1);
        login = packet;
        loginNumber = reception.nextSessionId();
        phase = Phase.JUDGED;
        long now = loop.nowNanos();
        AddressRates rates = reception.loginRates();
        long excessNanos = rates == null ? 0 : rates.takeOrWait(connection.remoteAddress(), now);
        if (reception.isStopping()) {
            turnAway(reception.departures());
        } else if (excessNanos > 0) {
            refuse(ReasonCode.RATE_LIMITED, "too many logins from this address", excessNanos);
        } else {
            gate.pause(PauseReason.LOGIN);
            if (!reception.logins().submit(newAttempt(packet, now))) {
                refuse(
                        ReasonCode.SERVER_BUSY,
                        "too many logins at once",
                        reception.busyPace().nextNanos(now));
            }
        }
    }

    // ---- the resume

    /** Whether the session that was asked for may come. */
    boolean isResuming() {
        return phase == Phase.RESUMING;
    }

    /** The session is this connection's from now on, and this owner's. */
    void takeUp(PacketDispatcher moved, int itsKeepAliveSeconds) {
        Session current = moved.session();
        session = current;
        dispatcher = moved;
        keepAliveSeconds = itsKeepAliveSeconds;
        moved.movedTo(this);
        phase = Phase.OPEN;
        known();
        connection.admit();
        write(loginResult(current));
        current.attach();
        connection.flush();
        boolean isHere = reception.mailboxes().linkBack(current);
        current.pump();
        if (isHere) {
            goOn();
        } else {
            turnAway(reception.departures());
        }
    }

    /** The session cannot be resumed: its client may log in, unless the answer is about the server and not the session. */
    void resumeRefused(ReasonCode code, String text) {
        if (phase != Phase.RESUMING) {
            return;
        }
        write(LoginResult.refused(code, text, spread(code)));
        connection.flush();
        if (code != ReasonCode.RESUME_REFUSED) {
            phase = Phase.ENDED;
            connection.close(code, text);
            return;
        }
        phase = Phase.LOGIN;
        resumeRefused = true;
        gate.resume(PauseReason.LOGIN);
        replayEarly();
    }

    // ---- the judgement

    private LoginAttempt newAttempt(Login packet, long now) {
        LoginRequest request = new LoginRequest(
                packet.user(),
                packet.device(),
                packet.platform(),
                packet.token(),
                connection.transport(),
                connection.remoteAddress(),
                connection.peerCertificate());
        long deadline = now + reception.limits().authenticatorTimeoutMillis() * 1_000_000;
        LoginAttempt judging = new LoginAttempt(request, deadline, result -> loop.execute(() -> judged(result)));
        attempt = judging;
        return judging;
    }

    private void judged(AuthResult result) {
        Login packet = login;
        if (phase != Phase.JUDGED || packet == null) {
            return;
        }
        if (result instanceof AuthResult.Accepted accepted) {
            phase = Phase.ATTACHING;
            session = newSession(packet, accepted.attributes());
            attach(session);
        } else if (result instanceof AuthResult.Rejected rejected) {
            refuse(rejected.code(), rejected.text());
        } else {
            throw new IllegalStateException("an abstention is no verdict");
        }
    }

    private Session newSession(Login packet, Map<String, String> attributes) {
        SessionInfo info = new SessionInfo(
                loginNumber,
                packet.user(),
                packet.device(),
                packet.platform(),
                connection.transport(),
                connection.remoteAddress(),
                Instant.ofEpochMilli(loop.wallMillis()),
                attributes);
        keepAliveSeconds = keepAliveFor(packet.keepAliveSeconds());
        Session made = new Session(
                info,
                packet.instance(),
                reception.nextSecret(),
                loop,
                connection,
                gate,
                this,
                reception.limits(),
                reception.metrics());
        if (attempt != null) {
            made.platformClass(attempt.platformClass());
            attempt = null;
        }
        return made;
    }

    private void attach(Session current) {
        while (true) {
            Mailbox mailbox = reception.mailboxes().open(current.info().user());
            switch (mailbox.attach(current, this)) {
                case ATTACHED -> {
                    waitingAt = null;
                    open(current);
                    return;
                }
                case WAITING -> {
                    waitingAt = mailbox;
                    return;
                }
                case SUPERSEDED -> {
                    superseded();
                    return;
                }
                case REFUSED -> {
                    refuse(ReasonCode.DEVICE_LIMIT, "other devices of this user are logged in");
                    return;
                }
                case STOPPED -> {
                    turnAway(reception.departures());
                    return;
                }
                case RETIRED -> {}
            }
        }
    }

    @Override
    public Session session() {
        Session current = session;
        if (current == null) {
            throw new IllegalStateException("there is no session yet");
        }
        return current;
    }

    @Override
    public void takeOver(Session frozen) {
        Session current = session;
        if (phase == Phase.ATTACHING && current != null) {
            current.lane(frozen.lane());
            attach(current);
        }
        reception.mailboxes().detach(frozen);
    }

    @Override
    public void superseded() {
        if (phase == Phase.ATTACHING) {
            refuse(ReasonCode.REPLACED, "a later login took its place");
        }
    }

    private void open(Session current) {
        phase = Phase.OPEN;
        known();
        connection.admit();
        login = null;
        InstanceWindow instance = reception.windows().attach(current);
        reception.registry().opened(current);
        reception.presence().arrived(current);
        reception.metrics().add(Metric.SESSIONS_OPENED, 1);
        dispatcher = new PacketDispatcher(reception, this, current, instance);
        write(loginResult(current));
        connection.flush();
        LOG.debug(
                "session={} event=opened user={} device={} transport={} remote={}",
                current.id(),
                current.info().user(),
                current.info().device(),
                current.info().transport(),
                current.info().remoteAddress());
        reception.sessionEvents().opened(current);
        instance.lane(current.lane());
        goOn();
    }

    /** The client has its answer: now what it sent behind its question. */
    private void goOn() {
        heardNanos = loop.nowNanos();
        restedNanos = heardNanos;
        replayEarly();
        gate.resume(PauseReason.LOGIN);
    }

    private LoginResult loginResult(Session current) {
        ServerLimits limits = reception.limits();
        return new LoginResult(
                ReasonCode.OK,
                "",
                0,
                current.id(),
                current.secret().high(),
                current.secret().low(),
                keepAliveSeconds,
                limits.maxFrameBytes(),
                limits.maxMessageBytes(),
                loop.wallMillis(),
                reception.serverInstance(),
                reception.capabilities());
    }

    private int keepAliveFor(int asked) {
        ServerLimits limits = reception.limits();
        return asked == 0
                ? limits.keepAliveSeconds()
                : Math.max(limits.minKeepAliveSeconds(), Math.min(limits.maxKeepAliveSeconds(), asked));
    }

    private void hold(int type, ByteBuffer body, Lane lane) {
        EarlyFrames held = early;
        if (held == null) {
            held = new EarlyFrames(reception.limits().earlyBytes());
            early = held;
        }
        held.add(type, body, lane);
    }

    /** As a read batch of its own; a mistake in it ends the connection like one that is read. */
    private void replayEarly() {
        EarlyFrames held = early;
        early = null;
        if (held == null) {
            return;
        }
        try {
            held.replay((type, body, lane) -> {
                if (phase != Phase.ENDED) {
                    onFrame(type, body, lane);
                }
            });
            onReadComplete();
        } catch (ProtocolException violation) {
            onViolation(violation);
        }
    }

    // ---- while open

    private void sweepSession(long nowNanos) {
        Session current = session();
        long patienceNanos = reception.limits().noProgressTimeoutMillis() * 1_000_000;
        boolean live = connection.silentNanos() < patienceNanos;
        if (!live || connection.isWritable(Lane.CHAT)) {
            readNanos = nowNanos;
        }
        if (!live) {
            // What waits has not reached a client behind a NAT that forgot it: its patience begins when it is back.
            restedNanos = nowNanos;
        }
        boolean counts = current.awaitsCount() && current.stalledNanos(nowNanos) < patienceNanos;
        if (live && !counts && nowNanos - readNanos >= patienceNanos) {
            end(ReasonCode.NO_PROGRESS, "what is written is not read");
            return;
        }
        if (gate.isPaused()) {
            heardNanos = nowNanos;
            dispatcher().rest();
            if (!gate.isPausedOnlyFor(PauseReason.RATE)) {
                restedNanos = nowNanos;
                return;
            }
        }
        long idleNanos = keepAliveSeconds * 2_500_000_000L;
        long silentNanos = nowNanos - heardNanos;
        if (silentNanos >= idleNanos) {
            end(ReasonCode.IDLE_TIMEOUT, "nothing was heard for too long");
        } else if (live && current.stalledNanos(nowNanos) >= patienceNanos && nowNanos - restedNanos >= patienceNanos) {
            end(ReasonCode.NO_PROGRESS, "messages are not counted");
        } else if (!gate.isPaused()) {
            dispatcher().sweep(nowNanos);
        }
    }

    /** The session is not read until its client has paid for what it sent. */
    void restUntilPaid() {
        if (phase == Phase.OPEN && gate.pause(PauseReason.RATE)) {
            reception.metrics().add(Metric.SESSIONS_SLOWED, 1);
            readOnWhenPaid();
        }
    }

    private void readOnWhenPaid() {
        if (phase != Phase.OPEN) {
            return;
        }
        long debt = dispatcher().debtNanos();
        if (debt == 0) {
            gate.resume(PauseReason.RATE);
        } else {
            long rest = Math.max(LEAST_REST_NANOS, Math.min(MOST_REST_NANOS, debt));
            connection.owner().schedule(rest, this::readOnWhenPaid);
        }
    }

    private void restIfPairIsFull() {
        LoopPair full = loop.batch().fullPair();
        if (full != null && gate.pause(PauseReason.LOOP_PAIR)) {
            full.whenHalfEmpty(() -> gate.resume(PauseReason.LOOP_PAIR));
        }
    }

    // ---- saying good-bye

    private void refuse(ReasonCode code, String text) {
        refuse(code, text, 0);
    }

    /** @param excessNanos how much longer to stay away because of how many there are */
    private void refuse(ReasonCode code, String text, long excessNanos) {
        reception.metrics().add(Metric.LOGINS_REFUSED, code, 1);
        LOG.debug(
                "session=- event=login_refused user={} code={} remote={}",
                login == null ? null : login.user(),
                code,
                connection.remoteAddress());
        if (phase == Phase.ATTACHING && waitingAt != null) {
            waitingAt.withdraw(this);
        }
        phase = Phase.ENDED;
        early = null;
        write(LoginResult.refused(code, text, spread(code) + (int) (excessNanos / 1_000_000)));
        connection.flush();
        connection.close(code, text);
    }

    /** When to come back: between the code's hint and twice that, so that a crowd does not come back as one. */
    private static int spread(ReasonCode code) {
        return code.delayMillis() == 0
                ? 0
                : code.delayMillis() + ThreadLocalRandom.current().nextInt(code.delayMillis());
    }

    private void leave(ReasonCode code, @Nullable Packet last) {
        Session current = phase == Phase.OPEN ? session : null;
        boolean open = phase != Phase.ENDED;
        countIfLoginEnds(phase, code);
        phase = Phase.ENDED;
        if (!open) {
            return;
        }
        sayLast(current, last);
        if (current != null) {
            endSession(current, code);
        }
        connection.close(code, code.name());
    }

    private void sayLast(@Nullable Session current, @Nullable Packet last) {
        if (current != null) {
            current.sayAnswers();
        }
        if (last != null) {
            write(last);
        }
        connection.flush();
    }

    /** The session ends, unless it has only lost its link and may wait for another one. */
    private void endSession(Session current, ReasonCode code) {
        if (DetachedSessions.isLoss(code)
                && DetachedSession.begin(reception, dispatcher(), keepAliveSeconds, code, loop)) {
            session = null;
            return;
        }
        current.mute();
        reception.sessionEvents().closing(current, code);
        closedEventDue = code;
        reception.forget(dispatcher(), code);
        reception.mailboxes().detach(current);
    }

    private void write(Packet packet) {
        connection.write(Lane.CHAT, connection.codec().encode(packet));
    }

    private PacketDispatcher dispatcher() {
        PacketDispatcher current = dispatcher;
        if (current == null) {
            throw new IllegalStateException("there is no session yet");
        }
        return current;
    }

    private String sessionId() {
        return session == null ? "-" : Long.toString(session.id());
    }

    private static String messageOf(ProtocolException violation) {
        String message = violation.getMessage();
        return message == null ? "" : message;
    }
}
