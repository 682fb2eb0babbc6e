// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.Arrays;

/**
 * Puts one protected datagram together: header, acks and control segments, then messages: lost before new, chat before
 * ephemeral before bulk, and bulk first where it is {@linkplain LaneTurns its turn}. Bulk alone may fill a longer datagram
 * where the {@linkplain PathMtu path} carries it. One per endpoint.
 */
final class DatagramWriter {
    private static final int MAX_ACCEPT_BYTES = 1 + 8 + 8 + 1 + 2 * (1 + 8);
    private static final int MAX_CREDIT_BYTES = 1 + 2 * 8;
    private static final int MAX_MESSAGE_HEADER_BYTES = 1 + Wire.MESSAGE_NUMBER_BYTES + 2;
    private static final int MAX_TICKET_BYTES = 1 + 4 + 2 + Wire.MAX_TICKET_BYTES;
    private static final int PATH_PROOF_BYTES = 1 + 8;
    /** What a server's CLOSE takes, without the tag: header, type, code. */
    private static final int MAX_CLOSE_BYTES = 1 + Wire.MAX_CLIENT_ID_BYTES + 4 + 1 + 4;

    private final byte[] datagram = new byte[Wire.MAX_DATAGRAM_BYTES];
    private final WireWriter out = new WireWriter(datagram);

    private int headerEnd;
    private boolean eliciting;
    private int controlSent;
    private long largestAck;

    // The last message written, to find out whether its length may be left out.
    private int lastBodyStart;
    /** -1 before the first message. */
    private int lastTypeAt;

    private int lastLengthBytes;
    private final long[] lastNumber = new long[Wire.LANES];

    /** What {@link #write} wrote. */
    byte[] datagram() {
        return datagram;
    }

    /**
     * Writes the next datagram of a connection that is active.
     *
     * @param withData whether messages may go along
     * @param maxBytes the longest that may leave
     * @return its length, 0 if there was nothing to say or no room to say it
     */
    int write(ConnectionCore connection, HotState hot, long nowNanos, boolean withData, int maxBytes) {
        SentPackets sent = hot.sent;
        int overhead = connection.protector().overheadBytes();
        long packetNumber = sent.next();
        begin(connection, packetNumber, maxBytes - overhead);
        writeOpening(connection, hot);
        writePathProof(connection, hot);
        writeAck(connection, hot, nowNanos);
        writeControl(connection, hot, nowNanos);
        boolean moreWaits = withData && writeMessages(connection, hot, nowNanos);
        if (!eliciting && largestAck < 0) {
            return 0;
        }
        return finish(connection, hot, packetNumber, nowNanos, moreWaits, withData);
    }

    private void begin(ConnectionCore connection, long packetNumber, int limit) {
        out.reset(0, limit);
        connection.names.writeHeader(out, packetNumber, connection.largestAcked);
        headerEnd = out.position;
        eliciting = false;
        controlSent = 0;
        largestAck = -1;
        lastLengthBytes = 0;
        lastTypeAt = -1;
        lastNumber[0] = -2;
        lastNumber[1] = -2;
    }

    /** HELLO leads every CONNECT, and ACCEPT every datagram until the client is known to have it. */
    private void writeOpening(ConnectionCore connection, HotState hot) {
        if (connection.names.isConnecting()) {
            out.writeByte(Wire.HELLO);
            writeParameters(connection);
            sentControl(hot, HotState.HELLO);
        } else if (connection.names.isAcceptUnconfirmed() && out.remaining() >= MAX_ACCEPT_BYTES) {
            out.writeByte(Wire.ACCEPT);
            out.writeLong(connection.names.serverId());
            out.writeLong(connection.names.resetToken());
            writeParameters(connection);
            sentControl(hot, HotState.ACCEPT);
        }
    }

    private void writeParameters(ConnectionCore connection) {
        RudpConfig config = connection.config();
        out.writeByte(2);
        out.writeVarint(Wire.PARAMETER_IDLE_TIMEOUT_MILLIS);
        out.writeVarint(config.idleTimeoutMillis());
        out.writeVarint(Wire.PARAMETER_MAX_MESSAGE_BYTES);
        out.writeVarint(config.maxMessageBytes());
    }

    private void writeAck(ConnectionCore connection, HotState hot, long nowNanos) {
        AckSchedule acks = hot.acks;
        if (!acks.isPending() || out.remaining() < ReceivedPackets.MIN_ACK_BYTES) {
            return;
        }
        hot.received.forgetOldNews(nowNanos, connection.rtt.smoothedNanos());
        hot.received.writeAck(out, nowNanos);
        largestAck = hot.received.largest();
        acks.onAckSent();
    }

