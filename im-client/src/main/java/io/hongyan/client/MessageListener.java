// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

/**
 * Hears the messages that come in.
 *
 * <p><b>Order and thread.</b> All listeners of one client ({@link ConnectionListener}, {@link ReceiptListener}, this
 * one) are called one after another, messages in the order of their arrival, each message once. By default on the
 * client's lane over the runtime's workers, where a call may block: the lane then fills, and the client stops reading.
 * With {@link ImClient.Builder#sameThread()} on the event loop, where it must never block.
 *
 * <p><b>Errors.</b> What a listener throws is logged, once a minute for each class, and the message counts as
 * delivered.
 */
@FunctionalInterface
public interface MessageListener {

    /**
     * A message for this user, or a {@linkplain IncomingMessage#isCopy() copy} of what another of his devices sent. When this
     * returns the client acknowledges it to the server.
     */
    void onMessage(IncomingMessage message);
}
