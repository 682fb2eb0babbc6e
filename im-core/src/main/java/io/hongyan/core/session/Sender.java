// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.UserId;
import org.jspecify.annotations.Nullable;

/** Who hears what became of messages: the client instance that sent them, or the application on this node. */
@ThreadSafe
public interface Sender {
    /**
     * A message whose fate was open is decided.
     *
     * @param code OK, or why it was refused; a refused one may come again
     * @param batch the calling loop's; null on other threads
     */
    void settled(long counter, ReasonCode code, @Nullable HopBatch batch);

    /** A message is about to go to this user: he and nobody else may say that it was read. */
    void routed(long counter, UserId to);

    /** A first device of the recipient has counted a message. */
    void delivered(long counter, @Nullable HopBatch batch);

    /**
     * Somebody says that he has read messages. Whatever he names that is not remembered, did not go to him, or was read
     * before, is passed over.
     *
     * @return some that are news, at most one set full; null when there are none, or no more
     */
    @Nullable
    CounterRanges read(UserId reader, CounterRanges counters, @Nullable HopBatch batch);
}
