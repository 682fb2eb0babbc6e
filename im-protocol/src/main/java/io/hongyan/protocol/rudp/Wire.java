// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/**
 * The numbers of the wire format: first bytes, segment types, lengths and protocol constants. The layouts they belong
 * to are drawn in {@code docs/protocol/udp.md}.
 */
final class Wire {
    /** "HY" and version 1. */
    static final int VERSION = 0x4859_0001;

    // First bytes. A short header is 10Sx xxPP: S = answer now, PP = length of the packet number - 1.
    static final int SHORT = 0x80;
    static final int SHORT_MASK = 0xc0;
    static final int ANSWER_NOW = 0x20;
    static final int PACKET_NUMBER_LENGTH_MASK = 0x03;
    static final int RESERVED_SHORT_BITS = 0x1c;
    static final int INITIAL = 0xc0;
    static final int COOKIE = 0xc1;
    static final int CONNECT = 0xc2;
    static final int RESET = 0xc3;
    static final int REFUSAL = 0xc4;
    static final int RESUME = 0xc5;

    // Segment types.
    static final int PADDING = 0x00;
    static final int PING = 0x01;
    static final int ACK = 0x02;
    static final int CLOSE = 0x03;
    static final int PATH_CHALLENGE = 0x04;
    static final int PATH_RESPONSE = 0x05;
    static final int CREDIT = 0x06;
    static final int HELLO = 0x07;
    static final int ACCEPT = 0x08;
    static final int TICKET = 0x09;
    /** 0001 LNnn: nn = lane, N = number follows from the message before, L = reaches to the end of the datagram. */
    static final int MESSAGE = 0x10;
    /** 0010 LFnn: nn = lane, F = final fragment, L = reaches to the end of the datagram. */
    static final int FRAGMENT = 0x20;

    static final int KIND_MASK = 0xf0;
    static final int LANE_MASK = 0x03;
    static final int FOLLOWS = 0x04;
    static final int FINAL = 0x04;
    static final int TO_END = 0x08;

    // Parameters of HELLO and ACCEPT.
    static final int PARAMETER_IDLE_TIMEOUT_MILLIS = 1;
    static final int PARAMETER_MAX_MESSAGE_BYTES = 2;

    // Protections, agreed by the handshake.
    static final int PROTECTION_CLEAR = 1;

    static final int SERVER_ID_BYTES = 8;
    static final int MAX_CLIENT_ID_BYTES = 8;
    static final int MAX_KEY_EXCHANGE_BYTES = 256;
    static final int MAX_COOKIE_BYTES = 512;
    static final int MAX_TICKET_BYTES = 256;
    static final int RESUMPTION_SECRET_BYTES = 32;
    static final int RESET_BYTES = 1 + SERVER_ID_BYTES + 8;
    /** Longer datagrams are not read, and none of ours comes near. */
    static final int MAX_DATAGRAM_BYTES = 2048;

    /** Fragments begin at multiples of this, so that what arrived is a bitmap. */
    static final int GRANULE = 128;
    /** Messages up to this length travel whole; longer ones as fragments. */
    static final int MAX_WHOLE_MESSAGE = 1024;
    /** Numbers of messages are sent modulo 2^16. */
    static final int MESSAGE_NUMBER_BYTES = 2;
    /** More messages than this never wait or are unacknowledged in one lane. */
    static final int MAX_MESSAGES_OPEN = 1 << 12;
    /** A datagram so many messages late, or a few times as many, is dropped: before numbers on the wire come round. */
    static final int MAX_MESSAGES_LATE = 1 << 12;
    /** Each side may send this much per ordered lane before the other has granted anything: LOGIN fits. */
    static final int INITIAL_CREDIT_BYTES = 8 << 10;

    static final int MAX_ACK_RANGES = 32;
    static final int LANES = 2;

    static final long COOKIE_LIFETIME_NANOS = 10_000_000_000L;

    private Wire() {}
}
