// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.frame;

import io.hongyan.protocol.ThreadSafe;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One encoded frame, header included: {@code length u24 | type u8 | body}. Immutable, so that all recipients of a
 * fan-out share one.
 *
 * <p>To save the copy, the array goes in and out by reference: who wraps it gives it away, who reads it does not write.
 */
@ThreadSafe
public final class Frame {
    /** Bytes before the body. */
    public static final int HEADER_BYTES = 4;

    /** The longest body a header can announce, in bytes. */
    public static final int MAX_BODY_BYTES = 0xFF_FFFF;

    /** Type bit: who does not know the type may skip the frame. */
    public static final int OPTIONAL = 0x80;

    /** Type bit: both ends count the frame. */
    public static final int COUNTED = 0x40;

    private final byte[] encoded;

    private Frame(byte[] encoded) {
        this.encoded = encoded;
    }

    /** A frame of this type, 0 to 255, and a copy of this body. */
    public static Frame of(int type, byte[] body) {
        byte[] encoded = new byte[HEADER_BYTES + body.length];
        writeHeader(encoded, type, body.length);
        System.arraycopy(body, 0, encoded, HEADER_BYTES, body.length);
        return new Frame(encoded);
    }

    /**
     * The frame that these bytes are. Takes the array over: the caller never writes to it again.
     *
     * @throws IllegalArgumentException when the announced length is not the array's
     */
    public static Frame wrap(byte[] encoded) {
        if (encoded.length < HEADER_BYTES || bodyLength(encoded) != encoded.length - HEADER_BYTES) {
            throw new IllegalArgumentException("not one whole frame: " + encoded.length + " bytes");
        }
        return new Frame(encoded);
    }

    /**
     * Writes a header to the first four bytes.
     *
     * @throws IllegalArgumentException when the body is longer than {@link #MAX_BODY_BYTES}
     */
    public static void writeHeader(byte[] encoded, int type, int bodyLength) {
        if (bodyLength > MAX_BODY_BYTES || bodyLength < 0) {
            throw new IllegalArgumentException("a frame's body has at most " + MAX_BODY_BYTES + " bytes");
        }
        encoded[0] = (byte) (bodyLength >>> 16);
        encoded[1] = (byte) (bodyLength >>> 8);
        encoded[2] = (byte) bodyLength;
        encoded[3] = (byte) type;
    }

    /** Whether both ends count frames of this type. */
    public static boolean isCounted(int type) {
        return (type & COUNTED) != 0;
    }

    /** Whether frames of this type may be skipped by who does not know it. */
    public static boolean isOptional(int type) {
        return (type & OPTIONAL) != 0;
    }

    /** The type byte, 0 to 255. */
    public int type() {
        return encoded[3] & 0xFF;
    }

    public boolean counted() {
        return isCounted(type());
    }

    public boolean optional() {
        return isOptional(type());
    }

    /** The whole frame's length in bytes, header included. */
    public int length() {
        return encoded.length;
    }

    /** The body's length in bytes. */
    public int bodyLength() {
        return encoded.length - HEADER_BYTES;
    }

    /** The whole frame's bytes, by reference: to be read only. */
    public byte[] array() {
        return encoded;
    }

    /** A new read-only view of the body. */
    public ByteBuffer body() {
        return ByteBuffer.wrap(encoded, HEADER_BYTES, bodyLength()).slice().asReadOnlyBuffer();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Frame frame && Arrays.equals(encoded, frame.encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }

    @Override
    public String toString() {
        return "Frame[type=0x" + Integer.toHexString(type()) + ", body=" + bodyLength() + " B]";
    }

    private static int bodyLength(byte[] encoded) {
        return (encoded[0] & 0xFF) << 16 | (encoded[1] & 0xFF) << 8 | encoded[2] & 0xFF;
    }
}
