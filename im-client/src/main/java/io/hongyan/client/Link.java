// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.packet.Chunk;
import io.hongyan.protocol.packet.Count;
import io.hongyan.protocol.packet.Delivered;
import io.hongyan.protocol.packet.ErrorPacket;
import io.hongyan.protocol.packet.GoAway;
import io.hongyan.protocol.packet.Kick;
import io.hongyan.protocol.packet.Login;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.Logout;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.Packet;
import io.hongyan.protocol.packet.Ping;
import io.hongyan.protocol.packet.Pong;
import io.hongyan.protocol.packet.Position;
import io.hongyan.protocol.packet.Presence;
import io.hongyan.protocol.packet.Read;
import io.hongyan.protocol.packet.Reassembler;
import io.hongyan.protocol.packet.ReassemblyBudget;
import io.hongyan.protocol.packet.Resume;
import io.hongyan.protocol.packet.SendResult;
import io.hongyan.protocol.packet.Subscribe;
import io.hongyan.protocol.packet.Sync;
import io.hongyan.protocol.packet.SyncPage;
import io.hongyan.protocol.rudp.RudpConfig;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client's session: its login, its counts, its keepalive. What came in goes to the session, packet
 * by packet.
 *
 * <pre>
 *   begin ──LOGIN───► LOGIN_RESULT ───────────► online: messages, receipts, counts, pings ──► lost, once
 *      │       │ ▲ └── refused, or too late ───────────────────────────────────────────────────────┘
 *      │       │ └──── RESUME refused
 *      └──RESUME─────► LOGIN_RESULT, receipts told again, COUNT ──► online
 * </pre>
 *
 * After {@link ClientSession#linkLost} was told nothing of this link reaches the session any more. As a packet handler it
 * says whether a server may send that packet, now.
 */
@Confined("owner")
final class Link implements ConnectionHandler, Packet.Handler<Boolean> {

    /** How long a server may take to answer when the network has changed. */
    private static final long PROBE_NANOS = 3_000_000_000L;

    private final ClientSession session;
    private final Connection connection;
    private final ServerAddress server;

    private @Nullable LoginResult login;
    /** Sent when the session cannot be resumed. */
    private @Nullable Login fallback;

    private @Nullable ResumableSession resuming;
    private boolean lost;
    private boolean inBatch;
    private boolean dirty;
    private int chatSent;
    /** Counted frames that came and that the application is not done with. */
    private int uncounted;

    private int chatCount;
    private int chatCountTold;
    private int bulkCount;
    private int bulkCountTold;
    private final Reassembler reassembler =
            new Reassembler(Message.MAX_PAYLOAD_BYTES, new ReassemblyBudget(Long.MAX_VALUE));
    private @Nullable ErrorPacket error;

    /** Whether a NAT that forgets this link can be noticed, and kept from it. */
    private final boolean mapped;

    private boolean paused;
    /** The silence before what was written last, in ns; 0: it is judged, or tells nothing. */
    private long silenceNanos;

    private long readNanos;
    private long writtenNanos;
    private long pingNanos;
    private long pingWaitNanos;
    private boolean pinging;
    private long nonce;
    private Runnable cancelTimer = () -> {};

    Link(ClientSession session, Connection connection, ServerAddress server) {
        this.session = session;
        this.connection = connection;
        this.server = server;
        this.mapped = connection.transport().equals("udp");
        this.readNanos = session.nanoTime();
        this.writtenNanos = readNanos;
    }

    /**
     * The carrier is up, or about to be: log in.
     *
     * @param resumable the session to go on with instead, if the server lets us
     */
    void begin(Login packet, @Nullable ResumableSession resumable) {
        if (lost) {
            return;
        }
        if (resumable == null || !resumable.fits(connection.countsBulkApart())) {
            write(Lane.CHAT, encode(packet));
        } else {
            Resume resume = resumable.packet();
            resuming = resumable;
            fallback = packet;
            countFrom(resume.chatCount(), resume.bulkCount());
            write(Lane.CHAT, encode(resume));
        }
        flush();
        cancelTimer = session.schedule(
                session.config().loginTimeoutNanos(), () -> abort(ReasonCode.LOGIN_TIMEOUT, "no answer to the login"));
    }

    /** @return whether the lane has room for more */
    boolean write(Lane lane, Frame frame) {
        dirty = true;
        if (frame.counted() && !(lane == Lane.BULK && connection.countsBulkApart())) {
            chatSent++;
        }
        return connection.write(lane, frame);
    }

    /** Sends counts, then all that was written, unless a read batch is on: its end will. */
    void flush() {
        if (inBatch || lost) {
            return;
        }
        if (chatCount != chatCountTold) {
            chatCountTold = chatCount;
            write(Lane.CHAT, encode(new Count(Lane.CHAT, chatCount)));
        }
        if (bulkCount != bulkCountTold) {
            bulkCountTold = bulkCount;
            write(Lane.CHAT, encode(new Count(Lane.BULK, bulkCount)));
        }
        if (dirty) {
            dirty = false;
            long now = session.nanoTime();
            if (mapped && quietNanos(now) >= MappingLifetime.LEAST_NANOS) {
                silenceNanos = quietNanos(now);
            }
            writtenNanos = now;
            connection.flush();
        }
    }

    /** The application is done with so many counted frames. */
    void count(Lane channel, int frames) {
        uncounted -= frames;
        if (channel == Lane.BULK) {
            bulkCount += frames;
        } else {
            chatCount += frames;
        }
    }

    private void countFrom(int chat, int bulk) {
        chatCount = chat;
        chatCountTold = chat;
        bulkCount = bulk;
        bulkCountTold = bulk;
    }

    int chatCount() {
        return chatCount;
    }

    int bulkCount() {
        return bulkCount;
    }

    boolean countsBulkApart() {
        return connection.countsBulkApart();
    }

    /** The session that this link is of, to be resumed when it is lost; null when the server keeps none. */
    @Nullable
    ResumableSession resumable() {
        LoginResult result = login;
        return result == null || !ResumableSession.isOffered(result) ? null : new ResumableSession(result, this);
    }

    /** As {@link #count}, from a lane: the count leaves at once. */
    void countShown(int chatFrames, int bulkFrames) {
        chatCount += chatFrames;
        bulkCount += bulkFrames;
        uncounted -= chatFrames + bulkFrames;
        flush();
        if (!lost) {
            session.shown(this);
        }
    }

    /** Whether all that came is counted. */
    boolean hasCountedAll() {
        return uncounted == 0;
    }

    void pauseReading() {
        if (!paused && !lost) {
            paused = true;
            connection.pauseReading();
        }
    }

    void resumeReading() {
        if (paused && !lost) {
            paused = false;
            readNanos = session.nanoTime();
            connection.resumeReading();
        }
    }

    /** The device has another network: whether the server is to be reached from there must be known soon. */
    void networkChanged() {
        if (lost) {
            return;
        }
        connection.networkChanged();
        if (login != null) {
            cancelTimer.run();
            // The silence so far was on another network.
            writtenNanos = session.nanoTime();
            silenceNanos = 0;
            long wait = ping(Math.min(PROBE_NANOS, session.config().pingTimeoutNanos()));
            cancelTimer = session.schedule(wait, this::keepAlive);
        }
    }

    /** The person leaves: tells the server, then closes behind all that was written. */
    void logout() {
        write(Lane.CHAT, encode(new Logout()));
        inBatch = false;
        flush();
        connection.close(ReasonCode.LOGGED_OUT, "closed by the application");
    }

    /** Nothing more comes from this side but counts. The server ends the session; the link stays until then. */
    void sayLogout() {
        write(Lane.CHAT, encode(new Logout()));
        flush();
    }

    /** Ends the link from this side; the session hears of it at once. */
    void abort(ReasonCode code, String text) {
        if (!lost) {
            connection.close(code, text);
            lose(code, 0, false, text);
        }
    }

    /** Drops the link without a word to the session. */
    void drop(ReasonCode code) {
        end();
        connection.close(code, "");
    }

    Frame encode(Packet packet) {
        return connection.codec().encode(packet);
    }

    boolean isWritable(Lane lane) {
        return connection.isWritable(lane);
    }

    /** Counted frames written in the chat channel, or in the only one. */
    int chatSent() {
        return chatSent;
    }

    /** Whether a read batch is on, at whose end everything is sent. */
    boolean isInBatch() {
        return inBatch && !lost;
    }

    boolean isPaused() {
        return paused;
    }

    ClientSession session() {
        return session;
    }

    ServerAddress server() {
        return server;
    }

    String transport() {
        return connection.transport();
    }

    /** The longest frame the server takes, in bytes, header included. */
    int maxFrameBytes() {
        return accepted().maxFrameBytes();
    }

    /** The longest frame of the ephemeral lane, in bytes, header included: on UDP it must fit in one datagram. */
    int maxEphemeralBytes() {
        return connection.transport().equals("udp")
                ? Math.min(RudpConfig.MAX_EPHEMERAL_BYTES, maxFrameBytes())
                : maxFrameBytes();
    }

    /** The largest payload the server takes, in bytes. */
    int maxMessageBytes() {
        return accepted().maxMessageBytes();
    }

    boolean storesDurably() {
        return accepted().hasDurableStore();
    }

    @Override
    public void onFrame(int type, ByteBuffer body, Lane lane) {
        if (lost) {
            return;
        }
        inBatch = true;
        Packet packet = connection.codec().decode(type, body);
        Lane channel = !Frame.isCounted(type)
                ? null
                : lane == Lane.BULK && connection.countsBulkApart() ? Lane.BULK : Lane.CHAT;
        if (channel != null) {
            uncounted++;
        }
        if (packet instanceof Message message) {
            requireLogin();
            session.received(this, channel, message);
        } else if (packet instanceof Chunk chunk) {
            requireLogin();
            received(channel, chunk);
        } else {
            if (packet != null && !packet.accept(this)) {
                throw new ProtocolException(
                        ReasonCode.UNEXPECTED_PACKET, packet.packetType() + " from a server, or too early");
            }
            if (channel != null) {
                requireLogin();
                session.counted(this, channel);
            }
        }
    }

    @Override
    public void onReadComplete() {
        readNanos = session.nanoTime();
        pinging = false;
        inBatch = false;
        if (silenceNanos > 0) {
            session.mapping().survived(silenceNanos, longestSilenceNanos());
            silenceNanos = 0;
        }
        if (!lost) {
            session.batchEnded(this);
        }
    }

    /** The server's answer to what was written last: in the same batch, but before it. */
    @Override
    public void onMappingLost() {
        if (!lost && silenceNanos > 0) {
            session.mappingLost(silenceNanos);
            silenceNanos = 0;
        }
    }

    @Override
    public void onWritable(Lane lane) {
        if (!lost) {
            session.hasRoom(this);
        }
    }

    @Override
    public void onViolation(ProtocolException violation) {
        if (!lost) {
            inBatch = false;
            write(Lane.CHAT, encode(new ErrorPacket(violation.code(), String.valueOf(violation.getMessage()))));
            flush();
            abort(violation.code(), String.valueOf(violation.getMessage()));
        }
    }

    @Override
    public void onClosed(ReasonCode reason, boolean byPeer, String text) {
        ErrorPacket said = error;
        if (said != null) {
            lose(said.code(), said.code().delayMillis(), true, said.text());
        } else {
            boolean fromServer = byPeer && isVerdict(reason);
            lose(reason, fromServer ? reason.delayMillis() : 0, fromServer, text);
        }
    }

    @Override
    public Boolean onLoginResult(LoginResult result) {
        if (login != null) {
            throw new ProtocolException(ReasonCode.UNEXPECTED_PACKET, "a second LOGIN_RESULT");
        }
        ResumableSession asked = resuming;
        if (asked != null && result.code() == ReasonCode.RESUME_REFUSED) {
            resumeRefused();
            return true;
        }
        if (result.isAccepted() && asked != null) {
            resumed(asked, result);
            return true;
        }
        cancelTimer.run();
        if (result.isAccepted()) {
            login = result;
            online(false);
        } else {
            int askedMillis = result.retryAfterMillis() > 0
                    ? result.retryAfterMillis()
                    : result.code().delayMillis();
            connection.close(result.code(), "login refused");
            lose(result.code(), askedMillis, true, result.text());
        }
        return true;
    }

    /** The server does not have the session any more: log in over the same link. */
    private void resumeRefused() {
        Login packet = fallback;
        resuming = null;
        fallback = null;
        session.resumeRefused();
        countFrom(0, 0);
        if (packet != null) {
            write(Lane.CHAT, encode(packet));
        }
    }

    /** The server tells again what may have been lost; then its COUNT. */
    private void resumed(ResumableSession asked, LoginResult result) {
        if (!asked.isAnsweredBy(result)) {
            session.resumeRefused();
            abort(ReasonCode.CONNECTION_LOST, "another session than the one to resume");
            return;
        }
        login = result;
        session.resumed(this);
    }

    private void online(boolean resumed) {
        resuming = null;
        fallback = null;
        readNanos = session.nanoTime();
        keepAlive();
        session.online(this, resumed);
    }

    @Override
    public Boolean onKick(Kick kick) {
        connection.close(kick.code(), "kicked");
        lose(kick.code(), kick.code().delayMillis(), true, kick.text());
        return true;
    }

    @Override
    public Boolean onError(ErrorPacket packet) {
        error = packet.code().endsConnection() ? packet : error;
        return true;
    }

    @Override
    public Boolean onGoAway(GoAway goAway) {
        if (login == null) {
            session.sentElsewhere(this, goAway);
        } else {
            session.askedToLeave(this, goAway);
        }
        return true;
    }

    @Override
    public Boolean onPing(Ping ping) {
        write(Lane.CHAT, encode(new Pong(ping.nonce())));
        return true;
    }

    @Override
    public Boolean onPong(Pong pong) {
        return true;
    }

    @Override
    public Boolean onCount(Count count) {
        if (login == null) {
            return false;
        }
        boolean ofChat = count.channel() == Lane.CHAT;
        if (resuming != null) {
            if (ofChat) {
                chatSent = count.count();
                cancelTimer.run();
                online(true);
            }
            return true;
        }
        session.progressed();
        if (ofChat) {
            session.counted(count.count());
        }
        return true;
    }

    @Override
    public Boolean onSendResult(SendResult result) {
        if (login == null) {
            return false;
        }
        session.answered(this, result);
        return true;
    }

    @Override
    public Boolean onDelivered(Delivered delivered) {
        if (login == null) {
            return false;
        }
        session.delivered(delivered);
        return true;
    }

    @Override
    public Boolean onRead(Read read) {
        if (login == null) {
            return false;
        }
        session.read(this, read);
        return true;
    }

    @Override
    public Boolean onPresence(Presence presence) {
        if (login != null) {
            session.presence(this, presence);
        }
        return true;
    }

    @Override
    public Boolean onSyncPage(SyncPage page) {
        return true;
    }

    @Override
    public Boolean onPosition(Position position) {
        return true;
    }

    @Override
    public Boolean onMessage(Message message) {
        return false;
    }

    @Override
    public Boolean onChunk(Chunk chunk) {
        return false;
    }

    @Override
    public Boolean onLogin(Login packet) {
        return false;
    }

    @Override
    public Boolean onLogout(Logout logout) {
        return false;
    }

    @Override
    public Boolean onSubscribe(Subscribe subscribe) {
        return false;
    }

    @Override
    public Boolean onResume(Resume resume) {
        return false;
    }

    @Override
    public Boolean onSync(Sync sync) {
        return false;
    }

    private void requireLogin() {
        if (login == null) {
            throw new ProtocolException(ReasonCode.UNEXPECTED_PACKET, "a packet before LOGIN_RESULT");
        }
    }

    private LoginResult accepted() {
        LoginResult result = login;
        if (result == null) {
            throw new IllegalStateException("not logged in");
        }
        return result;
    }

    private void received(@Nullable Lane channel, Chunk chunk) {
        Reassembler.Outcome outcome = reassembler.add(chunk);
        if (outcome instanceof Reassembler.Outcome.Whole whole) {
            session.received(this, channel, whole.message());
        } else if (outcome instanceof Reassembler.Outcome.Refused refused) {
            throw new ProtocolException(refused.code(), "more chunks at a time than the protocol allows");
        } else if (channel != null) {
            session.counted(this, channel);
        }
    }

    /** One timer, set anew when it fires and never by traffic. While we have stopped reading nothing is missed. */
    private void keepAlive() {
        long now = session.nanoTime();
        if (paused) {
            readNanos = now;
            pinging = false;
        }
        long wait;
        if (pinging) {
            wait = pingWaitNanos - (now - pingNanos);
            if (wait <= 0) {
                onMappingLost();
                abort(ReasonCode.IDLE_TIMEOUT, "no answer to a ping");
                return;
            }
        } else {
            wait = untilPing(now);
            if (wait <= 0) {
                wait = ping(session.config().pingTimeoutNanos());
            }
        }
        cancelTimer = session.schedule(wait, this::keepAlive);
    }

    /** How long until the server must be asked whether it is there, or the way to it be kept open. */
    private long untilPing(long now) {
        long untilAsked = longestSilenceNanos() - Math.max(now - readNanos, now - writtenNanos);
        return mapped ? Math.min(untilAsked, session.mapping().silenceNanos() - quietNanos(now)) : untilAsked;
    }

    /** How long nothing has left, as far as is known, in ns: what is read is acknowledged. */
    private long quietNanos(long now) {
        return paused ? now - writtenNanos : Math.min(now - readNanos, now - writtenNanos);
    }

    /** What the server allows, and what leaves the carrier as much time again to get a ping through. */
    private long longestSilenceNanos() {
        return Math.min(accepted().keepAliveSeconds() * 1_000_000_000L, connection.idleTimeoutNanos() / 2);
    }

    /** Asks for an answer within so long; answers how long. */
    private long ping(long waitNanos) {
        pinging = true;
        pingNanos = session.nanoTime();
        pingWaitNanos = waitNanos;
        write(Lane.CHAT, encode(new Ping(++nonce)));
        flush();
        return waitNanos;
    }

    /**
     * Whether a carrier that closed with this code passes on what the server decided. Bytes that make no sense do not:
     * they may be those of something in between, and the server be well the next time.
     */
    private static boolean isVerdict(ReasonCode code) {
        return switch (code) {
            case LOGIN_REFUSED, REPLACED, KICKED, LOGGED_OUT, PROTECTION_REQUIRED -> true;
            case CONNECTION_LOST -> false;
            default -> code.retry() == ReasonCode.Retry.COME_BACK;
        };
    }

    private void lose(ReasonCode code, int askedMillis, boolean fromServer, String text) {
        if (!lost) {
            end();
            session.linkLost(this, new Loss(code, askedMillis, fromServer, text));
        }
    }

    private void end() {
        if (lost) {
            return;
        }
        lost = true;
        session.retransmitted(connection.retransmissions());
        cancelTimer.run();
        reassembler.clear();
    }
}
