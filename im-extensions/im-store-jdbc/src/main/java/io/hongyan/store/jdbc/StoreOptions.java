// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

/**
 * What the builder was told.
 *
 * @param batchMessages most messages in a transaction, at least 1
 * @param batchDelayNanos longest wait for a batch to fill, in ns, at least 0
 * @param batchRows most rows in a transaction of more than one message
 * @param batchBytes most bytes in a transaction of more than one message
 * @param queuedMessages most messages waiting for the writer
 * @param queuedBytes most bytes waiting for the writer
 * @param answerNanos after which a stage fails whose answer has not come, in ns
 * @param advanceDelayNanos longest wait of a device's position for others, in ns
 * @param maxMessageBytes largest payload
 * @param readers threads that read
 * @param queuedReads most reads waiting for them
 * @param keepMillis how old messages become, in ms; 0 for ever
 * @param keepMessages how many messages a conversation keeps; 0 for all
 * @param keepAtLeastMillis how long a message is kept whatever the above say, in ms
 * @param retentionPauseNanos between two steps of retention, in ns
 */
record StoreOptions(
        int batchMessages,
        long batchDelayNanos,
        int batchRows,
        long batchBytes,
        int queuedMessages,
        long queuedBytes,
        long answerNanos,
        long advanceDelayNanos,
        int maxMessageBytes,
        int readers,
        int queuedReads,
        long keepMillis,
        long keepMessages,
        long keepAtLeastMillis,
        long retentionPauseNanos) {
    boolean retains() {
        return keepMillis > 0 || keepMessages > 0;
    }
}
