// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a connection does: takes and makes its datagrams, keeps its deadlines, goes through its states. {@link
 * RudpConnection} is what the application sees of it.
 *
 * <p>This object is what an idle connection costs; what is needed while something is under way is a {@link HotState} of
 * the endpoint's pool.
 */
final class ConnectionCore extends RudpConnection {
    private static final long MILLI = 1_000_000L;
    /** A power of two, 17 ms. */
    private static final long IDLE_GRAIN_NANOS = 1 << 24;
    /** How many congestion windows the bulk lane's buffer has at least, within its bounds. */
    private static final int BUFFERED_WINDOWS = 4;
    /** Less bulk than this is over before longer datagrams would repay their probes. */
    static final int BULK_WORTH_PROBING_BYTES = 32 << 10;
    /** A silence that ends with more numbers missing than loss explains was none: the server was not heard. */
    private static final int UNHEARD_DATAGRAMS = 8;

    private static final long UNHEARD_NANOS = 5_000_000_000L;

    final RttEstimator rtt = new RttEstimator();
    final CongestionController congestion;

    // Owned by Deadlines.
    long deadlineNanos = Deadlines.NONE;

    @Nullable
    ConnectionCore wheelNext;

    @Nullable
    ConnectionCore wheelPrevious;

    short wheelSlot = Deadlines.NOT_IN_WHEEL;

    // Owned by ReadyQueue.
    @Nullable
    ConnectionCore readyNext;

    /** The largest number the peer acknowledged. */
    long largestAcked = -1;

    final ConnectionCounters counters;
    final ConnectionNames names;
    final PeerPath path;
    final Lanes lanes;

    private final RudpEndpoint endpoint;

    private ConnectionState state;
    private @Nullable Protector protector;
    private @Nullable HotState hot;
    /** Null until the end begins. */
    private @Nullable Farewell farewell;

    private long nextPacketNumber;
    private long largestReceived = -1;
    private long recentReceived;
    private int ackReach;
    private int lossSummary = LossEstimator.NOTHING_KNOWN;

    private long lastReceivedNanos;
    private long lastElicitingNanos;
    /** End of the handshake or of flushing, as the state has it. */
    private long stateDeadlineNanos = Deadlines.NONE;

    private long peerIdleNanos = Long.MAX_VALUE;
    private int peerMaxMessageBytes = Integer.MAX_VALUE;
    private boolean paused;
    /** A client's: whether the server's ticket was handed up. */
    private boolean ticketTold;

    /**
     * One end of a connection. A server's end has its protector from the start, and so has a client's that begins with a
     * ticket.
     */
    ConnectionCore(
            RudpEndpoint endpoint,
            ConnectionNames names,
            PeerAddress remote,
            @Nullable Protector protector,
            long nowNanos) {
        this.endpoint = endpoint;
        this.counters = new ConnectionCounters();
        this.names = names;
        this.protector = protector;
        congestion = CongestionController.of(endpoint.config().congestionControl());
        path = new PeerPath(remote);
        lanes = new Lanes();
        state = names.server
                ? ConnectionState.OPEN
                : protector == null ? ConnectionState.HELLO_SENT : ConnectionState.CONNECTING;
        lastReceivedNanos = nowNanos;
        lastElicitingNanos = nowNanos;
        stateDeadlineNanos = nowNanos + endpoint.config().handshakeTimeoutMillis() * MILLI;
        if (names.server) {
            hot().control |= HotState.ACCEPT | HotState.CREDIT;
        } else if (protector != null) {
            hot().control |= HotState.HELLO | HotState.CREDIT;
        }
    }

    /** A server's client came with a ticket: whether it is where it says must be seen. */
    void requireProof(long challenge) {
        path.requireProof(challenge);
        hot().control |= HotState.CHALLENGE;
    }

    /** A server's client has proved for the first time to be where it says. */
    void giveTicket() {
        if (endpoint.givesTickets()) {
            hot().control |= HotState.TICKET;
        }
    }

    // Commands of the application.

    @Override
    public boolean send(long nowNanos, Lane lane, byte[] frame) {
        return send(lane, frame, false);
    }

    @Override
    public boolean sendUrgent(long nowNanos, byte[] frame) {
        return send(Lane.CHAT, frame, true);
    }