    /**
     * First of all on a new path, whose budget may be small, and in each datagram until the proof is there: the next one
     * may leave only when the peer has spoken again.
     */
    private void writePathProof(ConnectionCore connection, HotState hot) {
        if ((hot.control & HotState.RESPONSE) != 0 && out.remaining() >= PATH_PROOF_BYTES) {
            out.writeByte(Wire.PATH_RESPONSE);
            out.writeLong(hot.responseData);
            sentControl(hot, HotState.RESPONSE);
        }
        if (connection.path.needsProof() && out.remaining() >= PATH_PROOF_BYTES) {
            out.writeByte(Wire.PATH_CHALLENGE);
            out.writeLong(connection.path.challenge());
            sentControl(hot, HotState.CHALLENGE);
        }
    }

    private void writeControl(ConnectionCore connection, HotState hot, long nowNanos) {
        if ((hot.control & HotState.CREDIT) != 0 && out.remaining() >= MAX_CREDIT_BYTES) {
            boolean paused = connection.isPaused();
            if (!paused) {
                connection.lanes.in(1).growIfConsumedQuickly(nowNanos, connection.rtt.smoothedNanos());
            }
            out.writeByte(Wire.CREDIT);
            out.writeVarint(connection.lanes.in(0).creditToTell(paused));
            out.writeVarint(connection.lanes.in(1).creditToTell(paused));
            sentControl(hot, HotState.CREDIT);
        }
        if ((hot.control & HotState.PING) != 0 && out.remaining() >= 1) {
            out.writeByte(Wire.PING);
            sentControl(hot, HotState.PING);
        }
        if ((hot.control & HotState.TICKET) != 0 && out.remaining() >= MAX_TICKET_BYTES) {
            byte[] ticket = connection.ticket(hot, nowNanos);
            out.writeByte(Wire.TICKET);
            out.writeVarint(connection.config().ticketLifetimeSeconds());
            out.writeVarint(ticket.length);
            out.writeBytes(ticket, 0, ticket.length);
            sentControl(hot, HotState.TICKET);
        }
    }

    private void sentControl(HotState hot, int bit) {
        hot.control &= ~bit;
        controlSent |= bit;
        eliciting = true;
    }

    /** Answers whether messages remain that could leave at once, did they fit. */
    private boolean writeMessages(ConnectionCore connection, HotState hot, long nowNanos) {
        SendLane chat = connection.lanes.out(0);
        SendLane bulk = connection.lanes.out(1);
        int before = out.position;
        long firstNew = chat.unsent();
        writeCopies(chat, hot, connection);
        int bulkBytes = 0;
        boolean bulkFirst = hot.turns.isBulkFirst();
        if (bulkFirst) {
            bulkBytes = writeLane(bulk, 1, hot, connection);
        }
        int chatBytes = writeLane(chat, 0, hot, connection) + writeEphemeral(hot.ephemeral);
        if (!bulkFirst) {
            if (!eliciting && chatBytes == 0 && !connection.path.needsProof()) {
                // Nothing else would be lost with it: bulk alone tries the length of the path.
                int longest =
                        connection.bulkDatagramBytes() - connection.protector().overheadBytes();
                out.limit = Math.max(out.limit, longest);
            }
            bulkBytes = writeLane(bulk, 1, hot, connection);
        }
        boolean bulkWaits = bulk.nextToSend() >= 0;
        hot.turns.onFilled(chatBytes, bulkBytes, bulkWaits);
        if (out.position > before) {
            eliciting = true;
            noteRhythm(connection, hot, chat, chat.unsent() > firstNew, nowNanos);
        }
        return bulkWaits || chat.nextToSend() >= 0 || !hot.ephemeral.isEmpty();
    }

    /** Answers how many bytes it wrote. */
    private int writeLane(SendLane lane, int laneCode, HotState hot, ConnectionCore connection) {
        int before = out.position;
        for (long number = lane.nextToSend(); number >= 0; number = lane.nextToSend()) {
            FragmentedMessage fragments = lane.fragments(number);
            boolean written = fragments == null
                    ? writeWhole(lane, laneCode, number, hot, connection)
                    : writeFragment(lane, laneCode, number, fragments, hot, connection);
            if (!written) {
                break;
            }
        }
        return out.position - before;
    }

    private boolean writeWhole(SendLane lane, int laneCode, long number, HotState hot, ConnectionCore connection) {
        byte[] frame = lane.frame(number);
        boolean follows = lastNumber[laneCode] + 1 == number;
        int lengthBytes = WireWriter.varintLength(frame.length);
        int room = out.remaining() - 1 - (follows ? 0 : Wire.MESSAGE_NUMBER_BYTES) - frame.length;
        // The last message of a datagram may do without its length.
        if (room < lengthBytes) {
            if (room < 0) {
                return false;
            }
            lengthBytes = 0;
        }
        writeWholeBody(laneCode, number, frame, lengthBytes);
        hot.sent.addReference(lane.reference(number), SendLane.WHOLE);
        if (lane.onSentWhole(number)) {
            controlSent |= HotState.AGAIN;
            connection.counters.retransmitted(frame.length, connection.totals());
        } else {
            hot.redundancy.onSent(frame.length);
        }
        return true;
    }

