// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.ReasonCode;

/**
 * Hears what became of the messages of one client, as ranges of their counters: the lean way for many messages.
 *
 * <p>Called on the client's callback lane, one call after another (see {@link MessageListener} for the threads). For
 * each message, exactly once, either the awaited level is reached or it failed; levels below and above the awaited one
 * are told as the server answers, the ones above possibly more than once. Ephemeral messages have no receipts.
 */
public interface ReceiptListener {

    /**
     * The messages with these counters have come as far as {@code level}.
     *
     * @param firstCounter the first one; what {@link ImClient#post} returned
     * @param lastCounter the last one, inclusive
     */
    void reached(ReceiptLevel level, long firstCounter, long lastCounter);

    /**
     * The messages with these counters will not reach the level that was awaited.
     *
     * @param code why: the server's answer, or what the client met ({@link ReasonCode#MESSAGE_TOO_LARGE}, closed ...)
     * @param firstCounter the first one
     * @param lastCounter the last one, inclusive
     */
    void failed(ReasonCode code, long firstCounter, long lastCounter);
}