    private boolean send(Lane lane, byte[] frame, boolean urgent) {
        if (isCloseCalled() || state.isOver()) {
            return false;
        }
        if (frame.length == 0 || frame.length > Math.min(endpoint.config().maxMessageBytes(), peerMaxMessageBytes)) {
            throw new IllegalArgumentException("a message has 1 to "
                    + Math.min(endpoint.config().maxMessageBytes(), peerMaxMessageBytes) + " bytes, not "
                    + frame.length);
        }
        HotState hot = hot();
        if (lane.isOrdered()) {
            fitBulkToPath();
            return lanes.out(lane).offer(frame, urgent);
        }
        if (frame.length > RudpConfig.MAX_EPHEMERAL_BYTES || !hot.ephemeral.offer(frame)) {
            counters.droppedEphemeral(totals());
        }
        return true;
    }

    @Override
    public boolean isWritable(Lane lane) {
        if (isCloseCalled() || state.isOver()) {
            return false;
        }
        if (!lane.isOrdered() || hot == null) {
            return true;
        }
        fitBulkToPath();
        SendLane out = lanes.out(lane);
        if (out.isWritable()) {
            return true;
        }
        out.wantWritable();
        return false;
    }

    /** What is lost holds up for some round trips what was sent behind it: a path that takes much needs a large buffer. */
    private void fitBulkToPath() {
        lanes.out(Lanes.BULK).fitTo(BUFFERED_WINDOWS * congestion.windowBytes());
    }

    @Override
    public int pendingBytes(Lane lane) {
        HotState hot = this.hot;
        if (hot == null) {
            return 0;
        }
        return lane.isOrdered() ? lanes.out(lane).pendingBytes() : hot.ephemeral.pendingBytes();
    }

    @Override
    public void flush() {
        if (hot != null && state.isActive()) {
            endpoint.ready(this);
        }
    }

    @Override
    public void pauseReading() {
        paused = true;
    }

    @Override
    public void resumeReading(long nowNanos) {
        if (paused) {
            paused = false;
            grantIfDue();
        }
    }

    /** Whoever shakes hands still begins again: cookies are of an address. */
    @Override
    public void networkChanged(long nowNanos) {
        if (names.server || state.isOver()) {
            return;
        }
        rtt.reset();
        resetCongestion(nowNanos);
        if (names.isConnecting()) {
            names.handshake().offerAgain();
        }
        if (state.isActive()) {
            HotState hot = hot();
            hot.recovery.loseAll(this, nowNanos);
            hot.control |= HotState.PING;
        }
        endpoint.ready(this);
        update(nowNanos);
    }

    @Override
    public void close(long nowNanos, int code) {
        if (isCloseCalled() || state.isOver()) {
            return;
        }
        endpoint.deadlines().passTo(nowNanos);
        farewell().call(code & 0xffff);
        if (state == ConnectionState.HELLO_SENT) {
            end(ConnectionState.Transition.CLOSE_CALLED, nowNanos, farewell().code(), false);
            return;
        }
        enter(ConnectionState.Transition.CLOSE_CALLED, nowNanos);
        stateDeadlineNanos = nowNanos + endpoint.config().closeFlushMillis() * MILLI;
        endpoint.ready(this);
        update(nowNanos);
    }

    @Override
    public boolean isOpen() {
        return state == ConnectionState.OPEN;
    }

    @Override
    public long id() {
        return names.serverId();
    }

    @Override
    public RudpStats stats() {
        HotState hot = this.hot;
        int bytesInFlight = hot == null ? 0 : hot.sent.bytesInFlight();
        return counters.snapshot(rtt, congestion.windowBytes(), bytesInFlight, bulkDatagramBytes());
    }

    @Override
    public String toString() {
        return "RudpConnection[" + Long.toHexString(names.serverId()) + " " + state + " " + path.remote() + "]";
    }

    // Datagrams in.

    /** Takes an INITIAL's answer. */
    void onCookie(long nowNanos, Protector agreed, long rttNanos) {
        protector = agreed;
        if (rttNanos > 0) {
            rtt.guess(rttNanos);
        }
        HotState hot = hot();
        if (state == ConnectionState.HELLO_SENT) {
            enter(ConnectionState.Transition.COOKIE_RECEIVED, nowNanos);
            hot.control |= HotState.HELLO | HotState.CREDIT;
        } else {
            // Nobody answered what left under the cookie before, or with a ticket, and nobody will.
            hot.recovery.loseAll(this, nowNanos);
        }
        endpoint.ready(this);
        update(nowNanos);
    }

