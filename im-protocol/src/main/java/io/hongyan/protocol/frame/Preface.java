// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.frame;

import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import java.nio.ByteBuffer;

/**
 * The eight bytes with which each side of a stream begins, before the first frame.
 *
 * <pre>
 *            0        4         5               6               7
 *   client   H Y I M  newest    flags 0         0               0
 *   server   H Y I M  chosen    flags 0         0               0
 *   server   H Y I M  0 = none  its oldest      its newest      0      and closes
 *   server   H Y I M  255       a reason code, u16              0      and closes
 * </pre>
 *
 * <p>The reason code says why the server takes nobody here, or not like this: {@link ReasonCode#PROTECTION_REQUIRED} on a port
 * that has TLS. A version 255 there will never be.
 *
 * <p>The server chooses the newest version that both speak; a client never gets one newer than it asked for. Flags and
 * reserved bytes are sent as 0 and not looked at. Datagrams and WebSocket have no preface.
 */
@ThreadSafe
public final class Preface {
    /** Length of each side's preface. */
    public static final int BYTES = 8;

    /** {@code HYIM}, the first four bytes, as a big-endian int. */
    public static final int MAGIC = 0x4859494D;

    /** The oldest version this code speaks. */
    public static final int OLDEST_VERSION = 1;

    /** The newest version this code speaks. */
    public static final int NEWEST_VERSION = 1;

    private static final int REFUSED = 0xFF;

    private Preface() {}

    /** What a client sends first. */
    public static byte[] request() {
        return eightBytes(NEWEST_VERSION, 0, 0);
    }

    /**
     * Reads the client's preface.
     *
     * @param in big-endian, with at least {@link #BYTES} remaining; they are consumed
     * @return the newest version the client speaks, 0 to 255
     * @throws ProtocolException {@link ReasonCode#MALFORMED_FRAME} when it does not begin with {@code HYIM}
     */
    public static int readRequest(ByteBuffer in) {
        requireMagic(in);
        int version = in.get() & 0xFF;
        in.position(in.position() + 3);
        return version;
    }

    /** The version spoken with a client whose newest is this one; 0 when there is none. */
    public static int choose(int newestOfClient) {
        return newestOfClient < OLDEST_VERSION ? 0 : Math.min(newestOfClient, NEWEST_VERSION);
    }

    /** What the server answers: the version it chose, or, for 0, which it would have taken. */
    public static byte[] answer(int chosen) {
        return chosen == 0 ? eightBytes(0, OLDEST_VERSION, NEWEST_VERSION) : eightBytes(chosen, 0, 0);
    }

    /** What the server answers to whom it takes in no version. */
    public static byte[] refusal(ReasonCode code) {
        return eightBytes(REFUSED, code.number() >> 8, code.number());
    }

    /**
     * Reads the server's preface.
     *
     * @param in big-endian, with at least {@link #BYTES} remaining; they are consumed
     * @return the version to speak
     * @throws ProtocolException {@link ReasonCode#MALFORMED_FRAME} when it does not begin with {@code HYIM},
     *     {@link ReasonCode#UNSUPPORTED_VERSION} when there is no common version, else what the server refused with
     */
    public static int readAnswer(ByteBuffer in) {
        requireMagic(in);
        int chosen = in.get() & 0xFF;
        int oldest = in.get() & 0xFF;
        int newest = in.get() & 0xFF;
        in.get();
        if (chosen == REFUSED) {
            ReasonCode code = ReasonCode.fromNumber(oldest << 8 | newest);
            throw new ProtocolException(code, "the server refused the connection: " + code);
        }
        if (chosen == 0) {
            throw new ProtocolException(
                    ReasonCode.UNSUPPORTED_VERSION, "the server speaks versions " + oldest + " to " + newest);
        }
        if (chosen < OLDEST_VERSION || chosen > NEWEST_VERSION) {
            throw new ProtocolException(ReasonCode.UNSUPPORTED_VERSION, "the server chose version " + chosen);
        }
        return chosen;
    }

    private static void requireMagic(ByteBuffer in) {
        if (in.getInt() != MAGIC) {
            throw new ProtocolException(ReasonCode.MALFORMED_FRAME, "the stream does not begin with HYIM");
        }
    }

    private static byte[] eightBytes(int version, int fifth, int sixth) {
        return new byte[] {'H', 'Y', 'I', 'M', (byte) version, (byte) fifth, (byte) sixth, 0};
    }
}
