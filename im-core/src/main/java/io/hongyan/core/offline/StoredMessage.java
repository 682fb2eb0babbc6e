// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.offline;

import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Message;
import java.util.Objects;

/**
 * A message and its place in its recipient's inbox.
 *
 * @param position ascending within a user's inbox, never used twice; {@link #NOT_STORED} for a message that the store has
 *     not seen yet
 * @param message as it is to be delivered; a store with conversations has filled in its place there
 */
@ThreadSafe
public record StoredMessage(long position, Message message) {
    /** The position of a message that the store has not seen; before all others when used as a place to read from. */
    public static final long NOT_STORED = Long.MIN_VALUE;

    public StoredMessage {
        Objects.requireNonNull(message, "message");
    }
}