    /**
     * Takes a datagram addressed to this connection; its tag and number are judged here.
     *
     * @return why it was dropped, or null
     */
    @Nullable
    DropReason input(byte[] datagram, int numberAt, int headerEnd, int end, PeerAddress from, long nowNanos) {
        Protector protector = this.protector;
        if (protector == null || state == ConnectionState.CLOSED) {
            return DropReason.CLOSED;
        }
        HotState hot = this.hot;
        long largest = hot == null ? largestReceived : hot.received.largest();
        int numberBytes = headerEnd - numberAt;
        long packetNumber = PacketNumbers.expand(Bytes.readLong(datagram, numberAt, numberBytes), numberBytes, largest);
        int payloadEnd = protector.open(packetNumber, datagram, headerEnd, end);
        if (payloadEnd < 0) {
            return DropReason.NOT_AUTHENTIC;
        }
        if (state.isOver()) {
            return inputWhenOver(datagram, headerEnd, payloadEnd, nowNanos);
        }
        if (!names.server && !path.remote().sameAs(from)) {
            return DropReason.WRONG_ADDRESS;
        }
        if (names.isConnecting() && !opensHandshake(datagram, headerEnd, payloadEnd)) {
            return DropReason.UNKNOWN_CONNECTION;
        }
        hot = hot();
        counters.received(end);
        if (hot.received.isDuplicate(packetNumber)) {
            update(nowNanos);
            return DropReason.DUPLICATE;
        }
        endpoint.tracer().onReceived(this, nowNanos, packetNumber, end);
        if (packetNumber - largest > UNHEARD_DATAGRAMS && silentNanos(nowNanos) >= UNHEARD_NANOS) {
            tellMappingLost();
        }
        lastReceivedNanos = nowNanos;
        hot.recovery.onHeard();
        if (names.server) {
            noticePath(from, packetNumber > largest, end, nowNanos);
            if ((datagram[0] & Wire.SHORT_MASK) == Wire.SHORT) {
                confirmAccept();
            }
        }
        boolean outOfOrder = hot.received.add(packetNumber, nowNanos);
        boolean askedNow = (datagram[0] & Wire.ANSWER_NOW) != 0;
        if (endpoint.reader().read(this, hot, headerEnd, payloadEnd, nowNanos)) {
            hot.acks.onReceived(nowNanos, outOfOrder, askedNow, rtt.smoothedNanos());
        }
        if (!state.isOver()) {
            hot.received.onDelivered(lanes.delivered());
            tellWritable();
        }
        // Also when a CLOSE was in it: the answer to that leaves now.
        endpoint.ready(this);
        update(nowNanos);
        return null;
    }

    @Override
    public long silentNanos(long nowNanos) {
        return nowNanos - lastReceivedNanos;
    }

    @Override
    public long idleTimeoutNanos() {
        return Math.min(endpoint.config().idleTimeoutMillis() * MILLI, peerIdleNanos);
    }

    /** Until the client knows its id at the server, only what tells it so, or refuses it, is read. */
    private static boolean opensHandshake(byte[] datagram, int start, int end) {
        return start < end && (datagram[start] == Wire.ACCEPT || datagram[start] == Wire.CLOSE);
    }

    private @Nullable DropReason inputWhenOver(byte[] datagram, int start, int end, long nowNanos) {
        boolean isClose = start < end && datagram[start] == Wire.CLOSE;
        if (state == ConnectionState.CLOSING && isClose) {
            enter(ConnectionState.Transition.PEER_CLOSED, nowNanos);
            farewell().confirmed();
            update(nowNanos);
        } else if ((state == ConnectionState.CLOSING || isClose) && farewell().remind()) {
            endpoint.ready(this);
        }
        return DropReason.CLOSED;
    }

    private void noticePath(PeerAddress from, boolean isNewest, int bytes, long nowNanos) {
        boolean sameHost = path.remote().sameHost(from);
        if (path.onReceived(from, isNewest, bytes, nowNanos, rtt, endpoint.random())) {
            if (!sameHost) {
                rtt.reset();
                resetCongestion(nowNanos);
                hot().loss.reset();
                hot().delivery.onMoved(hot().sent.next());
                path.mtu = null;
            }
            hot().recovery.onMoved();
            onMoved();
        }
    }

    private void onMoved() {
        if (path.needsProof()) {
            hot().control |= HotState.CHALLENGE;
        } else {
            hot().control &= ~HotState.CHALLENGE;
        }
        endpoint.countMove();
        endpoint.events().add(RudpEvent.MOVED, this, 0, null, 0, 0);
    }

