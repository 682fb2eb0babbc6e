// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import io.hongyan.protocol.ThreadSafe;

/** How far a message has come, in this order. */
@ThreadSafe
public enum ReceiptLevel {
    /** Validated and routed: a queue or a store in memory has it. */
    ACCEPTED,
    /** Committed and synced to disk; needs a durable store. */
    STORED,
    /** A first device of the recipient has counted it. */
    DELIVERED,
    /** The recipient's application said that it was read. */
    READ
}