    /** Into the room that messages leave which wait: those that are under way already, once each. */
    private void writeCopies(SendLane lane, HotState hot, ConnectionCore connection) {
        Redundancy redundancy = hot.redundancy;
        if (!redundancy.isOn(connection)) {
            return;
        }
        long unsent = lane.unsent();
        boolean urgentOnly = hot.loss.level() == LossEstimator.Level.LITTLE;
        long number = lane.nextToCopy(unsent, urgentOnly);
        if (number < 0) {
            return;
        }
        int room = out.remaining() - lane.waitingBytes(out.remaining());
        for (; number >= 0; number = lane.nextToCopy(unsent, urgentOnly)) {
            byte[] frame = lane.frame(number);
            room -= MAX_MESSAGE_HEADER_BYTES + frame.length;
            if (room < 0) {
                return;
            }
            if (redundancy.take(frame.length)) {
                writeWholeBody(Lanes.CHAT, number, frame, WireWriter.varintLength(frame.length));
                hot.sent.addReference(lane.reference(number), SendLane.COPY);
            }
            lane.onCopied(number);
        }
    }

    private static void noteRhythm(
            ConnectionCore connection, HotState hot, SendLane chat, boolean withNew, long nowNanos) {
        boolean urgentOnly = hot.loss.level() != LossEstimator.Level.MUCH;
        boolean copiesWait = hot.redundancy.isOn(connection) && chat.copyWaits(urgentOnly);
        hot.redundancy.onDatagram(connection.rtt, nowNanos, withNew, copiesWait);
    }

    private void writeWholeBody(int laneCode, long number, byte[] frame, int lengthBytes) {
        boolean follows = lastNumber[laneCode] + 1 == number;
        lastTypeAt = out.position;
        out.writeByte(Wire.MESSAGE | laneCode | (follows ? Wire.FOLLOWS : 0));
        if (!follows) {
            out.writeShort((int) number);
        }
        writeBody(frame, 0, frame.length, lengthBytes);
        lastNumber[laneCode] = number;
    }

    private boolean writeFragment(
            SendLane lane,
            int laneCode,
            long number,
            FragmentedMessage fragments,
            HotState hot,
            ConnectionCore connection) {
        byte[] frame = lane.frame(number);
        int start = fragments.firstUnsent();
        int room = out.remaining() - 1 - Wire.MESSAGE_NUMBER_BYTES - WireWriter.varintLength(start);
        int offset = start * Wire.GRANULE;
        int fitting = room >= frame.length - offset ? fragments.granules() - start : room / Wire.GRANULE;
        int count = fitting <= 0 ? 0 : fragments.run(start, Math.min(fitting, lane.grantedGranules(fragments, start)));
        if (count == 0) {
            return false;
        }
        boolean isFinal = start + count == fragments.granules();
        int length = isFinal ? frame.length - offset : count * Wire.GRANULE;
        lastTypeAt = out.position;
        out.writeByte(Wire.FRAGMENT | laneCode | (isFinal ? Wire.FINAL : 0));
        out.writeShort((int) number);
        out.writeVarint(start);
        // The last fragment of a datagram may do without its length, which may be what lets one granule more fit.
        int lengthBytes = WireWriter.varintLength(length);
        writeBody(frame, offset, length, room - length < lengthBytes ? 0 : lengthBytes);
        hot.sent.addReference(lane.reference(number), SendLane.range(start, count));
        if (lane.onSentFragment(number, fragments, start, count)) {
            controlSent |= HotState.AGAIN;
            connection.counters.retransmitted(length, connection.totals());
        }
        return true;
    }

    /** Answers how many bytes it wrote. */
    private int writeEphemeral(EphemeralQueue queue) {
        int before = out.position;
        for (byte[] frame = queue.peek(); frame != null; frame = queue.peek()) {
            int lengthBytes = WireWriter.varintLength(frame.length);
            if (out.remaining() < 1 + lengthBytes + frame.length) {
                break;
            }
            lastTypeAt = out.position;
            out.writeByte(Wire.MESSAGE | 2);
            writeBody(frame, 0, frame.length, lengthBytes);
            queue.remove();
        }
        return out.position - before;
    }

    private void writeBody(byte[] frame, int offset, int length, int lengthBytes) {
        if (lengthBytes > 0) {
            out.writeVarint(length);
        } else {
            datagram[lastTypeAt] |= Wire.TO_END;
        }
        lastLengthBytes = lengthBytes;
        lastBodyStart = out.position;
        out.writeBytes(frame, offset, length);
    }

