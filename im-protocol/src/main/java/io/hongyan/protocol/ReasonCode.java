// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol;

/**
 * Why a connection closed, a login was refused or a message was not taken: one list for closes, errors and send
 * results. On the wire a code is its number, u16.
 *
 * <p>The range of a number tells what to do, so that a peer older than a code still behaves:
 *
 * <pre>
 *     0         fine
 *   100..199    the connection ends; come back after the delay
 *   200..299    the connection ends; do not come back by yourself
 *   300..399    about one message or request; the connection stays
 *   all else    as 100..199
 * </pre>
 *
 * <p>See {@code docs/guide/codes.md}.
 */
@ThreadSafe
public enum ReasonCode {
    /** All is well: logged in, or the message was accepted. */
    OK(0, Retry.NOT_APPLICABLE, 0),

    /** The server is being stopped. */
    SERVER_STOPPING(100, Retry.COME_BACK, 2_000),
    /** The server asks its clients to move, as GOAWAY says. */
    GOING_AWAY(101, Retry.COME_BACK, 1_000),
    /** Nothing was heard from the peer for too long. */
    IDLE_TIMEOUT(102, Retry.COME_BACK, 500),
    /** The link is alive, but counted frames made no progress for 30 s. */
    NO_PROGRESS(103, Retry.COME_BACK, 1_000),
    /** The peer reads more slowly than it is sent to, beyond the bound of its queue. */
    SLOW_CONSUMER(104, Retry.COME_BACK, 5_000),
    /** The server is full or overloaded. */
    SERVER_BUSY(105, Retry.COME_BACK, 10_000),
    /** LOGIN did not arrive in time. */
    LOGIN_TIMEOUT(106, Retry.COME_BACK, 2_000),
    /** The application's authenticator did not answer in time. */
    AUTHENTICATOR_TIMEOUT(107, Retry.COME_BACK, 5_000),
    /** The application's authenticator failed without a verdict. */
    AUTHENTICATOR_FAILED(108, Retry.COME_BACK, 5_000),
    /** Too many logins or packets from this peer or address. */
    RATE_LIMITED(109, Retry.COME_BACK, 10_000),
    /** The first bytes or the handshake of the carrier did not come to an end in time. */
    HANDSHAKE_TIMEOUT(110, Retry.COME_BACK, 2_000),
    /** The carrier broke, or the peer closed it without a word. */
    CONNECTION_LOST(111, Retry.COME_BACK, 500),
    /** The session to resume is gone: log in afresh. */
    RESUME_REFUSED(112, Retry.COME_BACK, 0),
    /** The peer does not know this connection, for instance because it was restarted. */
    UNKNOWN_CONNECTION(113, Retry.COME_BACK, 0),
    /** The bound of connections of this server or this address is reached. */
    TOO_MANY_CONNECTIONS(114, Retry.COME_BACK, 10_000),
    /** A fault of this side, not of the peer. */
    INTERNAL_ERROR(115, Retry.COME_BACK, 5_000),
    /** A code of 100..199 (or of no known range) that this version does not know. */
    UNKNOWN_COME_BACK(199, Retry.COME_BACK, 5_000),

    /** No common version of the protocol. */
    UNSUPPORTED_VERSION(200, Retry.DO_NOT_COME_BACK, 0),
    /** Bytes that are no frame. */
    MALFORMED_FRAME(201, Retry.DO_NOT_COME_BACK, 0),
    /** A frame longer than the limit told at login. */
    FRAME_TOO_LARGE(202, Retry.DO_NOT_COME_BACK, 0),
    /** A frame whose body is not what its type says. */
    MALFORMED_PACKET(203, Retry.DO_NOT_COME_BACK, 0),
    /** A packet that is not allowed now or from this side: before login, a second login, a server's packet. */
    UNEXPECTED_PACKET(204, Retry.DO_NOT_COME_BACK, 0),
    /** A packet type that is not known and not marked optional. */
    UNKNOWN_PACKET(205, Retry.DO_NOT_COME_BACK, 0),
    /** An id of a user, device or group that is empty, too long, reserved or has a control character. */
    INVALID_ID(206, Retry.DO_NOT_COME_BACK, 0),
    /** The authenticator said no. */
    LOGIN_REFUSED(207, Retry.DO_NOT_COME_BACK, 0),
    /** The same device, or one device too many, logged in elsewhere. */
    REPLACED(208, Retry.DO_NOT_COME_BACK, 0),
    /** The application ended the session. */
    KICKED(209, Retry.DO_NOT_COME_BACK, 0),
    /** The client logged out. */
    LOGGED_OUT(210, Retry.DO_NOT_COME_BACK, 0),
    /** A rule of the protocol was broken that has no code of its own. */
    PROTOCOL_VIOLATION(211, Retry.DO_NOT_COME_BACK, 0),
    /** This port wants encryption and the peer spoke plain text, or the other way round; or a certificate was not trusted. */
    PROTECTION_REQUIRED(212, Retry.DO_NOT_COME_BACK, 0),
    /** The application on this side closed the connection. */
    CLOSED_LOCALLY(213, Retry.DO_NOT_COME_BACK, 0),
    /** Other devices of this user are logged in, and the server lets no further one in. */
    DEVICE_LIMIT(214, Retry.DO_NOT_COME_BACK, 0),
    /** A code of 200..299 that this version does not know. */
    UNKNOWN_DO_NOT_COME_BACK(299, Retry.DO_NOT_COME_BACK, 0),