    // Segments in, from DatagramReader.

    boolean onHello() {
        return names.server;
    }

    /** The server accepted; later copies of the same news are passed over. */
    boolean onAccept(long nowNanos, long id, long token) {
        if (names.server) {
            return false;
        }
        if (names.accept(id, token)) {
            hot().control &= ~HotState.HELLO;
            enter(ConnectionState.Transition.ACCEPTED, nowNanos);
            if (state == ConnectionState.OPEN) {
                stateDeadlineNanos = Deadlines.NONE;
            }
            endpoint.onConnected(this);
            if (lanes.longestBytes() > peerMaxMessageBytes) {
                // Taken before the server said what it takes; it would only call it a violation.
                startClosing(ConnectionState.Transition.VIOLATED, ReasonCode.FRAME_TOO_LARGE.number(), nowNanos);
            }
        }
        return id == names.serverId();
    }

    private void confirmAccept() {
        if (names.confirm()) {
            hot().control &= ~HotState.ACCEPT;
            endHandshake();
        }
    }

    /** A step of the handshake is done, which may be the last one. */
    private void endHandshake() {
        if (!isHandshaking() && state == ConnectionState.OPEN) {
            stateDeadlineNanos = Deadlines.NONE;
        }
    }

    void onPeerIdleTimeout(long millis) {
        peerIdleNanos = Math.min(Math.max(millis, 1_000), Integer.MAX_VALUE) * MILLI;
    }

    void onPeerMaxMessage(long bytes) {
        peerMaxMessageBytes = (int) Math.min(Math.max(bytes, Wire.MAX_WHOLE_MESSAGE), Integer.MAX_VALUE);
    }

    void onPathChallenge(long data) {
        HotState hot = hot();
        if ((hot.control & HotState.RESPONSE) == 0) {
            tellMappingLost();
        }
        hot.responseData = data;
        hot.control |= HotState.RESPONSE;
    }

    /** At most twice a datagram, whatever the server says. */
    private void tellMappingLost() {
        if (!names.server) {
            endpoint.events().add(RudpEvent.MAPPING_LOST, this, 0, null, 0, 0);
        }
    }

    void onPathResponse(long data) {
        boolean stranger = path.isStranger();
        path.onResponse(data);
        if (!path.needsProof()) {
            hot().control &= ~HotState.CHALLENGE;
            if (stranger) {
                giveTicket();
                endHandshake();
            }
        }
    }

    /** The server gave something for the next connection; further copies are passed over. */
    boolean onTicket(long nowNanos, byte[] ticket, int lifetimeSeconds) {
        if (names.server) {
            return false;
        }
        if (!ticketTold) {
            ticketTold = true;
            long expiresNanos = nowNanos + lifetimeSeconds * 1_000L * MILLI;
            byte[] secret = protector().resumptionSecret();
            RudpTicket made = new RudpTicket(ticket, secret, expiresNanos, rtt.smoothedNanos());
            endpoint.events().add(RudpEvent.TICKET, this, 0, made, 0, 0);
        }
        return true;
    }

    void onPeerClose(long nowNanos, int code) {
        if (names.isConnecting()) {
            onRefused(nowNanos, code);
            return;
        }
        enter(ConnectionState.Transition.PEER_CLOSED, nowNanos);
        abandon();
        farewell().confirm(nowNanos, rtt);
        tellClosed(code, true);
        endpoint.ready(this);
    }

    /** The peer broke a rule. */
    void violate(long nowNanos) {
        if (state.isActive()) {
            startClosing(ConnectionState.Transition.VIOLATED, ReasonCode.PROTOCOL_VIOLATION.number(), nowNanos);
        }
    }

    // News from Recovery.

    /** What was known of the path's rate does not hold any more. */
    void resetCongestion(long nowNanos) {
        int windowBytes = congestion.windowBytes();
        congestion.reset();
        noticeWindow(windowBytes, nowNanos);
    }

    /** The window may be another one than before. */
    void noticeWindow(int windowBytesBefore, long nowNanos) {
        int windowBytes = congestion.windowBytes();
        if (windowBytes != windowBytesBefore) {
            endpoint.tracer().onWindow(this, nowNanos, windowBytes, rtt.smoothedNanos());
        }
    }

