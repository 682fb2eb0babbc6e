// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol;

/**
 * The lane a frame travels in. Within a lane of one session frames keep their order; between lanes they may overtake
 * each other. The ordinal is the code on the wire.
 *
 * <p>See {@code docs/protocol/frames.md}.
 */
@ThreadSafe
public enum Lane {
    /** Ordered and counted: what people type, and all control frames. */
    CHAT,
    /** Ordered and counted: what is large and may wait its turn, such as chunks of a file. */
    BULK,
    /** At most once, unordered, never counted: typing, presence, live audio. */
    EPHEMERAL;

    /** Whether frames of this lane arrive in order, at least once, and may be counted. */
    public boolean isOrdered() {
        return this != EPHEMERAL;
    }
}