    /** The message is larger than the limit told at login. */
    MESSAGE_TOO_LARGE(300, Retry.NOT_APPLICABLE, 0),
    /** A queue on the way is full; nothing was taken. May be sent again. */
    BACKPRESSURED(301, Retry.NOT_APPLICABLE, 200),
    /** The recipient is not here and nothing keeps messages for him. */
    RECIPIENT_OFFLINE(302, Retry.NOT_APPLICABLE, 0),
    /** The recipient's inbox is full. May be sent again. */
    INBOX_FULL(303, Retry.NOT_APPLICABLE, 5_000),
    /** The application's interceptor refused the message. */
    REJECTED(304, Retry.NOT_APPLICABLE, 0),
    /** This server does not do what was asked. */
    NOT_SUPPORTED(305, Retry.NOT_APPLICABLE, 0),
    /** The message's time to live ran out before it was delivered. */
    EXPIRED(306, Retry.NOT_APPLICABLE, 0),
    /** The message store failed or did not answer in time. May be sent again. */
    STORE_UNAVAILABLE(307, Retry.NOT_APPLICABLE, 1_000),
    /** The id was used before for another message. */
    DUPLICATE_CONFLICT(308, Retry.NOT_APPLICABLE, 0),
    /** No room to put the chunks of this message together. May be sent again. */
    REASSEMBLY_FULL(309, Retry.NOT_APPLICABLE, 1_000),
    /** No such user, device or group. */
    UNKNOWN_RECIPIENT(310, Retry.NOT_APPLICABLE, 0),
    /** The sender is over his rate of messages. May be sent again. */
    THROTTLED(311, Retry.NOT_APPLICABLE, 1_000),
    /** The id is older than what the server remembers; whether it was delivered is not known any more. */
    ID_TOO_OLD(312, Retry.NOT_APPLICABLE, 0),
    /** The application's interceptor or listener failed while it had the message. */
    HANDLER_FAILED(313, Retry.NOT_APPLICABLE, 0),
    /** The sender may not do this. */
    NOT_PERMITTED(314, Retry.NOT_APPLICABLE, 0),
    /** The sender took the message back before all of it had left; the server knows nothing of it. */
    CANCELLED(315, Retry.NOT_APPLICABLE, 0),
    /** A code of 300..399 that this version does not know. */
    UNKNOWN_REFUSAL(399, Retry.NOT_APPLICABLE, 0);

    /** What the end of a connection means for the next one. */
    public enum Retry {
        /** Not the end of a connection: success, or an answer about one message. */
        NOT_APPLICABLE,
        /** Connect again after {@link ReasonCode#delayMillis()}, with jitter and back-off. */
        COME_BACK,
        /** Connecting again would end the same way: ask the person or the application first. */
        DO_NOT_COME_BACK
    }

    private static final int NUMBERS = 400;
    private static final ReasonCode[] BY_NUMBER = byNumber();

    private final int number;
    private final Retry retry;
    private final int delayMillis;

    ReasonCode(int number, Retry retry, int delayMillis) {
        this.number = number;
        this.retry = retry;
        this.delayMillis = delayMillis;
    }

    /** The code of a number from the wire; numbers of a newer peer become the generic code of their range. */
    public static ReasonCode fromNumber(int number) {
        return number >= 0 && number < NUMBERS ? BY_NUMBER[number] : UNKNOWN_COME_BACK;
    }

    /** The number on the wire, 0 to 399. */
    public int number() {
        return number;
    }

    /** Whether a peer whose connection ended with this code comes back. */
    public Retry retry() {
        return retry;
    }

    /**
     * How long to wait, as a hint in ms: before coming back, or, where {@link #mayBeSentAgain()}, before sending
     * again. A delay carried by a packet goes before it.
     */
    public int delayMillis() {
        return delayMillis;
    }

    /** Whether the connection ends with this code. */
    public boolean endsConnection() {
        return retry != Retry.NOT_APPLICABLE;
    }

    /** Whether a message refused with this code may succeed later, with the same id. */
    public boolean mayBeSentAgain() {
        return retry == Retry.NOT_APPLICABLE && delayMillis > 0;
    }

    private static ReasonCode[] byNumber() {
        ReasonCode[] codes = new ReasonCode[NUMBERS];
        for (int number = 0; number < NUMBERS; number++) {
            codes[number] = genericOf(number);
        }
        for (ReasonCode code : values()) {
            codes[code.number] = code;
        }
        return codes;
    }

    private static ReasonCode genericOf(int number) {
        return switch (number / 100) {
            case 2 -> UNKNOWN_DO_NOT_COME_BACK;
            case 3 -> UNKNOWN_REFUSAL;
            default -> UNKNOWN_COME_BACK;
        };
    }
}
