// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Strict UTF-8: what is not well-formed is refused, never replaced. The way of pure ASCII is the short one. */
final class Utf8 {
    private Utf8() {}

    /** The text's length in bytes, or -1 when it has half a surrogate pair and so has no UTF-8. */
    static int length(String text) {
        int chars = text.length();
        for (int i = 0; i < chars; i++) {
            if (text.charAt(i) >= 0x80) {
                return longLength(text, i);
            }
        }
        return chars;
    }

    /** Writes well-formed text; the result is the position behind it. */
    static int write(String text, byte[] out, int position) {
        int chars = text.length();
        for (int i = 0; i < chars; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                System.arraycopy(bytes, i, out, position + i, bytes.length - i);
                return position + bytes.length;
            }
            out[position + i] = (byte) c;
        }
        return position + chars;
    }

    /**
     * Reads this many bytes as text.
     *
     * @throws ProtocolException {@link ReasonCode#MALFORMED_PACKET} when they are missing or not well-formed
     */
    static String read(ByteBuffer in, int length) {
        if (in.remaining() < length) {
            throw new ProtocolException(ReasonCode.MALFORMED_PACKET, "a text ends behind the frame");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        int signs = 0;
        for (byte b : bytes) {
            signs |= b;
        }
        return signs >= 0 ? new String(bytes, StandardCharsets.ISO_8859_1) : readStrictly(bytes);
    }

    /** The longest beginning of the text with at most this many bytes, half surrogate pairs replaced by {@code ?}. */
    static String clip(String text, int maxBytes) {
        int length = length(text);
        if (length >= 0 && length <= maxBytes) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int end = Math.min(bytes.length, maxBytes);
        while (end > 0 && end < bytes.length && (bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    /** @throws IllegalArgumentException when the text is longer than this, or not well-formed */
    static void require(String noun, String text, int maxBytes) {
        int bytes = length(text);
        if (bytes < 0) {
            throw new IllegalArgumentException(noun + ": has half a surrogate pair");
        }
        if (bytes > maxBytes) {
            throw new IllegalArgumentException(noun + ": longer than " + maxBytes + " bytes");
        }
    }

    private static int longLength(String text, int ascii) {
        int bytes = ascii;
        for (int i = ascii; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes++;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(c)) {
                bytes += 3;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                return -1;
            }
        }
        return bytes;
    }

    private static String readStrictly(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (!Arrays.equals(bytes, text.getBytes(StandardCharsets.UTF_8))) {
            throw new ProtocolException(ReasonCode.MALFORMED_PACKET, "a text is not well-formed UTF-8");
        }
        return text;
    }
}