    void onPacketAcked(SentPackets sent, long packetNumber, long nowNanos) {
        for (int i = 0, n = sent.references(packetNumber); i < n; i++) {
            lanes.onAcked(sent.referenceWhat(packetNumber, i), sent.referenceRange(packetNumber, i));
        }
        if ((sent.control(packetNumber) & HotState.ACCEPT) != 0) {
            confirmAccept();
        }
        PathMtu mtu = path.mtu;
        if (mtu != null) {
            if (sent.isMtuProbe(packetNumber)) {
                mtu.onProbeAcked(packetNumber, sent.bytes(packetNumber));
            } else {
                mtu.onAcked(packetNumber, sent.bytes(packetNumber), nowNanos);
            }
        }
        HotState hot = hot();
        hot.received.raiseFloor(sent.largestAckReported(packetNumber) + 1);
        endpoint.tracer().onAcked(this, nowNanos, packetNumber);
    }

    void onPacketLost(SentPackets sent, long packetNumber, long nowNanos, boolean byTimer) {
        endpoint.tracer().onLost(this, nowNanos, packetNumber, byTimer);
        PathMtu mtu = path.mtu;
        if (sent.isMtuProbe(packetNumber)) {
            if (mtu != null) {
                mtu.onProbeLost(packetNumber, nowNanos);
            }
            return;
        }
        if (mtu != null) {
            mtu.onLost(packetNumber, sent.bytes(packetNumber));
        }
        counters.lost(totals());
        for (int i = 0, n = sent.references(packetNumber); i < n; i++) {
            lanes.onLost(sent.referenceWhat(packetNumber, i), sent.referenceRange(packetNumber, i));
        }
        // PATH_RESPONSE too: the peer may be allowed too few bytes to ask again.
        int again = sent.control(packetNumber) & ~(HotState.ASKED_NOW | HotState.AGAIN);
        if (!names.isConnecting()) {
            again &= ~HotState.HELLO;
        }
        if (!names.isAcceptUnconfirmed()) {
            again &= ~HotState.ACCEPT;
        }
        if (!path.needsProof()) {
            again &= ~HotState.CHALLENGE;
        }
        hot().control |= again;
    }

    long expectedNanos() {
        return hot().redundancy.expectedNanos();
    }

    void onRoundTrip(long nanos) {
        hot().redundancy.onRoundTrip(nanos);
    }

    void onSpuriousLoss(long packetNumber, long nowNanos) {
        counters.spurious();
        endpoint.tracer().onSpuriousLoss(this, nowNanos, packetNumber);
    }

    /** The application took a message of an ordered lane. */
    void onConsumed(int laneCode, long cost) {
        counters.messagesDelivered++;
        if (laneCode < Wire.LANES && state.isActive()) {
            if (hot == null) {
                // It rested with this message not taken yet, and goes on resting afterwards.
                hot();
                endpoint.ready(this);
            }
            ReceiveLane lane = lanes.in(laneCode);
            lane.consume(cost);
            if (!paused && lane.shouldGrant()) {
                grantIfDue();
            }
        }
    }

    private void grantIfDue() {
        if (!state.isActive()) {
            return;
        }
        HotState hot = hot();
        if (lanes.shouldGrant()) {
            hot.control |= HotState.CREDIT;
        }
        endpoint.ready(this);
    }

    // Datagrams out.

    /**
     * Writes the next datagram that may leave now.
     *
     * @return its length, 0 if none may
     */
    int write(long nowNanos, DatagramWriter writer) {
        if (state.isOver()) {
            return writeClose(writer);
        }
        HotState hot = this.hot;
        if (names.isConnecting()) {
            int bytes = names.handshake().writeInitial(nowNanos, writer.datagram());
            if (bytes > 0) {
                counters.sent(bytes);
                return bytes;
            }
        }
        if (hot == null || !state.isActive()) {
            return 0;
        }
        if (hot.sent.isFull()) {
            hot.recovery.makeRoom(this, nowNanos);
        }
        if (hot.sent.next() >= hot.skipNumber && hot.sent.hasRoom()) {
            hot.sent.skip();
            hot.skipNumber = hot.sent.next() + endpoint.skipDistance();
        }
        if (lanes.out(Lanes.CHAT).hasUnsent()) {
            hot.recovery.releaseHeld(this, nowNanos);
        }
        boolean hasData = hasData(hot) || hot.redundancy.takeCopyDue(nowNanos);
        boolean withData = mayDataLeave(hot, hasData, nowNanos);
        if (!(withData && hasData) && hot.control == 0 && !hot.acks.isDue(nowNanos)) {
            if (!hasData) {
                hot.recovery.cancelProbes();
                noticeAppLimit(hot);
            }
            return 0;
        }
        int probeBytes = withData ? mtuProbeBytes(hot, nowNanos) : 0;
        if (probeBytes > 0) {
            Objects.requireNonNull(path.mtu).onProbeSent(hot.sent.next());
            return writer.writeMtuProbe(this, hot, nowNanos, probeBytes);
        }
        int bytes = writer.write(this, hot, nowNanos, withData, path.allowedBytes());
        path.onSent(bytes);
        return bytes;
    }

