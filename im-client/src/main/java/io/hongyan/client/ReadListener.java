// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

/**
 * Hears that messages were read. Called on the client's callback lane, like {@link MessageListener}. Told as the server
 * learns of it; what is read while this client is away it hears of only for messages that await
 * {@link ReceiptLevel#READ}, and perhaps more than once.
 */
public interface ReadListener {

    /**
     * Somebody has read messages of this client.
     *
     * @param reader the user who says so; empty when the server does not know any more
     * @param firstCounter the first one; what {@link ImClient#post} returned
     * @param lastCounter the last one, inclusive
     */
    default void readBy(String reader, long firstCounter, long lastCounter) {}

    /**
     * This user has read messages that came in, on another of his devices.
     *
     * @param instance the first half of their ids
     * @param firstCounter the second half of the first one's
     * @param lastCounter the last one, inclusive
     */
    default void readElsewhere(long instance, long firstCounter, long lastCounter) {}
}
