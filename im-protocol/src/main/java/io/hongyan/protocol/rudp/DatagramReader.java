// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/**
 * Reads the segments of an authentic datagram and hands each to its connection. What does not parse, or breaks a rule,
 * is the peer's own doing: the connection closes with a code.
 */
final class DatagramReader {
    private final WireReader in;
    private final EventQueue events;

    private final long[] lastNumber = new long[Wire.LANES];
    private boolean eliciting;
    private boolean acked;

    DatagramReader(byte[] datagram, EventQueue events) {
        in = new WireReader(datagram);
        this.events = events;
    }

    /**
     * Reads {@code datagram[start, end)}.
     *
     * @return whether the datagram is to be acknowledged
     */
    boolean read(ConnectionCore connection, HotState hot, int start, int end, long nowNanos) {
        in.reset(start, end);
        eliciting = false;
        acked = false;
        lastNumber[0] = -2;
        lastNumber[1] = -2;
        while (in.hasRemaining()) {
            int type = in.readByte();
            boolean good = switch (type & Wire.KIND_MASK) {
                case 0 -> readControl(type, connection, hot, nowNanos);
                case Wire.MESSAGE -> readMessage(type, connection);
                case Wire.FRAGMENT -> readFragment(type, connection);
                default -> false;
            };
            if (!good || in.failed()) {
                connection.violate(nowNanos);
                return false;
            }
            if (connection.state().isOver()) {
                return false;
            }
        }
        return eliciting;
    }

    private boolean readControl(int type, ConnectionCore connection, HotState hot, long nowNanos) {
        if (type == Wire.ACK) {
            // Each may cost a walk through all that is under way, and a second one has nothing to add.
            boolean first = !acked;
            acked = true;
            return first && hot.recovery.onAck(connection, in, nowNanos);
        }
        if (type == Wire.PADDING) {
            return true;
        }
        eliciting = true;
        switch (type) {
            case Wire.PING:
                return true;
            case Wire.CLOSE:
                connection.onPeerClose(nowNanos, (int) Math.min(in.readVarint(), 0xffff));
                return true;
            case Wire.PATH_CHALLENGE:
                connection.onPathChallenge(in.readLong());
                return true;
            case Wire.PATH_RESPONSE:
                connection.onPathResponse(in.readLong());
                return true;
            case Wire.CREDIT:
                return readCredit(connection);
            case Wire.HELLO:
                return readParameters(connection) && connection.onHello();
            case Wire.ACCEPT:
                return readAccept(connection, nowNanos);
            case Wire.TICKET:
                return readTicket(connection, nowNanos);
            default:
                return false;
        }
    }

    private boolean readCredit(ConnectionCore connection) {
        long chat = in.readVarint();
        long bulk = in.readVarint();
        if (!in.failed()) {
            connection.lanes.out(0).grant(chat);
            connection.lanes.out(1).grant(bulk);
        }
        return true;
    }

    private boolean readAccept(ConnectionCore connection, long nowNanos) {
        long id = in.readLong();
        long token = in.readLong();
        return readParameters(connection) && !in.failed() && connection.onAccept(nowNanos, id, token);
    }

    private boolean readTicket(ConnectionCore connection, long nowNanos) {
        int lifetimeSeconds = in.readLength(Integer.MAX_VALUE);
        byte[] ticket = in.readBytes(in.readLength(Wire.MAX_TICKET_BYTES));
        return !in.failed() && ticket.length > 0 && connection.onTicket(nowNanos, ticket, lifetimeSeconds);
    }

    /** Parameters that this version does not know are passed over. */
    private boolean readParameters(ConnectionCore connection) {
        int count = in.readByte();
        for (int i = 0; i < count && !in.failed(); i++) {
            long id = in.readVarint();
            long value = in.readVarint();
            if (id == Wire.PARAMETER_IDLE_TIMEOUT_MILLIS) {
                connection.onPeerIdleTimeout(value);
            } else if (id == Wire.PARAMETER_MAX_MESSAGE_BYTES) {
                connection.onPeerMaxMessage(value);
            }
        }
        return !in.failed();
    }

    private boolean readMessage(int type, ConnectionCore connection) {
        eliciting = true;
        int laneCode = type & Wire.LANE_MASK;
        if (laneCode == 2) {
            return readEphemeral(type, connection);
        }
        if (laneCode > 2) {
            return false;
        }
        ReceiveLane lane = connection.lanes.in(laneCode);
        long number;
        if ((type & Wire.FOLLOWS) != 0) {
            number = lastNumber[laneCode] + 1;
            if (number < 0 && lastNumber[laneCode] == -2) {
                return false;
            }
        } else {
            number = lane.expand(in.readShort());
        }
        lastNumber[laneCode] = number;
        int length = readBodyLength(type);
        int offset = in.skip(length);
        if (in.failed() || length == 0) {
            return false;
        }
        switch (lane.receiveWhole(number, in.array, offset, length)) {
            case ReceiveLane.DELIVER:
                events.add(RudpEvent.FRAME, connection, laneCode, null, offset, length);
                deliverReady(connection, lane, laneCode);
                return true;
            case ReceiveLane.STORED:
                return true;
            case ReceiveLane.DUPLICATE:
                connection.counters.duplicate();
                return true;
            default:
                return false;
        }
    }

    private boolean readEphemeral(int type, ConnectionCore connection) {
        int length = readBodyLength(type);
        int offset = in.skip(length);
        if (in.failed() || length == 0 || (type & Wire.FOLLOWS) != 0) {
            return false;
        }
        if (connection.isPaused()) {
            connection.counters.droppedEphemeral(connection.totals());
        } else {
            events.add(RudpEvent.FRAME, connection, 2, null, offset, length);
        }
        return true;
    }

    private boolean readFragment(int type, ConnectionCore connection) {
        eliciting = true;
        int laneCode = type & Wire.LANE_MASK;
        if (laneCode >= Wire.LANES) {
            return false;
        }
        ReceiveLane lane = connection.lanes.in(laneCode);
        long number = lane.expand(in.readShort());
        int firstGranule = in.readLength(1 << 20);
        int length = readBodyLength(type);
        int offset = in.skip(length);
        if (in.failed()) {
            return false;
        }
        switch (lane.receiveFragment(number, firstGranule, in.array, offset, length, (type & Wire.FINAL) != 0)) {
            case ReceiveLane.STORED:
                deliverReady(connection, lane, laneCode);
                return true;
            case ReceiveLane.DUPLICATE:
                connection.counters.duplicate();
                return true;
            default:
                return false;
        }
    }

    private int readBodyLength(int type) {
        return (type & Wire.TO_END) != 0 ? in.remaining() : in.readLength(Wire.MAX_DATAGRAM_BYTES);
    }

    private void deliverReady(ConnectionCore connection, ReceiveLane lane, int laneCode) {
        for (Object message = lane.takeReady(); message != null; message = lane.takeReady()) {
            events.add(RudpEvent.FRAME, connection, laneCode, message, 0, lane.readyLength());
        }
    }
}
