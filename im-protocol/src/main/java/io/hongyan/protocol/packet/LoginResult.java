// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.ReasonCode;
import java.util.Objects;

/**
 * Server to client: the answer to LOGIN and to RESUME. With {@link ReasonCode#OK} all fields but the text and the delay
 * hold; with any other code only the text and the delay do, and the rest is 0. Behind an accepted RESUME the server tells
 * again the receipts that may have been lost, then its {@link Count}s, that of the chat channel last; messages follow.
 *
 * @param code OK, or why not
 * @param text for people, in no particular language; cut to {@link ReasonText#MAX_BYTES} bytes
 * @param retryAfterMillis when to come back, in ms, 0 leaves it to the code's hint; 0 for OK
 * @param sessionId names the session in RESUME
 * @param secretHigh first half of the secret that RESUME shows; both halves are 0 where no session can be resumed
 * @param secretLow second half
 * @param keepAliveSeconds after this much silence the client sends PING, in s, 1 to 65535
 * @param maxFrameBytes longest frame the server takes, header included, in bytes, {@link #MIN_MAX_FRAME_BYTES} to
 *     2^24 - 1
 * @param maxMessageBytes largest payload the server takes, in bytes, at most 2^24 - 1
 * @param serverTimeMillis the server's clock, in ms since 1970, for stamps people see
 * @param serverInstance random, drawn when the server started; another one means that it remembers nothing
 * @param capabilities bits of what the server does, {@link #DURABLE_STORE} and later ones; 31 bits
 */
public record LoginResult(
        ReasonCode code,
        String text,
        int retryAfterMillis,
        long sessionId,
        long secretHigh,
        long secretLow,
        int keepAliveSeconds,
        int maxFrameBytes,
        int maxMessageBytes,
        long serverTimeMillis,
        long serverInstance,
        int capabilities)
        implements Packet {
    /** Bit of {@link #capabilities}: OK in a SEND_RESULT means stored on disk. */
    public static final int DURABLE_STORE = 1;

    /** Least {@link #maxFrameBytes} a server may tell: a client counts on room for a chunk of the usual size. */
    public static final int MIN_MAX_FRAME_BYTES = Chunker.DEFAULT_FRAME_BYTES;

    public LoginResult {
        Objects.requireNonNull(code, "code");
        text = ReasonText.clip(text);
        Numbers.requireNotNegative("retryAfterMillis", retryAfterMillis);
        if (code == ReasonCode.OK) {
            if (retryAfterMillis != 0) {
                throw new IllegalArgumentException("retryAfterMillis: not 0 though logged in");
            }
            Numbers.require("keepAliveSeconds", keepAliveSeconds, 1, 0xFFFF);
            Numbers.require("maxFrameBytes", maxFrameBytes, MIN_MAX_FRAME_BYTES, 0xFF_FFFF);
            Numbers.require("maxMessageBytes", maxMessageBytes, 1, 0xFF_FFFF);
            Numbers.require("serverTimeMillis", serverTimeMillis, 0, Varint.MAX);
            Numbers.requireNotNegative("capabilities", capabilities);
        } else if ((sessionId | secretHigh | secretLow | serverTimeMillis | serverInstance) != 0
                || (keepAliveSeconds | maxFrameBytes | maxMessageBytes | capabilities) != 0) {
            throw new IllegalArgumentException("a refused login has a session");
        }
    }

    /** The answer that does not let in. */
    public static LoginResult refused(ReasonCode code, String text, int retryAfterMillis) {
        if (code == ReasonCode.OK) {
            throw new IllegalArgumentException("OK refuses nobody");
        }
        return new LoginResult(code, text, retryAfterMillis, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    public boolean isAccepted() {
        return code == ReasonCode.OK;
    }

    public boolean hasDurableStore() {
        return (capabilities & DURABLE_STORE) != 0;
    }

    @Override
    public PacketType packetType() {
        return PacketType.LOGIN_RESULT;
    }

    @Override
    public <R> R accept(Handler<R> handler) {
        return handler.onLoginResult(this);
    }

    /** All but the secret. */
    @Override
    public String toString() {
        return isAccepted()
                ? "LoginResult[OK, session=" + Long.toHexString(sessionId) + ", keepAliveSeconds=" + keepAliveSeconds
                        + ", maxFrameBytes=" + maxFrameBytes + ", maxMessageBytes=" + maxMessageBytes + "]"
                : "LoginResult[" + code + ", text=" + text + ", retryAfterMillis=" + retryAfterMillis + "]";
    }
}
