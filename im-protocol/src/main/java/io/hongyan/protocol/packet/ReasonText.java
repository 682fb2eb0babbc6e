// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

/** The text beside a reason code: for people and logs, so it is cut to size rather than refused. */
public final class ReasonText {
    /** Longest text, in bytes of UTF-8. */
    public static final int MAX_BYTES = 255;

    private ReasonText() {}

    /** The text, cut at a character when it is too long; half surrogate pairs become {@code ?}. */
    static String clip(String text) {
        return Utf8.clip(text, MAX_BYTES);
    }
}
