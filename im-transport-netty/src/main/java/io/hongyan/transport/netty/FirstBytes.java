// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.frame.Preface;

/** What a stream is, by its first four bytes. A new protocol on the port is a constant here and a case in {@link NewLink}. */
enum FirstBytes {
    /** Ours: {@code HYIM}. */
    PREFACE,
    /** A TLS record with a handshake: 0x16 0x03. What is inside is recognised once more. */
    TLS,
    /** The PROXY protocol: {@code PROX} in version 1, CR LF CR LF NUL CR LF QUIT LF in version 2. */
    PROXY,
    /** A method of HTTP. */
    HTTP,
    /** A frame of MobileIMSDK: a length, u32, of 1 to 6,144. */
    MOBILE_IMSDK,
    /** None of these. */
    UNKNOWN;

    /** So many bytes tell. */
    static final int BYTES = 4;

    private static final int PROXY_1 = ascii("PROX");
    private static final int PROXY_2 = 0x0D0A0D0A;
    private static final int LONGEST_OF_MOBILE_IMSDK = 6_144;

    /** @param bytes the first {@link #BYTES}, big-endian */
    static FirstBytes of(int bytes) {
        if (bytes == Preface.MAGIC) {
            return PREFACE;
        }
        if (bytes >>> 16 == 0x1603) {
            return TLS;
        }
        if (bytes == PROXY_1 || bytes == PROXY_2) {
            return PROXY;
        }
        if (bytes >= 1 && bytes <= LONGEST_OF_MOBILE_IMSDK) {
            return MOBILE_IMSDK;
        }
        return isHttp(bytes) ? HTTP : UNKNOWN;
    }

    private static boolean isHttp(int bytes) {
        return bytes == ascii("GET ")
                || bytes == ascii("POST")
                || bytes == ascii("HEAD")
                || bytes == ascii("PUT ")
                || bytes == ascii("OPTI")
                || bytes == ascii("DELE")
                || bytes == ascii("PATC")
                || bytes == ascii("CONN")
                || bytes == ascii("TRAC");
    }

    private static int ascii(String four) {
        return four.charAt(0) << 24 | four.charAt(1) << 16 | four.charAt(2) << 8 | four.charAt(3);
    }
}
