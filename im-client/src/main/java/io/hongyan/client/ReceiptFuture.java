// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A receipt to come, with the one stage through which the application awaits it, which it cannot complete itself. */
final class ReceiptFuture extends CompletableFuture<Receipt> {

    private final CompletionStage<Receipt> stage = minimalCompletionStage();

    CompletionStage<Receipt> stage() {
        return stage;
    }
}
