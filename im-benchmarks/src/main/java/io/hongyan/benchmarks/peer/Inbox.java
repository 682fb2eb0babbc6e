// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.peer;

import java.nio.ByteBuffer;

/** Where a server puts what arrives. Called on its threads, from several at once if flows have several. */
@FunctionalInterface
public interface Inbox {

    /**
     * Something arrived.
     *
     * @param bytes {@linkplain Load#CHAT of chat} exactly one message from its fifth byte on, {@linkplain Load#BULK of
     *     bulk} any piece of it; from position to limit, valid during the call only
     */
    void arrived(ByteBuffer bytes);
}
