// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.inbound;

import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.routing.InstanceWindow;
import io.hongyan.core.routing.Routed;
import io.hongyan.core.session.Answers;
import io.hongyan.core.session.Loop;
import io.hongyan.core.session.PauseReason;
import io.hongyan.core.session.Session;
import io.hongyan.core.session.WorkerLane;
import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Chunk;
import io.hongyan.protocol.packet.Count;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Delivered;
import io.hongyan.protocol.packet.ErrorPacket;
import io.hongyan.protocol.packet.GoAway;
import io.hongyan.protocol.packet.Kick;
import io.hongyan.protocol.packet.Login;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.Logout;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Packet;
import io.hongyan.protocol.packet.Ping;
import io.hongyan.protocol.packet.Pong;
import io.hongyan.protocol.packet.Position;
import io.hongyan.protocol.packet.Presence;
import io.hongyan.protocol.packet.Read;
import io.hongyan.protocol.packet.Reassembler;
import io.hongyan.protocol.packet.Resume;
import io.hongyan.protocol.packet.SendResult;
import io.hongyan.protocol.packet.Subscribe;
import io.hongyan.protocol.packet.Sync;
import io.hongyan.protocol.packet.SyncPage;
import io.hongyan.protocol.packet.UserId;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What each packet of a logged-in client means: stops 3 and 4 of a message's walk. Every method says whether it has seen
 * to the count of the frame; if not, the frame is counted when the method has returned.
 */
@Confined("owner")
final class PacketDispatcher implements Packet.Handler<Boolean> {
    private final Reception reception;
    private final Session session;
    private final InstanceWindow window;
    private final Answers answers;
    private final ImMetrics metrics;
    private final boolean countsBulkApart;
    private final int maxMessageBytes;
    private final long reassemblyTimeoutNanos;
    private ConnectionInput input;
    private Loop loop;
    private final @Nullable SessionRates rates;
    private @Nullable Reassembler reassembler;
    private Lane channel = Lane.CHAT;
    private boolean paidFor;

    PacketDispatcher(Reception reception, ConnectionInput input, Session session, InstanceWindow window) {
        this.reception = reception;
        this.input = input;
        this.session = session;
        this.window = window;
        this.loop = session.loop();
        this.answers = session.answers();
        this.metrics = reception.metrics();
        this.countsBulkApart = session.countsBulkApart();
        ServerLimits limits = reception.limits();
        this.maxMessageBytes = limits.maxMessageBytes();
        this.reassemblyTimeoutNanos = limits.reassemblyTimeoutMillis() * 1_000_000;
        this.rates = limits.rateLimited() ? new SessionRates(limits, loop.nowNanos()) : null;
    }

    /** @throws ProtocolException when the frame is no packet, or one that is not allowed, or one of a flood */
    void onFrame(int type, ByteBuffer body, Lane lane) {
        boolean counted = Frame.isCounted(type);
        if (counted && !lane.isOrdered()) {
            throw new ProtocolException(ReasonCode.PROTOCOL_VIOLATION, "a counted frame in a lane without order");
        }
        channel = countsBulkApart && lane == Lane.BULK ? Lane.BULK : Lane.CHAT;
        int length = Frame.HEADER_BYTES + body.remaining();
        paidFor = false;
        Packet packet = session.connection().codec().decode(type, body);
        boolean sawToCount = packet != null && packet.accept(this);
        if (counted && !sawToCount) {
            answers.finishedNow(channel);
        }
        charge(length);
    }

    /** How long the session is not to be read, because its client sent more than it may, in ns; 0 when it may. */
    long debtNanos() {
        return rates == null ? 0 : rates.debtNanos(loop.nowNanos());
    }

    /** Gives up the messages whose chunks have stopped coming. The session is woken to tell its client. */
    void sweep(long nowNanos) {
        Reassembler chunks = reassembler;
        if (chunks == null) {
            return;
        }
        List<Reassembler.Outcome.Refused> expired = chunks.expire(nowNanos, reassemblyTimeoutNanos);
        if (!expired.isEmpty()) {
            expired.forEach(this::refused);
            session.wake(loop.batch(), 0);
        }
    }

