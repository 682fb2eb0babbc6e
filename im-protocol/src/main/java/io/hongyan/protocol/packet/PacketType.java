// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.frame.Frame;
import org.jspecify.annotations.Nullable;

/**
 * The type bytes of version 1. Two packets have two of them, because the type says whether a frame is counted: a
 * message by its lane, a chunk by whether it is the last one.
 *
 * <p>The low six bits are the kind, unique; above them {@link Frame#COUNTED} and {@link Frame#OPTIONAL}.
 */
@ThreadSafe
public enum PacketType {
    LOGIN(0x01),
    LOGIN_RESULT(0x02),
    LOGOUT(0x03),
    KICK(0x04),
    PING(0x05),
    PONG(0x06),
    COUNT(0x07),
    ERROR(0x08),
    GOAWAY(0x09 | Frame.OPTIONAL),
    RESUME(0x0A),
    MESSAGE(0x10 | Frame.COUNTED),
    EPHEMERAL_MESSAGE(0x11),
    CHUNK(0x12),
    LAST_CHUNK(0x13 | Frame.COUNTED),
    SEND_RESULT(0x14),
    DELIVERED(0x15),
    READ(0x16 | Frame.COUNTED),
    PRESENCE(0x20 | Frame.OPTIONAL),
    SUBSCRIBE(0x21),
    SYNC(0x22),
    SYNC_PAGE(0x23),
    POSITION(0x24 | Frame.OPTIONAL);

    private static final @Nullable PacketType[] BY_CODE = byCode();

    private final int code;

    PacketType(int code) {
        this.code = code;
    }

    /** The type of this byte, 0 to 255; null when version 1 has none. */
    public static @Nullable PacketType fromCode(int code) {
        return BY_CODE[code & 0xFF];
    }

    /** The type byte, 0 to 255. */
    public int code() {
        return code;
    }

    /** Whether both ends count frames of this type. */
    public boolean counted() {
        return Frame.isCounted(code);
    }

    /** Whether who does not know the type may skip it. */
    public boolean optional() {
        return Frame.isOptional(code);
    }

    private static @Nullable PacketType[] byCode() {
        @Nullable PacketType[] types = new @Nullable PacketType[256];
        for (PacketType type : values()) {
            types[type.code] = type;
        }
        return types;
    }
}
