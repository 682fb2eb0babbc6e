// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

/** What sort of bytes a payload has, for browsers, logs and people; the server does not check it. Ordinal = wire code. */
public enum ContentKind {
    BINARY,
    /** UTF-8. */
    TEXT,
    /** UTF-8, a JSON value. */
    JSON
}
