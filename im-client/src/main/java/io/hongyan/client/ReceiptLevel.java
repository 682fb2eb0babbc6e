// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

/** How far a message has come. Each level includes the ones before it. */
public enum ReceiptLevel {
    /** The server validated and routed it; a server without a durable store holds it in memory only. */
    ACCEPTED,
    /** The server committed it to a store that survives a crash. Only servers with such a store answer so. */
    STORED,
    /** The first device of the recipient acknowledged it: its application has seen it. */
    DELIVERED,
    /** The recipient's application said that it was read. */
    READ;

    /** Whether a message that came as far as this has also come as far as {@code other}. */
    public boolean includes(ReceiptLevel other) {
        return compareTo(other) >= 0;
    }
}
