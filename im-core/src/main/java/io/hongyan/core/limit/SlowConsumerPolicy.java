// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.limit;

import io.hongyan.protocol.ThreadSafe;

/**
 * What becomes of a user whose every session is full, because nobody reads what is written to it.
 *
 * <p>Three things hold under each policy. Ephemeral messages go first: they have a quarter of the room and never wait.
 * A full session whose user has another one that reads is closed, since keeping for later would hold that one back too.
 * And chat messages that the server accepted are never dropped: they go to the store, and what the session had not
 * counted goes back there before them.
 */
@ThreadSafe
public enum SlowConsumerPolicy {
    /**
     * The default: the session stays, later messages go to the store, and are read from it as the session counts. A reader
     * that does not go on at all is closed with NO_PROGRESS after {@link Limit#NO_PROGRESS_TIMEOUT_MILLIS}.
     */
    KEEP_FOR_LATER,

    /**
     * The sessions are closed with SLOW_CONSUMER at once, and the user finds his messages in the store when he comes back.
     * A reader who catches up from the store is not hurried by this: nothing piles up for him but there.
     */
    CLOSE
}
