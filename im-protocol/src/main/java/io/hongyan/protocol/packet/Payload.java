// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.ThreadSafe;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Immutable bytes: what an application sends. The server routes them without a look. */
@ThreadSafe
public final class Payload {
    private static final Payload EMPTY = new Payload(new byte[0]);

    private final byte[] bytes;

    private Payload(byte[] bytes) {
        this.bytes = bytes;
    }

    /** No bytes. */
    public static Payload empty() {
        return EMPTY;
    }

    /** A copy of these bytes. */
    public static Payload of(byte[] bytes) {
        return wrap(bytes.clone());
    }

    /** A copy of what remains in the buffer; consumes it. */
    public static Payload of(ByteBuffer in) {
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        return wrap(bytes);
    }

    /** The text as UTF-8. */
    public static Payload text(String text) {
        return wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** These very bytes: the caller gives the array away. */
    static Payload wrap(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new Payload(bytes);
    }

    /** Size in bytes. */
    public int size() {
        return bytes.length;
    }

    /** The bytes read as UTF-8; what is not well-formed is replaced by U+FFFD. */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** A new read-only view. */
    public ByteBuffer asReadOnlyBuffer() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    /** A copy. */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    /** Copies a part to an array. */
    void copyTo(int offset, byte[] out, int position, int length) {
        System.arraycopy(bytes, offset, out, position, length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Payload payload && Arrays.equals(bytes, payload.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The size only: a payload is nobody's business but the application's. */
    @Override
    public String toString() {
        return "Payload[" + bytes.length + " B]";
    }
}