    private void noticeAppLimit(HotState hot) {
        int inFlight = hot.sent.bytesInFlight();
        if (inFlight + RudpConfig.DATAGRAM_BYTES <= congestion.windowBytes()) {
            hot.delivery.onAppLimited(inFlight);
        }
    }

    /** How long a datagram may be that carries nothing but bulk. */
    int bulkDatagramBytes() {
        PathMtu mtu = path.mtu;
        return mtu == null || path.needsProof() ? RudpConfig.DATAGRAM_BYTES : mtu.bytes();
    }

    /** The length that a probe of the path should have now, 0 for no probe: nothing else may wait but much bulk. */
    private int mtuProbeBytes(HotState hot, long nowNanos) {
        SendLane bulk = lanes.out(1);
        if (bulk.pendingBytes() < BULK_WORTH_PROBING_BYTES
                || bulk.nextToSend() < 0
                || lanes.out(0).nextToSend() >= 0
                || !hot.ephemeral.isEmpty()
                || hot.control != 0
                || hot.recovery.hasProbe()
                || isHandshaking()
                || path.needsProof()) {
            return 0;
        }
        PathMtu mtu = path.mtu;
        if (mtu == null) {
            mtu = new PathMtu(
                    endpoint.config().maxDatagramBytes(), path.remote().isIpv4());
            path.mtu = mtu;
        }
        int bytes = mtu.probeBytes(nowNanos);
        return hot.sent.bytesInFlight() + bytes > congestion.windowBytes() ? 0 : bytes;
    }

    private boolean hasData(HotState hot) {
        return lanes.hasToSend() || !hot.ephemeral.isEmpty();
    }

    private boolean mayDataLeave(HotState hot, boolean hasData, long nowNanos) {
        hot.paceNanos = Deadlines.NONE;
        if (!hot.sent.hasRoom()) {
            return false;
        }
        if (hot.recovery.hasProbe()) {
            return true;
        }
        if (hot.sent.bytesInFlight() + RudpConfig.DATAGRAM_BYTES > congestion.windowBytes()) {
            return false;
        }
        long rate = congestion.pacingBytesPerSecond(rtt);
        if (hot.pacer.maySend(nowNanos, rate)) {
            return true;
        }
        if (hasData) {
            hot.paceNanos = hot.pacer.nextNanos(nowNanos, rate);
        }
        return false;
    }

    private int writeClose(DatagramWriter writer) {
        if (protector == null || !writer.mayWriteClose(this) || !farewell().take()) {
            return 0;
        }
        int bytes = writer.writeClose(this, nextPacketNumber++, farewell().code());
        path.onSent(bytes);
        counters.sent(bytes);
        return bytes;
    }

    void onSent(long packetNumber, long nowNanos, int bytes, boolean ackEliciting) {
        counters.sent(bytes);
        if (ackEliciting) {
            lastElicitingNanos = nowNanos;
        }
        endpoint.tracer().onSent(this, nowNanos, packetNumber, bytes, ackEliciting);
    }

    // Time.

    void onDeadline(long nowNanos) {
        if (state == ConnectionState.HELLO_SENT) {
            if (isDue(stateDeadlineNanos, nowNanos)) {
                fail(ReasonCode.HANDSHAKE_TIMEOUT, nowNanos);
                return;
            }
            retryHandshake(nowNanos);
        } else if (state.isActive()) {
            onActiveDeadline(nowNanos);
        } else if (farewell().isOver(nowNanos)) {
            end(ConnectionState.Transition.LINGERED, nowNanos, farewell().code(), false);
        } else {
            farewell().repeat(nowNanos, rtt);
            endpoint.ready(this);
        }
        update(nowNanos);
    }

    private void retryHandshake(long nowNanos) {
        if (names.handshake().retryIfDue(nowNanos)) {
            endpoint.countHandshakeRetry();
            endpoint.ready(this);
        }
    }

