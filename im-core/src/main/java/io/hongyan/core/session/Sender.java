// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
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

    /** A first device of the recipient has counted a message. */
    void delivered(long counter, @Nullable HopBatch batch);
}
