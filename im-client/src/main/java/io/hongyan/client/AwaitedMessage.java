// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.packet.Message;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A message with somebody waiting for its receipt. */
record AwaitedMessage(Message message, CompletableFuture<Receipt> future) {

    /** Whether the application was given this stage for it. */
    boolean isAwaitedBy(CompletionStage<Receipt> stage) {
        return future instanceof ReceiptFuture given && given.stage() == stage;
    }
}