    /** The session is not being read: no chunk can come. */
    void rest() {
        if (reassembler != null) {
            reassembler.rest();
        }
    }

    /** Gives back what it holds: no frame comes any more by this connection. */
    void close() {
        if (reassembler != null) {
            reassembler.clear();
            reassembler = null;
        }
    }

    /** Frames come by another connection from now on. On its owner, which is the session's. */
    void movedTo(ConnectionInput next) {
        input = next;
        loop = session.loop();
    }

    Session session() {
        return session;
    }

    InstanceWindow window() {
        return window;
    }

    // ---- messages

    /** Whether a message in chunks is on its way in. */
    boolean isReceiving() {
        return reassembler != null && reassembler.openMessages() > 0;
    }

    @Override
    public Boolean onMessage(Message message) {
        return came(message, isReceiving());
    }

    /** @param receiving whether a message in chunks was on its way in, perhaps this one */
    private boolean came(Message message, boolean receiving) {
        metrics.add(Metric.MESSAGES_IN, 1);
        requireOwn(message.id());
        if (message.lane() == Lane.EPHEMERAL) {
            onEphemeral(message);
            return false;
        }
        long counter = message.id().counter();
        ReasonCode refusal = refusalOf(message, receiving);
        return switch (refusal == null ? window.take(counter) : window.standing(counter)) {
            case NEW -> refusal == null ? taken(filled(message), counter) : refused(counter, refusal);
            case OPEN -> knownAndOpen();
            case ACCEPTED -> knownAndAccepted(counter, false);
            case DELIVERED -> knownAndAccepted(counter, true);
            case READ -> knownAndRead(message);
            case TOO_OLD -> refused(counter, refusal == null ? ReasonCode.ID_TOO_OLD : refusal);
        };
    }

    @Override
    public Boolean onChunk(Chunk chunk) {
        requireOwn(chunk.id());
        paidFor = chunk.slice().size() >= SessionRates.PAYING_CHUNK_BYTES;
        Reassembler chunks = reassembler;
        if (chunks == null) {
            chunks = new Reassembler(maxMessageBytes, reception.reassembly());
            reassembler = chunks;
        }
        if (chunk.offset() == 0 && !chunk.last() && isKnown(chunk.id().counter())) {
            chunks.skip(chunk);
            return false;
        }
        boolean receiving = isReceiving();
        if (chunk.offset() == 0 && !chunk.last() && isDeparted(chunk.id().counter(), receiving)) {
            chunks.skip(chunk);
            return false;
        }
        Reassembler.Outcome outcome = chunks.add(chunk);
        if (outcome instanceof Reassembler.Outcome.Whole whole) {
            Message message = whole.message();
            return came(message.lane() == Lane.BULK ? message : message.withLane(Lane.BULK), receiving);
        }
        if (outcome instanceof Reassembler.Outcome.Refused refused) {
            refused(refused);
        }
        return false;
    }

    /**
     * Whether a message of which the first chunk has come was taken before, or is too old: it is answered as if all of it
     * had come, and nothing of it is held.
     */
    private boolean isKnown(long counter) {
        InstanceWindow.Standing standing = window.standing(counter);
        switch (standing) {
            case NEW -> {
                return false;
            }
            case OPEN -> {}
            case ACCEPTED -> answers.settled(counter, ReasonCode.OK);
            case DELIVERED -> {
                answers.settled(counter, ReasonCode.OK);
                answers.delivered(counter);
            }
            case READ -> {
                answers.settled(counter, ReasonCode.OK);
                answers.delivered(counter);
                // Its recipient is in a chunk that is not looked into.
                session.tellRead(new Read(null, session.instance(), CounterRanges.of(counter)), loop.batch());
            }
            case TOO_OLD -> answers.settled(counter, ReasonCode.ID_TOO_OLD);
        }
        metrics.add(Metric.MESSAGES_IN, 1);
        if (standing == InstanceWindow.Standing.TOO_OLD) {
            metrics.add(Metric.MESSAGES_REFUSED, ReasonCode.ID_TOO_OLD, 1);
        } else {
            metrics.add(Metric.MESSAGES_DUPLICATE, 1);
        }
        return true;
    }