    private void onActiveDeadline(long nowNanos) {
        if (isHandshaking() && state != ConnectionState.FLUSHING && isDue(stateDeadlineNanos, nowNanos)) {
            fail(ReasonCode.HANDSHAKE_TIMEOUT, nowNanos);
            return;
        }
        if (names.isConnecting()) {
            retryHandshake(nowNanos);
        }
        if (isDue(idleDeadline(), nowNanos)) {
            fail(ReasonCode.IDLE_TIMEOUT, nowNanos);
            return;
        }
        if (state == ConnectionState.FLUSHING && isDue(stateDeadlineNanos, nowNanos)) {
            startClosing(ConnectionState.Transition.FLUSHED, farewell().code(), nowNanos);
            return;
        }
        if (path.returnIfOverdue(nowNanos)) {
            onMoved();
        }
        if (isDue(keepAliveDeadline(), nowNanos)) {
            hot().control |= HotState.PING;
            lastElicitingNanos = nowNanos;
        }
        HotState hot = this.hot;
        if (hot != null) {
            hot.recovery.onDeadline(this, nowNanos);
        }
        endpoint.ready(this);
    }

    /** Gives the hot part back if nothing is under way, ends flushing if all has arrived, and sets the deadline. */
    void update(long nowNanos) {
        if (state == ConnectionState.CLOSED) {
            return;
        }
        HotState hot = this.hot;
        if (state == ConnectionState.FLUSHING && !names.isConnecting() && (hot == null || isDelivered(hot))) {
            startClosing(ConnectionState.Transition.FLUSHED, farewell().code(), nowNanos);
            return;
        }
        if (hot != null && state.isActive() && isQuiet(hot)) {
            cool(hot);
        }
        endpoint.deadlines().set(this, earliestDeadline());
    }

    private boolean isDelivered(HotState hot) {
        return lanes.isDelivered() && hot.ephemeral.isEmpty();
    }

    private boolean isQuiet(HotState hot) {
        return hot.sent.outstanding() == 0
                && hot.control == 0
                && !hot.acks.isPending()
                && isDelivered(hot)
                && lanes.isReceived();
    }

    private long earliestDeadline() {
        if (state.isOver()) {
            return farewell().deadlineNanos();
        }
        if (state == ConnectionState.HELLO_SENT) {
            return Math.min(stateDeadlineNanos, names.handshake().retryNanos());
        }
        long earliest = Math.min(stateDeadlineNanos, Math.min(idleDeadline(), keepAliveDeadline()));
        if (names.isConnecting()) {
            earliest = Math.min(earliest, names.handshake().retryNanos());
        }
        earliest = Math.min(earliest, path.deadlineNanos());
        HotState hot = this.hot;
        if (hot != null) {
            earliest = Math.min(earliest, hot.acks.deadlineNanos());
            earliest = Math.min(earliest, hot.paceNanos);
            earliest = Math.min(earliest, hot.redundancy.copyNanos());
            earliest = Math.min(earliest, hot.recovery.deadlineNanos(this));
        }
        return earliest;
    }

    /** Whether either side does not know yet that both know the connection, and where the client is. */
    private boolean isHandshaking() {
        return names.isConnecting() || names.isAcceptUnconfirmed() || path.isStranger();
    }

    /** A handshake has a deadline of its own. Those of a crowd at rest fall together, a wake-up for many. */
    private long idleDeadline() {
        if (isHandshaking()) {
            return Deadlines.NONE;
        }
        long exact = lastReceivedNanos + endpoint.config().idleTimeoutMillis() * MILLI;
        return (exact | IDLE_GRAIN_NANOS - 1) + 1;
    }

    private long keepAliveDeadline() {
        long configured = endpoint.config().keepAliveMillis() * MILLI;
        if (names.server || configured == 0 || names.isConnecting()) {
            return Deadlines.NONE;
        }
        return lastElicitingNanos + Math.min(configured, idleTimeoutNanos() / 3);
    }

    // The ends.

    private void startClosing(ConnectionState.Transition why, int code, long nowNanos) {
        enter(why, nowNanos);
        abandon();
        tellClosed(code, false);
        farewell().begin(nowNanos, rtt);
        endpoint.ready(this);
        endpoint.deadlines().set(this, farewell().deadlineNanos());
    }

    private void fail(ReasonCode code, long nowNanos) {
        end(ConnectionState.Transition.FAILED, nowNanos, code.number(), false);
    }

