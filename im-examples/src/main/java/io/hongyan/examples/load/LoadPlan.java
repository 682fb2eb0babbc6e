// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import io.hongyan.client.ReceiptLevel;
import io.hongyan.client.ServerAddress;
import java.time.Duration;

/**
 * What a run does.
 *
 * @param senders where the sending half of the pairs logs in
 * @param receivers where the receiving half does
 * @param pairs 1 or more
 * @param sizeBytes of the payload, {@link Stamp#MIN_BYTES} or more
 * @param warmup not measured
 * @param measured how long sends count
 * @param pace what decides when a message is sent
 * @param ephemeral at most once, without receipts
 * @param awaited the receipt that frees a window slot; means nothing when ephemeral
 */
record LoadPlan(
        ServerAddress senders,
        ServerAddress receivers,
        int pairs,
        int sizeBytes,
        Duration warmup,
        Duration measured,
        Pace pace,
        boolean ephemeral,
        ReceiptLevel awaited) {

    /** What decides when a message is sent. */
    sealed interface Pace {

        /** Open loop: messages are due at a fixed rate, over all pairs, whatever became of the earlier ones. */
        record Rate(double messagesPerSecond) implements Pace {}

        /** Closed loop: each sender has so many messages under way, always. */
        record Window(int inFlightPerSender) implements Pace {}
    }
}