    /** Whether a message of which the first chunk has come is not taken any more: it is answered at once. */
    private boolean isDeparted(long counter, boolean receiving) {
        ReasonCode departed = input.departedFor(loop.nowNanos(), receiving);
        if (departed == null) {
            return false;
        }
        metrics.add(Metric.MESSAGES_REFUSED, departed, 1);
        answers.settled(counter, departed);
        return true;
    }

    /** The frame that would be counted did not come: there is the result only. */
    private void refused(Reassembler.Outcome.Refused refused) {
        metrics.add(Metric.MESSAGES_REFUSED, refused.code(), 1);
        answers.settled(refused.id().counter(), refused.code());
    }

    private void onEphemeral(Message message) {
        if (input.departedFor(loop.nowNanos(), isReceiving()) != null
                || message.payload().size() > maxMessageBytes
                || !takeToken()) {
            metrics.add(Metric.EPHEMERAL_DROPPED, 1);
            return;
        }
        Message filled = filled(message);
        if (needsLane(filled)) {
            submit(new LaneMessage(reception, session, filled));
        } else {
            reception.router().routeEphemeral(filled, loop.batch());
        }
    }

    private @Nullable ReasonCode refusalOf(Message message, boolean receiving) {
        if (message.payload().size() > maxMessageBytes) {
            return ReasonCode.MESSAGE_TOO_LARGE;
        }
        ReasonCode departed = input.departedFor(loop.nowNanos(), receiving);
        if (departed != null) {
            return departed;
        }
        return takeToken() ? null : ReasonCode.THROTTLED;
    }

    private boolean takeToken() {
        paidFor = rates == null || rates.takeMessage(loop.nowNanos());
        return paidFor;
    }

    /** What the client owes it pays by not being read, and a flood ends the session. */
    private void charge(int length) {
        SessionRates payer = rates;
        if (payer == null) {
            return;
        }
        long now = loop.nowNanos();
        payer.takeFrame(length, paidFor, now);
        if (payer.isFlood(now)) {
            throw new ProtocolException(ReasonCode.RATE_LIMITED, "far more packets than the rate allows");
        }
        if (payer.debtNanos(now) > 0) {
            input.restUntilPaid();
        }
    }

    private boolean taken(Message message, long counter) {
        if (!reception.interception().isEmpty()) {
            window.open(counter);
            submit(new LaneMessage(reception, message, openMessage(counter), false));
            return true;
        }
        if (message.to().kind() == Address.Kind.SERVER) {
            return takenForServer(message, counter);
        }
        Routed routed = reception.router().route(message, window, loop.batch());
        if (routed instanceof Routed.Settled settled) {
            if (settled.code() != ReasonCode.OK) {
                window.forget(counter);
                return refused(counter, settled.code());
            }
            answers.settledNow(channel, counter, ReasonCode.OK);
        } else {
            window.open(counter);
            openMessage(counter).settleWith((Routed.Open) routed, metrics);
        }
        restIfEventsAreFull(message);
        return true;
    }

    /** Nobody is to be asked: it is accepted with its place in the lane. */
    private boolean takenForServer(Message message, long counter) {
        if (reception.messageListeners().isEmpty()) {
            window.forget(counter);
            return refused(counter, ReasonCode.NOT_SUPPORTED);
        }
        answers.settled(counter, ReasonCode.OK);
        submit(new LaneMessage(reception, message, openMessage(counter), true));
        return true;
    }

    private OpenMessage openMessage(long counter) {
        return new OpenMessage(session, window, counter, channel, answers.open(channel));
    }

    private boolean knownAndOpen() {
        metrics.add(Metric.MESSAGES_DUPLICATE, 1);
        return false;
    }

    private boolean knownAndAccepted(long counter, boolean delivered) {
        metrics.add(Metric.MESSAGES_DUPLICATE, 1);
        answers.settledNow(channel, counter, ReasonCode.OK);
        if (delivered) {
            answers.delivered(counter);
        }
        return true;
    }

    private boolean knownAndRead(Message message) {
        long counter = message.id().counter();
        UserId reader = message.to() instanceof Address.User to
                ? to.user()
                : message.to() instanceof Address.Device to ? to.user() : null;
        session.tellRead(new Read(reader, session.instance(), CounterRanges.of(counter)), loop.batch());
        return knownAndAccepted(counter, true);
    }