    /** A proven reset came: the server knows nothing of this connection. */
    void onReset(long nowNanos) {
        if (!state.isOver()) {
            end(ConnectionState.Transition.FAILED, nowNanos, ReasonCode.UNKNOWN_CONNECTION.number(), true);
        }
    }

    /** The server refused the handshake. */
    void onRefused(long nowNanos, int code) {
        end(ConnectionState.Transition.FAILED, nowNanos, code, true);
    }

    private void end(ConnectionState.Transition why, long nowNanos, int code, boolean byPeer) {
        boolean unborn = names.isConnecting();
        enter(why, nowNanos);
        abandon();
        tellClosed(code, byPeer);
        endpoint.remove(this, unborn);
    }

    /** Tells the application once; if it has closed itself, that is how it ended. */
    private void tellClosed(int code, boolean byPeer) {
        if (farewell().tell(code)) {
            RudpTicket unanswered = names.unansweredTicket();
            if (unanswered != null) {
                endpoint.events().add(RudpEvent.TICKET, this, 0, unanswered, 0, 0);
            }
            boolean theirs = byPeer && !isCloseCalled();
            endpoint.events().add(RudpEvent.CLOSED, this, 0, null, farewell().code(), theirs ? 1 : 0);
        }
    }

    private void tellWritable() {
        fitBulkToPath();
        for (int code = 0; code < Wire.LANES; code++) {
            if (lanes.out(code).becameWritable()) {
                endpoint.events().add(RudpEvent.WRITABLE, this, code, null, 0, 0);
            }
        }
    }

    private void enter(ConnectionState.Transition transition, long nowNanos) {
        ConnectionState before = state;
        state = before.on(transition);
        endpoint.tracer().onState(this, nowNanos, before.name(), state.name());
    }

    // Hot and cold.

    private HotState hot() {
        HotState hot = this.hot;
        if (hot == null) {
            hot = endpoint.takeHot();
            hot.reset(nextPacketNumber);
            hot.skipNumber = nextPacketNumber + endpoint.skipDistance();
            lanes.attach(hot);
            hot.received.restore(largestReceived, lastReceivedNanos, recentReceived, ackReach, lanes.delivered());
            hot.loss.restore(lossSummary);
            this.hot = hot;
        }
        return hot;
    }

    private void cool(HotState hot) {
        nextPacketNumber = hot.sent.next();
        largestReceived = hot.received.largest();
        recentReceived = hot.received.recent();
        ackReach = hot.received.reach(lastReceivedNanos);
        lossSummary = hot.loss.summary();
        lanes.detach();
        this.hot = null;
        endpoint.giveBackHot(hot);
    }

    private Farewell farewell() {
        Farewell farewell = this.farewell;
        if (farewell == null) {
            farewell = new Farewell();
            this.farewell = farewell;
        }
        return farewell;
    }

    /** Lets go of everything that was under way. */
    private void abandon() {
        HotState hot = this.hot;
        if (hot != null) {
            lanes.clear();
            hot.ephemeral.clear();
            cool(hot);
        }
        lanes.endPromises(endpoint.config(), endpoint.pool().growth());
    }

    // For the classes of the engine.

    /** What TICKET says: the same each time. */
    byte[] ticket(HotState hot, long nowNanos) {
        byte[] ticket = hot.ticket;
        if (ticket == null) {
            ticket = endpoint.issueTicket(nowNanos, protector());
            hot.ticket = ticket;
        }
        return ticket;
    }

    /** How many sent datagrams are remembered. */
    long packetsRemembered() {
        HotState hot = this.hot;
        return hot == null ? 0 : hot.sent.next() - hot.sent.first();
    }

    /** The hot part; null while the connection rests. */
    @Nullable
    HotState hotOrNull() {
        return hot;
    }

    ConnectionState state() {
        return state;
    }

    RudpConfig config() {
        return endpoint.config();
    }

    EndpointTotals totals() {
        return endpoint.totals();
    }

    boolean isPaused() {
        return paused;
    }

    /** Whether the application no longer wants what arrives. */
    boolean isCloseCalled() {
        return farewell != null && farewell.isCalled();
    }

    PeerAddress remote() {
        return path.remote();
    }

    Protector protector() {
        return Objects.requireNonNull(protector);
    }

    private static boolean isDue(long deadlineNanos, long nowNanos) {
        return deadlineNanos != Deadlines.NONE && deadlineNanos - nowNanos <= 0;
    }
}