    private int finish(
            ConnectionCore connection,
            HotState hot,
            long packetNumber,
            long nowNanos,
            boolean moreWaits,
            boolean withData) {
        dropLastLength();
        padIfFirst(connection);
        boolean windowFull = hot.sent.bytesInFlight() + out.position + RudpConfig.DATAGRAM_BYTES
                > connection.congestion.windowBytes();
        // The last datagram of a flush, or the last that the window lets go, asks for an answer at once.
        boolean askNow = eliciting && (!moreWaits || windowFull);
        if (askNow) {
            datagram[0] |= Wire.ANSWER_NOW;
            controlSent |= HotState.ASKED_NOW;
        }
        int bytes = connection.protector().seal(packetNumber, datagram, headerEnd, out.position);
        boolean fromRest = hot.sent.outstanding() == 0;
        hot.sent.commit(eliciting, nowNanos, bytes, controlSent, largestAck);
        if (eliciting) {
            hot.delivery.onSent(packetNumber, hot.sent, fromRest, nowNanos);
            if (fromRest) {
                connection.congestion.onSentFromRest(nowNanos);
            }
            hot.recovery.onSent();
            if (withData) {
                hot.pacer.onSent(bytes);
            }
        }
        connection.onSent(packetNumber, nowNanos, bytes, eliciting);
        return bytes;
    }

    /**
     * Writes a datagram that only tries whether the path carries its length: PING, filled up with PADDING. The congestion
     * controller does not hear of it.
     *
     * @return its length: {@code bytes}
     */
    int writeMtuProbe(ConnectionCore connection, HotState hot, long nowNanos, int bytes) {
        long packetNumber = hot.sent.next();
        Protector protector = connection.protector();
        begin(connection, packetNumber, bytes - protector.overheadBytes());
        datagram[0] |= Wire.ANSWER_NOW;
        out.writeByte(Wire.PING);
        Arrays.fill(datagram, out.position, out.limit, (byte) Wire.PADDING);
        int sealed = protector.seal(packetNumber, datagram, headerEnd, out.limit);
        hot.sent.commit(true, nowNanos, sealed, HotState.MTU_PROBE | HotState.ASKED_NOW, -1);
        hot.pacer.onSent(sealed);
        connection.onSent(packetNumber, nowNanos, sealed, true);
        return sealed;
    }

    /** The last segment of a datagram reaches to its end, and need not say how long it is. */
    private void dropLastLength() {
        if (lastLengthBytes > 0) {
            int length = out.position - lastBodyStart;
            System.arraycopy(datagram, lastBodyStart, datagram, lastBodyStart - lastLengthBytes, length);
            out.position -= lastLengthBytes;
            datagram[lastTypeAt] |= Wire.TO_END;
        }
    }

    /** RESUME is as long as INITIAL. Zeros go before the last message, which reaches to the end. */
    private void padIfFirst(ConnectionCore connection) {
        if (!connection.names.isResuming()) {
            return;
        }
        int gap = out.remaining();
        int at = lastTypeAt < 0 ? out.position : lastTypeAt;
        System.arraycopy(datagram, at, datagram, at + gap, out.position - at);
        Arrays.fill(datagram, at, at + gap, (byte) Wire.PADDING);
        out.position += gap;
    }

    /** Whether a datagram that says only CLOSE may leave: it counts on an address without proof, too. */
    boolean mayWriteClose(ConnectionCore connection) {
        return connection.path.allowedBytes()
                >= MAX_CLOSE_BYTES + connection.protector().overheadBytes();
    }

    /** Writes a datagram that says only CLOSE; answers its length. */
    int writeClose(ConnectionCore connection, long packetNumber, int code) {
        begin(
                connection,
                packetNumber,
                RudpConfig.DATAGRAM_BYTES - connection.protector().overheadBytes());
        if (connection.names.isConnecting()) {
            out.writeByte(Wire.HELLO);
            writeParameters(connection);
        }
        out.writeByte(Wire.CLOSE);
        out.writeVarint(code);
        padIfFirst(connection);
        return connection.protector().seal(packetNumber, datagram, headerEnd, out.position);
    }

    /** Writes the answer to a client for whom there is no room: CLOSE, sealed, from no connection. */
    static int writeRefusal(byte[] datagram, Protector protector, byte[] clientId, int code) {
        WireWriter out = new WireWriter(datagram);
        out.writeByte(Wire.SHORT);
        out.writeBytes(clientId, 0, clientId.length);
        out.writeByte(0);
        int headerEnd = out.position;
        out.writeByte(Wire.CLOSE);
        out.writeVarint(code);
        return protector.seal(0, datagram, headerEnd, out.position);
    }
}