    private boolean refused(long counter, ReasonCode code) {
        metrics.add(Metric.MESSAGES_REFUSED, code, 1);
        answers.settledNow(channel, counter, code);
        return true;
    }

    private Message filled(Message message) {
        return message.withServerFields(session.from(), null, 0, loop.wallMillis());
    }

    private boolean needsLane(Message message) {
        return message.to().kind() == Address.Kind.SERVER
                || !reception.interception().isEmpty();
    }

    private void submit(Runnable task) {
        WorkerLane lane = reception.sessionEvents().laneOf(session);
        window.lane(lane);
        if (!lane.submit(task) && session.gate().pause(PauseReason.LANE)) {
            lane.whenHalfEmpty(() -> session.resumeReading(PauseReason.LANE));
        }
    }

    private void restIfEventsAreFull(Message message) {
        if (message.to() instanceof Address.User to) {
            reception.deliveryEvents().restWhileFull(to.user(), session);
        }
    }

    private void requireOwn(MessageId id) {
        if (id.instance() != session.instance()) {
            throw new ProtocolException(ReasonCode.PROTOCOL_VIOLATION, "a message id of another instance than LOGIN's");
        }
    }

    // ---- control

    @Override
    public Boolean onCount(Count count) {
        paidFor = session.outbox().covered(count.channel(), count.count()) > 0;
        reception.mailboxes().counted(session, count.channel(), count.count(), loop.batch(), loop.nowNanos());
        reception.deliveryEvents().restWhileFull(session.info().user(), session);
        return false;
    }

    @Override
    public Boolean onRead(Read read) {
        reception.readReceipts().read(session, read, loop.batch());
        reception.deliveryEvents().restWhileFull(session.info().user(), session);
        return false;
    }

    @Override
    public Boolean onPing(Ping ping) {
        session.pong(ping.nonce());
        return false;
    }

    @Override
    public Boolean onSubscribe(Subscribe subscribe) {
        submit(new SubscribeTask(reception, session, session.openPresence(), subscribe));
        return false;
    }

    /** The server sends no PING; an answer to none harms nobody. */
    @Override
    public Boolean onPong(Pong pong) {
        return false;
    }

    @Override
    public Boolean onLogout(Logout logout) {
        input.logout();
        return false;
    }

    /** For the log of the carrier at most: what a client calls our mistake does not end its session by itself. */
    @Override
    public Boolean onError(ErrorPacket error) {
        return false;
    }

    // ---- what this version does not serve: the session goes on

    @Override
    public Boolean onResume(Resume resume) {
        return unserved(resume);
    }

    @Override
    public Boolean onSync(Sync sync) {
        return unserved(sync);
    }

    private boolean unserved(Packet packet) {
        metrics.add(Metric.PACKETS_UNSERVED, 1);
        session.error(ReasonCode.NOT_SUPPORTED, packet.packetType().name());
        return false;
    }

    // ---- what a client never sends: the session ends

    @Override
    public Boolean onLogin(Login login) {
        throw unexpected(login);
    }

    @Override
    public Boolean onLoginResult(LoginResult result) {
        throw unexpected(result);
    }

    @Override
    public Boolean onKick(Kick kick) {
        throw unexpected(kick);
    }

    @Override
    public Boolean onSendResult(SendResult result) {
        throw unexpected(result);
    }

    @Override
    public Boolean onDelivered(Delivered delivered) {
        throw unexpected(delivered);
    }

    @Override
    public Boolean onPresence(Presence presence) {
        throw unexpected(presence);
    }

    @Override
    public Boolean onSyncPage(SyncPage page) {
        throw unexpected(page);
    }

    @Override
    public Boolean onPosition(Position position) {
        throw unexpected(position);
    }

    @Override
    public Boolean onGoAway(GoAway goAway) {
        throw unexpected(goAway);
    }

    private static ProtocolException unexpected(Packet packet) {
        return new ProtocolException(ReasonCode.UNEXPECTED_PACKET, packet.packetType() + " in an open session");
    }
}
